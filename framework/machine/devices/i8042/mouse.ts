import type { Resettable, Stateful } from '../../bus/types';
import { ACK, type Ps2Device, RESEND, SELF_TEST_PASSED } from './ps2';

const SCALING_1_1 = 0xe6;
const SCALING_2_1 = 0xe7;
const RESOLUTION = 0xe8;
const STATUS = 0xe9;
const STREAM = 0xea;
const READ_DATA = 0xeb;
const RESET_WRAP = 0xec;
const WRAP = 0xee;
const REMOTE = 0xf0;
const IDENTIFY = 0xf2;
const SAMPLE_RATE = 0xf3;
const ENABLE = 0xf4;
const DISABLE = 0xf5;
const DEFAULTS = 0xf6;
const RESET = 0xff;
const STANDARD_MOUSE = 0x00;
const INVALID = 0xfc;
/** Bytes waiting for the controller; further ones are dropped. */
const BUFFER_BYTES = 48;

export interface MouseState {
  queue: number[];
  enabled: boolean;
  remote: boolean;
  wrap: boolean;
  scaling: boolean;
  resolution: number;
  sampleRate: number;
  buttons: number;
  dx: number;
  dy: number;
  command: number;
  lastSent: number;
}

function powerOn(): MouseState {
  return { queue: [], ...defaults(), wrap: false, buttons: 0, dx: 0, dy: 0, command: 0, lastSent: 0 };
}

function defaults(): Pick<MouseState, 'enabled' | 'remote' | 'scaling' | 'resolution' | 'sampleRate'> {
  return { enabled: false, remote: false, scaling: false, resolution: 2, sampleRate: 100 };
}

/** A standard three-button PS/2 mouse (PS/2 Hardware Interface Technical Reference). Not modelled: 2:1 scaling of counts, the pace of reports. */
export class Ps2Mouse implements Ps2Device, Stateful<MouseState>, Resettable {
  readonly state: MouseState = powerOn();

  /** `ready`: there is something to take. */
  constructor(
    readonly name: string,
    private readonly ready: () => void,
  ) {}

  /** Movement (right and up positive) and buttons (1 left, 2 right, 4 middle) since the last call. */
  move(dx: number, dy: number, buttons: number): void {
    const { state } = this;
    state.dx += dx;
    state.dy += dy;
    state.buttons = buttons & 7;
    if (!state.enabled || state.remote || state.wrap || state.queue.length > BUFFER_BYTES - 3) return;
    this.report();
    this.ready();
  }

  reset(): void {
    Object.assign(this.state, powerOn());
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
    if (state.wrap && byte !== RESET && byte !== RESET_WRAP) this.answer(byte);
    else if (command !== 0) this.argument(command, byte);
    else this.command(byte);
    this.ready();
  }

  private argument(command: number, byte: number): void {
    const { state } = this;
    if (command === RESOLUTION && byte > 3) return this.answer(INVALID);
    if (command === RESOLUTION) state.resolution = byte;
    else state.sampleRate = byte;
    this.answer(ACK);
  }

  private command(byte: number): void {
    const { state } = this;
    if (byte === RESEND) return this.answer(state.lastSent);
    state.queue = [];
    switch (byte) {
      case SCALING_1_1:
      case SCALING_2_1:
        state.scaling = byte === SCALING_2_1;
        return this.answer(ACK);
      case RESOLUTION:
      case SAMPLE_RATE:
        state.command = byte;
        return this.answer(ACK);
      case STATUS:
        return this.answer(ACK, this.status(), state.resolution, state.sampleRate);
      case READ_DATA:
        this.answer(ACK);
        return this.report();
      case STREAM:
      case REMOTE:
        state.remote = byte === REMOTE;
        return this.answer(ACK);
      case WRAP:
      case RESET_WRAP:
        state.wrap = byte === WRAP;
        return this.answer(ACK);
      case IDENTIFY:
        return this.answer(ACK, STANDARD_MOUSE);
      case ENABLE:
      case DISABLE:
        state.enabled = byte === ENABLE;
        return this.answer(ACK);
      case DEFAULTS:
        Object.assign(state, defaults());
        return this.answer(ACK);
      case RESET:
        Object.assign(state, powerOn());
        return this.answer(ACK, SELF_TEST_PASSED, STANDARD_MOUSE);
      default:
        return this.answer(RESEND);
    }
  }

  private status(): number {
    const { remote, enabled, scaling, buttons } = this.state;
    const order = (buttons & 1 ? 4 : 0) | (buttons & 4 ? 2 : 0) | (buttons & 2 ? 1 : 0);
    return (remote ? 0x40 : 0) | (enabled ? 0x20 : 0) | (scaling ? 0x10 : 0) | order;
  }

  /** Three bytes: signs and buttons, X, Y; counts beyond nine bits stay for the next report. */
  private report(): void {
    const { state } = this;
    const x = Math.max(-256, Math.min(255, state.dx));
    const y = Math.max(-256, Math.min(255, state.dy));
    state.dx -= x;
    state.dy -= y;
    this.answer(0x08 | state.buttons | (x < 0 ? 0x10 : 0) | (y < 0 ? 0x20 : 0), x & 0xff, y & 0xff);
  }

  private answer(...bytes: number[]): void {
    for (const byte of bytes) if (this.state.queue.length < BUFFER_BYTES) this.state.queue.push(byte);
  }
}
