import * as R from './registers';

const WORDS = 64;
const CHECKSUM = 0x3f;
/** All words together (table 5-2). */
const SUM = 0xbaba;
/** Signature 01b in bits 15-14; the IDs of words 0Bh to 0Eh are loaded. */
const INIT_CONTROL_1 = 0x400b;
/** Microwire: start bit and opcode. */
const READ = 0b110;
const COMMAND_BITS = 3 + 6;

export interface EepromState {
  /** Bits clocked in since chip select, and how many. */
  shift: number;
  count: number;
  /** EECD as the guest wrote it. */
  pins: number;
  /** What EERD shows. */
  read: number;
}

export interface EepromIdentity {
  readonly mac: readonly number[];
  readonly deviceId: number;
  readonly subsystem: { readonly vendorId: number; readonly id: number };
}

/** The words of the 93C46 (chapter 5): addresses, IDs and a checksum. */
export function eepromWords({ mac, deviceId, subsystem }: EepromIdentity): readonly number[] {
  const words = new Array<number>(WORDS).fill(0xffff);
  for (let i = 0; i < 3; i++) words[i] = mac[2 * i]! | (mac[2 * i + 1]! << 8);
  words[0x03] = 0;
  words[0x0a] = INIT_CONTROL_1;
  words[0x0b] = subsystem.id;
  words[0x0c] = subsystem.vendorId;
  words[0x0d] = deviceId;
  words[0x0e] = 0x8086;
  words[0x0f] = 0;
  const sum = words.slice(0, CHECKSUM).reduce((total, word) => total + word, 0);
  words[CHECKSUM] = (SUM - sum) & 0xffff;
  return words;
}

/** The controller's two ways to its EEPROM: EERD, and the pins in EECD (microwire; reads only, the chip is write-protected). */
export class Eeprom {
  constructor(
    private readonly of: () => EepromState,
    readonly words: readonly number[],
  ) {}

  /** EERD: an address in bits 15-8; done at once, data in bits 31-16. */
  startRead(value: number): void {
    const address = (value >>> 8) & 0xff;
    const word = this.words[address % WORDS]!;
    this.of().read = value & R.EERD_START ? ((word << 16) | (address << 8) | R.EERD_DONE) >>> 0 : value & 0xff00;
  }

  /** EECD: the guest owns the pins as soon as it asks. */
  get pins(): number {
    const { pins } = this.of();
    return (pins & ~(R.EECD_DO | R.EECD_GNT)) | (pins & R.EECD_REQ ? R.EECD_GNT : 0) | (this.output() ? R.EECD_DO : 0) | R.EECD_PRES;
  }

  set pins(value: number) {
    const state = this.of();
    const risen = value & ~state.pins & R.EECD_SK;
    state.pins = value & 0xff;
    if (!(value & R.EECD_CS)) {
      state.shift = 0;
      state.count = 0;
      return;
    }
    if (!risen) return;
    const isIdle = state.count === 0 && !(value & R.EECD_DI);
    if (isIdle) return; // a start bit is 1
    if (state.count < COMMAND_BITS) state.shift = (state.shift << 1) | (value & R.EECD_DI ? 1 : 0);
    state.count++;
  }

  /** A 0 after the address, then the word from its top bit; the next word follows. */
  private output(): boolean {
    const { shift, count } = this.of();
    if (count < COMMAND_BITS || shift >> 6 !== READ) return true;
    const bit = count - COMMAND_BITS - 1;
    if (bit < 0) return false;
    const word = this.words[((shift & 0x3f) + (bit >> 4)) % WORDS]!;
    return ((word >> (15 - (bit & 15))) & 1) !== 0;
  }
}
