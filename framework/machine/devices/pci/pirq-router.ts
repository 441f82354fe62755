import type { Stateful } from '../../bus/types';

/**
 * The interrupt wiring between PCI slots and the PIRQ lines: a wired OR of every INTx pin on each line.
 * `swizzle` gives the line of a slot's pin (0 = INTA).
 */
export class PirqRouter implements Stateful {
  readonly name = 'pirq-router';
  /** Asserted pins, as device * 4 + pin. */
  readonly state: { asserted: number[] } = { asserted: [] };

  constructor(
    private readonly swizzle: (device: number, pin: number) => number,
    private readonly setPirq: (index: number, level: boolean) => void,
  ) {}

  reset(): void {
    this.state.asserted = [];
  }

  readonly setPin = (device: number, pin: number, level: boolean): void => {
    const key = device * 4 + pin;
    const others = this.state.asserted.filter((asserted) => asserted !== key);
    this.state.asserted = level ? [...others, key] : others;
    this.drive(this.swizzle(device, pin));
  };

  /** `swizzle` gives other lines than before. */
  rerouted(lines: number): void {
    for (let line = 0; line < lines; line++) this.drive(line);
  }

  private drive(line: number): void {
    this.setPirq(
      line,
      this.state.asserted.some((asserted) => this.swizzle(asserted >> 2, asserted & 3) === line),
    );
  }
}
