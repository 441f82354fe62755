/**
 * TCO watchdog of the ICH9, PMBASE + 60h to 7Fh (datasheet 316972, 13.9). The timer counts in 0.6 s; running out the first time is
 * TIMEOUT, the second SECOND_TO_STS and a reset unless NO_REBOOT. It does not run before it is first reloaded. Not modelled: intruder
 * detection, NMI, the message bytes' SMBus traffic.
 */
import type { AccessSize, Resettable, Stateful } from '../bus/types';
import type { Clock, Timer } from '../clock/clock';

const TCO_RLD = 0x00;
const TCO1_STS = 0x04;
const TCO2_STS = 0x06;
const TCO1_CNT = 0x08;
const TCO_TMR = 0x12;
const TIMEOUT = 0x0008;
const SECOND_TO_STS = 0x0002;
const TMR_HLT = 0x0800;
const LOCK = 0x1000;
const TICK_NS = 600_000_000;
const BYTES = 0x20;
/** Ticks after reset. */
const TMR_RESET = 4;

interface TcoState {
  registers: Uint16Array;
  running: boolean;
  /** When the timer runs out, and whether it has once. */
  dueNs: number;
  expired: boolean;
}

export interface TcoOptions {
  readonly clock: Clock;
  readonly timeout: () => void;
  /** The second one: whether it resets is the strap's matter. */
  readonly secondTimeout: () => void;
}

function resetRegisters(): Uint16Array {
  const registers = new Uint16Array(BYTES / 2);
  registers[TCO_TMR / 2] = TMR_RESET;
  return registers;
}

export class Ich9Tco implements Stateful<TcoState>, Resettable {
  readonly name = 'ich9-tco';
  readonly state: TcoState = { registers: resetRegisters(), running: false, dueNs: 0, expired: false };
  private readonly timer: Timer;

  constructor(private readonly options: TcoOptions) {
    this.timer = options.clock.timer('ich9-tco', () => this.ranOut());
  }

  reset(): void {
    Object.assign(this.state, { registers: resetRegisters(), running: false, dueNs: 0, expired: false });
    this.timer.cancel();
  }

  private reload(): void {
    const { state, options } = this;
    const ticks = Math.max(2, state.registers[TCO_TMR / 2]! & 0x3ff);
    state.running = (state.registers[TCO1_CNT / 2]! & TMR_HLT) === 0;
    if (!state.running) return this.timer.cancel();
    state.dueNs = options.clock.nowNs() + ticks * TICK_NS;
    this.timer.arm(state.dueNs);
  }

  private ranOut(): void {
    const { state, options } = this;
    const second = state.expired;
    state.registers[TCO1_STS / 2]! |= TIMEOUT;
    state.expired = true;
    this.reload();
    if (!second) return options.timeout();
    state.registers[TCO2_STS / 2]! |= SECOND_TO_STS;
    options.secondTimeout();
  }

  read(offset: number, size: AccessSize): number | undefined {
    if (size === 4) return undefined;
    if ((offset & ~1) === TCO_RLD) return this.left() >> (offset & 1 ? 8 : 0);
    const word = this.state.registers[offset >> 1] ?? 0;
    return size === 2 ? word : (word >> (offset & 1 ? 8 : 0)) & 0xff;
  }

  private left(): number {
    const { state, options } = this;
    return state.running ? Math.max(0, Math.ceil((state.dueNs - options.clock.nowNs()) / TICK_NS)) : 0;
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    if (size === 4 || (size === 2 && offset & 1)) return false;
    const { registers } = this.state;
    const index = offset >> 1;
    const mask = size === 2 ? 0xffff : offset & 1 ? 0xff00 : 0xff;
    const written = (offset & 1 ? value << 8 : value) & mask;
    const word = (registers[index]! & ~mask) | written;
    switch (offset & ~1) {
      case TCO_RLD:
        this.state.expired = false;
        this.reload();
        return true;
      case TCO1_STS:
      case TCO2_STS: // cleared by writing ones
        registers[index]! &= ~written;
        return true;
      case TCO1_CNT: {
        const haltedBefore = registers[index]! & TMR_HLT;
        registers[index] = word | (registers[index]! & LOCK);
        if (haltedBefore !== (word & TMR_HLT)) this.reload();
        return true;
      }
      default:
        registers[index] = word;
        return true;
    }
  }
}
