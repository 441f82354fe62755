import type { Nanoseconds } from '../../quantities/units';

const NS_PER_SECOND = 1_000_000_000;

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/**
 * A crystal: which tick of a free-running counter a moment lies in, exactly, for the whole range of virtual time (a
 * product of nanoseconds and hertz leaves the exact integers after seconds). Tick 0 begins at 0 ns.
 */
export class Frequency {
  private readonly ticks: number;
  private readonly ns: number;

  /** @throws RangeError when `hertz` is not a positive integer below 2^32. */
  constructor(readonly hertz: number) {
    if (!Number.isInteger(hertz) || hertz <= 0 || hertz >= 2 ** 32) throw new RangeError(`not a frequency in Hz: ${hertz}`);
    const divisor = greatestCommonDivisor(hertz, NS_PER_SECOND);
    this.ticks = hertz / divisor;
    this.ns = NS_PER_SECOND / divisor;
  }

  /** Number of ticks completed at `atNs`. */
  ticksAt(atNs: Nanoseconds): number {
    const whole = Math.floor(atNs / this.ns);
    const rest = atNs - whole * this.ns;
    return whole * this.ticks + this.scale(rest, this.ticks, this.ns, false);
  }

  /** The first nanosecond at which `ticksAt` gives `tick`. */
  nsOfTick(tick: number): Nanoseconds {
    const whole = Math.floor(tick / this.ticks);
    const rest = tick - whole * this.ticks;
    return whole * this.ns + this.scale(rest, this.ns, this.ticks, true);
  }

  private scale(value: number, multiplier: number, divisor: number, roundUp: boolean): number {
    const product = value * multiplier;
    if (product <= Number.MAX_SAFE_INTEGER) return roundUp ? Math.ceil(product / divisor) : Math.floor(product / divisor);
    const exact = BigInt(Math.floor(value)) * BigInt(multiplier) + (roundUp ? BigInt(divisor) - 1n : 0n);
    return Number(exact / BigInt(divisor));
  }
}
