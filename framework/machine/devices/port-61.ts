import type { AccessSize, Line, PortDevice, Resettable, Stateful } from '../bus/types';

const PORT = 0x61;
const TIMER2_GATE = 0x01;
const SPEAKER_ENABLE = 0x02;
const SERR_DISABLE = 0x04;
const IOCHK_DISABLE = 0x08;
const WRITABLE = 0x0f;
const REFRESH = 0x10;
const TIMER2_OUT = 0x20;
const IOCHK = 0x40;
const SERR = 0x80;

export interface Port61Options {
  readonly name: string;
  /** GATE of counter 2. */
  readonly gate: Line;
  /** OUT of counter 2 now. */
  readonly timer2Out: () => boolean;
  /** Refresh request toggle now. */
  readonly refresh: () => boolean;
  /** High while an enabled error (SERR#, IOCHK#) is latched; goes to NMI through the RTC's mask. */
  readonly nmi: Line;
  /** Speaker data enable. */
  readonly speaker?: Line;
}

/**
 * NMI status and control, port 61h ("port B" of the PC; 82371 data sheet 290562, 4.2.4): speaker gate and data, refresh
 * toggle, timer 2 output, and the enables and latches of the two error NMIs.
 */
export class Port61 implements PortDevice, Stateful<{ control: number; errors: number }>, Resettable {
  readonly name: string;
  readonly portRegions = [{ first: PORT, last: PORT, name: 'nmi status and control' }];
  readonly state = { control: 0, errors: 0 };
  readonly serr: Line = { set: (high) => this.latch(SERR, SERR_DISABLE, high) };
  readonly iochk: Line = { set: (high) => this.latch(IOCHK, IOCHK_DISABLE, high) };

  constructor(private readonly options: Port61Options) {
    this.name = options.name;
    options.gate.set(false);
  }

  reset(): void {
    this.state.errors = 0;
    this.control(0);
  }

  readPort(_port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    const { options, state } = this;
    return state.control | (options.refresh() ? REFRESH : 0) | (options.timer2Out() ? TIMER2_OUT : 0) | state.errors;
  }

  writePort(_port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    this.control(value & WRITABLE);
    return true;
  }

  private control(value: number): void {
    const { options, state } = this;
    state.control = value;
    if (value & SERR_DISABLE) state.errors &= ~SERR;
    if (value & IOCHK_DISABLE) state.errors &= ~IOCHK;
    options.gate.set((value & TIMER2_GATE) !== 0);
    options.speaker?.set((value & SPEAKER_ENABLE) !== 0);
    options.nmi.set(state.errors !== 0);
  }

  private latch(status: number, disable: number, high: boolean): void {
    if (!high || this.state.control & disable) return;
    this.state.errors |= status;
    this.options.nmi.set(true);
  }
}
