/** Values near which instructions behave differently. */
import type { Random } from './random';

const LONG = 0xffff_ffff_ffff_ffffn;

const SIGN_EDGES = [8n, 16n, 32n, 64n].flatMap((bits) => {
  const sign = 1n << (bits - 1n);
  return [sign - 1n, sign, sign + 1n, 2n * sign - 1n, 2n * sign - 2n, 2n * sign, LONG - sign, LONG - sign + 1n];
});
const INTEGERS: readonly bigint[] = [0n, 1n, 2n, 3n, 7n, 8n, LONG, LONG - 1n, 0x5555_5555_5555_5555n, ...SIGN_EDGES].map(
  (value) => value & LONG,
);

/** 64 bits: an edge, near one, some bits, or any. */
export function integer(random: Random): bigint {
  const kind = random.below(8);
  if (kind < 3) return random.pick(INTEGERS);
  if (kind === 3) return 1n << BigInt(random.below(64));
  if (kind === 4) return BigInt.asUintN(64, random.pick(INTEGERS) + BigInt(random.below(33) - 16));
  if (kind === 5) return random.long() >> BigInt(random.below(64));
  if (kind === 6) return BigInt(random.below(256));
  return random.long();
}

/** A fraction of so many bits: none, one bit, all, low or high ones, any. */
function fraction(random: Random, bits: number): bigint {
  const all = (1n << BigInt(bits)) - 1n;
  switch (random.below(7)) {
    case 0:
      return 0n;
    case 1:
      return 1n << BigInt(random.below(bits));
    case 2:
      return all;
    case 3:
      return all >> BigInt(random.below(bits));
    case 4:
      return all & (all << BigInt(random.below(bits)));
    default:
      return random.long() & all;
  }
}

/** An exponent: of zeros and denormals, of infinities and NaNs, next to those, about 1, about the integers' size, any. */
function exponent(random: Random, bits: number): bigint {
  const top = 2 ** bits - 1;
  const bias = top >> 1;
  switch (random.below(8)) {
    case 0:
      return 0n;
    case 1:
      return BigInt(top);
    case 2:
      return BigInt(random.pick([1, 2, top - 1, top - 2]));
    case 3:
    case 4:
      return BigInt(bias + random.below(7) - 3);
    case 5:
      return BigInt(Math.min(top, bias + random.below(70)));
    default:
      return BigInt(random.below(top + 1));
  }
}

export function single(random: Random): bigint {
  return (BigInt(random.below(2)) << 31n) | (exponent(random, 8) << 23n) | fraction(random, 23);
}

export function double(random: Random): bigint {
  return (BigInt(random.below(2)) << 63n) | (exponent(random, 11) << 52n) | fraction(random, 52);
}

/** Sign and exponent, and significand, of an 80-bit number; now and then one of the encodings that the 387 no longer takes. */
export function extended(random: Random): { signExponent: number; significand: bigint } {
  const biased = random.chance(30) ? BigInt(16383 + random.below(130) - 65) : exponent(random, 15);
  const integerBit = biased !== 0n ? !random.chance(2) : random.chance(5);
  const significand = fraction(random, 63) | (integerBit ? 1n << 63n : 0n);
  return { signExponent: Number(biased) | (random.below(2) << 15), significand };
}

/** 18 decimal digits and a sign; now and then a byte that is no digits. */
export function packedDecimal(random: Random): Uint8Array {
  const digits = random.below(19);
  const bytes = Uint8Array.from({ length: 10 }, (_, index) => {
    const low = index * 2 < digits ? random.below(10) : 0;
    const high = index * 2 + 1 < digits ? random.below(10) : 0;
    return low | (high << 4);
  });
  bytes[9] = random.pick([0, 0x80]);
  if (random.chance(5)) bytes[random.below(10)] = random.below(256);
  return bytes;
}

/** Fills 16 bytes with lanes of one kind. */
export function vector(random: Random, view: DataView, at: number): void {
  switch (random.below(4)) {
    case 0:
      for (let lane = 0; lane < 4; lane++) view.setUint32(at + lane * 4, Number(single(random)), true);
      break;
    case 1:
      for (let lane = 0; lane < 2; lane++) view.setBigUint64(at + lane * 8, double(random), true);
      break;
    case 2:
      for (let lane = 0; lane < 8; lane++) view.setUint16(at + lane * 2, Number(integer(random) & 0xffffn), true);
      break;
    default:
      for (let lane = 0; lane < 2; lane++) view.setBigUint64(at + lane * 8, integer(random), true);
  }
}
