import type { KeyName } from '../../../quantities/keys';
import type { Resettable, Stateful } from '../../bus/types';
import { ACK, type Ps2Device, RESEND, SELF_TEST_PASSED } from './ps2';
import { scanCodes } from './scan-codes';

const SET_LEDS = 0xed;
const ECHO = 0xee;
const SCAN_SET = 0xf0;
const IDENTIFY = 0xf2;
const TYPEMATIC = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const DEFAULTS = 0xf6;
/** F7h to FAh set all keys' types, FBh to FDh those of the keys that follow (scan set 3). */
const ALL_KEYS_FIRST = 0xf7;
const ALL_KEYS_LAST = 0xfa;
const KEY_TYPE_FIRST = 0xfb;
const KEY_TYPE_LAST = 0xfd;
const RESET = 0xff;
/** An MF2 keyboard. */
const IDENTITY = [0xab, 0x83] as const;
/** The keyboard's own buffer; what a key gives beyond it is one overrun byte. */
const BUFFER_BYTES = 16;

export interface KeyboardState {
  queue: number[];
  enabled: boolean;
  leds: number;
  scanSet: number;
  typematic: number;
  /** The command whose argument comes next, or 0. */
  command: number;
  lastSent: number;
}

function powerOn(): KeyboardState {
  return { queue: [SELF_TEST_PASSED], ...defaults(), leds: 0, command: 0, lastSent: 0 };
}

function defaults(): Pick<KeyboardState, 'enabled' | 'scanSet' | 'typematic'> {
  return { enabled: true, scanSet: 2, typematic: 0x2b };
}

/**
 * An IBM MF2 (PS/2) keyboard with 104 keys (PS/2 Hardware Interface Technical Reference). Not modelled: typematic repetition,
 * the per-key types of scan set 3 (all keys make and break), and the time a self-test takes.
 */
export class Ps2Keyboard implements Ps2Device, Stateful<KeyboardState>, Resettable {
  readonly state: KeyboardState = { ...powerOn(), queue: [] };

  /** `ready`: there is something to take. */
  constructor(
    readonly name: string,
    private readonly ready: () => void,
  ) {}

  /** A key goes down or up. */
  key(name: KeyName, down: boolean): void {
    const { state } = this;
    if (!state.enabled) return;
    const bytes = scanCodes(name, down, state.scanSet);
    if (state.queue.length + bytes.length < BUFFER_BYTES) state.queue.push(...bytes);
    else if (state.queue.length < BUFFER_BYTES) state.queue.push(state.scanSet === 1 ? 0xff : 0x00);
    this.ready();
  }

  /** Power-on: the self-test's answer is not sent, as a controller in reset would not see it. */
  reset(): void {
    Object.assign(this.state, powerOn(), { queue: [] });
  }

  /** Something waits for the controller to take it. */
  get isSending(): boolean {
    return this.state.queue.length > 0;
  }

  take(): number | undefined {
    const byte = this.state.queue.shift();
    if (byte !== undefined) this.state.lastSent = byte;
    return byte;
  }

  write(byte: number): void {
    const { state } = this;
    const { command } = state;
    state.command = 0;
    if (command !== 0 && byte < ECHO - 1) this.argument(command, byte);
    else this.command(byte);
    this.ready();
  }

  private argument(command: number, byte: number): void {
    const { state } = this;
    switch (command) {
      case SET_LEDS:
        state.leds = byte & 7;
        return this.answer(ACK);
      case TYPEMATIC:
        state.typematic = byte & 0x7f;
        return this.answer(ACK);
      case SCAN_SET:
        if (byte === 0) return this.answer(ACK, state.scanSet);
        if (byte > 3) return this.answer(RESEND);
        state.scanSet = byte;
        return this.answer(ACK);
      default:
        state.command = command; // key types: any number of keys, until the next command
        return this.answer(ACK);
    }
  }

  /** Every command but resend and echo first empties the buffer. */
  private command(byte: number): void {
    const { state } = this;
    if (byte === RESEND) return this.answer(state.lastSent);
    if (byte === ECHO) return this.answer(ECHO);
    state.queue = [];
    switch (byte) {
      case SET_LEDS:
      case SCAN_SET:
      case TYPEMATIC:
        state.command = byte;
        return this.answer(ACK);
      case IDENTIFY:
        return this.answer(ACK, ...IDENTITY);
      case ENABLE:
        state.enabled = true;
        return this.answer(ACK);
      case DISABLE:
        Object.assign(state, defaults(), { enabled: false });
        return this.answer(ACK);
      case DEFAULTS:
        Object.assign(state, defaults());
        return this.answer(ACK);
      case RESET:
        Object.assign(state, powerOn(), { queue: [] });
        return this.answer(ACK, SELF_TEST_PASSED);
      default:
        if (byte >= KEY_TYPE_FIRST && byte <= KEY_TYPE_LAST) state.command = byte;
        else if (byte < ALL_KEYS_FIRST || byte > ALL_KEYS_LAST) return this.answer(RESEND);
        return this.answer(ACK);
    }
  }

  private answer(...bytes: number[]): void {
    for (const byte of bytes) if (this.state.queue.length < BUFFER_BYTES) this.state.queue.push(byte);
  }
}
