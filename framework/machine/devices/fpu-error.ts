import type { AccessSize, Line, PortDevice, Resettable, Stateful } from '../bus/types';

const CLEAR = 0xf0;
const RESET = 0xf1;

export interface FpuErrorOptions {
  readonly name: string;
  /** IRQ13. */
  readonly irq: Line;
  /** IGNNE# to the CPU, here active high. */
  readonly ignne: Line;
}

/**
 * Coprocessor error logic of the PC/AT (82371 data sheet 290562, 4.2.7): FERR# latches IRQ13; a write of any value to port F0h
 * (or the old reset port F1h) releases it and asserts IGNNE# until FERR# goes away.
 */
export class FpuError implements PortDevice, Stateful<{ ferr: boolean; irq: boolean; ignne: boolean }>, Resettable {
  readonly name: string;
  readonly portRegions = [{ first: CLEAR, last: RESET, name: 'coprocessor error' }];
  readonly state = { ferr: false, irq: false, ignne: false };
  /** FERR#, active high here. */
  readonly ferr: Line = { set: (high) => this.errorLevel(high) };

  constructor(private readonly options: FpuErrorOptions) {
    this.name = options.name;
  }

  reset(): void {
    this.state.ferr = false;
    this.drive(false, false);
  }

  readPort(_port: number, size: AccessSize): number | undefined {
    return size === 1 ? 0xff : undefined;
  }

  writePort(_port: number, size: AccessSize): boolean {
    if (size !== 1) return false;
    this.drive(false, this.state.ferr);
    return true;
  }

  private errorLevel(high: boolean): void {
    const rises = high && !this.state.ferr;
    this.state.ferr = high;
    if (rises) this.drive(true, false);
    else if (!high) this.drive(this.state.irq, false);
  }

  private drive(irq: boolean, ignne: boolean): void {
    this.state.irq = irq;
    this.state.ignne = ignne;
    this.options.irq.set(irq);
    this.options.ignne.set(ignne);
  }
}
