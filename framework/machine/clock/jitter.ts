import type { Nanoseconds } from '../../quantities/units';

/**
 * How far the edge of tick `tick` lies from its even place: evenly spread over -peak..+peak ns. An oscillator's noise, that is, but the
 * same in every run: a function of the tick's number alone. (Two rounds of multiply and shift mix the bits of a counter well.)
 */
export function jitterNs(tick: number, peakNs: Nanoseconds): Nanoseconds {
  let bits = (tick ^ Math.floor(tick / 2 ** 32)) | 0;
  bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  bits = Math.imul(bits ^ (bits >>> 12), 0x297a2d39);
  bits = (bits ^ (bits >>> 15)) >>> 0;
  return Math.floor((bits / 2 ** 32) * (2 * peakNs + 1)) - peakNs;
}
