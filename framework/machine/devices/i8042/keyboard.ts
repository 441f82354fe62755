import type { KeyName } from '../../../quantities/keys';
import type { Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
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
/** Typematic argument: delay in bits 6-5, of 250 ms; the rate's period is (8 + bits 2-0) << bits 4-3, of 1/240 s. */
const DELAY_NS = 250e6;
const PERIOD_NS = 1e9 / 240;
/** Make and break come together, whatever is held. */
const WITHOUT_REPETITION: readonly KeyName[] = ['Pause'];
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
  /** The key that went down last and still is down: it repeats. */
  held: KeyName | undefined;
}

function powerOn(): KeyboardState {
  return { queue: [SELF_TEST_PASSED], ...defaults(), leds: 0, command: 0, lastSent: 0, held: undefined };
}

function defaults(): Pick<KeyboardState, 'enabled' | 'scanSet' | 'typematic'> {
  return { enabled: true, scanSet: 2, typematic: 0x2b };
}

/**
 * An IBM MF2 (PS/2) keyboard with 104 keys (PS/2 Hardware Interface Technical Reference). Not modelled: the
 * per-key types of scan set 3 (all keys make and break), and the time a self-test takes.
 */
export class Ps2Keyboard implements Ps2Device, Stateful<KeyboardState>, Resettable {
  readonly state: KeyboardState = { ...powerOn(), queue: [] };
  private readonly typematic: Timer;

  /** `ready`: there is something to take. */
  constructor(
    readonly name: string,
    private readonly clock: Clock,
    private readonly ready: () => void,
  ) {
    this.typematic = clock.timer(`${name}-typematic`, () => this.repeat());
  }

  /** A key goes down or up. */
  key(name: KeyName, down: boolean): void {
    const { state } = this;
    if (!down && state.held === name) this.release();
    if (!state.enabled) return;
    if (down && !WITHOUT_REPETITION.includes(name)) {
      state.held = name;
      this.typematic.arm(this.clock.nowNs() + (1 + (state.typematic >> 5)) * DELAY_NS);
    }
    this.send(name, down);
  }

  private release(): void {
    this.state.held = undefined;
    this.typematic.cancel();
  }

  private repeat(): void {
    const { held, typematic } = this.state;
    if (held === undefined) return;
    const periods = (8 + (typematic & 7)) << ((typematic >> 3) & 3);
    this.typematic.arm(this.clock.nowNs() + Math.round(periods * PERIOD_NS));
    this.send(held, true);
  }

  private send(name: KeyName, down: boolean): void {
    const { state } = this;
    const bytes = scanCodes(name, down, state.scanSet);
    if (state.queue.length + bytes.length < BUFFER_BYTES) state.queue.push(...bytes);
    else if (state.queue.length < BUFFER_BYTES) state.queue.push(state.scanSet === 1 ? 0xff : 0x00);
    this.ready();
  }

  /** Power-on: the self-test's answer is not sent, as a controller in reset would not see it. */
  reset(): void {
    this.release();
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
        this.release();
        Object.assign(state, defaults(), { enabled: false });
        return this.answer(ACK);
      case DEFAULTS:
        Object.assign(state, defaults());
        return this.answer(ACK);
      case RESET:
        this.release();
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
