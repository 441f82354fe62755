/** x87 and SSE states. */
import type { Random } from './random';
import { FX, type StateRecord } from './record';
import { extended, integer, vector } from './values';

const EXCEPTIONS = 0x3f;
const SUMMARY = 0x80;
const BUSY = 0x8000;
const CONDITIONS = 0x4700;

/** Precision 01 is reserved. */
const PRECISIONS = [0x300, 0x300, 0x300, 0x200, 0];

function tags(random: Random): number {
  const kind = random.below(10);
  return kind < 7 ? 0xff : kind < 9 ? random.below(256) : 0;
}

export function floatState(random: Random, { fxView }: StateRecord): void {
  const masks = random.chance(75) ? EXCEPTIONS : random.below(64);
  const control = 0x40 | masks | random.pick(PRECISIONS) | (random.below(4) << 10);
  let status = (random.word() & CONDITIONS) | (random.below(8) << 11);
  if (random.chance(30)) status |= random.below(64) & (random.chance(3) ? EXCEPTIONS : masks);
  if (random.chance(3)) status |= 0x40;
  if (status & ~masks & EXCEPTIONS) status |= SUMMARY | BUSY;
  fxView.setUint16(FX.control, control, true);
  fxView.setUint16(FX.status, status, true);
  fxView.setUint8(FX.tags, tags(random));
  for (let register = 0; register < 8; register++) {
    const { signExponent, significand } = random.chance(20) ? wholeNumber(random) : extended(random);
    fxView.setBigUint64(FX.st + register * 16, significand, true);
    fxView.setUint16(FX.st + register * 16 + 8, signExponent, true);
  }
  const vectorMasks = random.chance(75) ? EXCEPTIONS : random.below(64);
  const flushes = (random.chance(10) ? 0x8000 : 0) | (random.chance(10) ? 0x40 : 0);
  const flags = random.chance(20) ? random.below(64) : 0;
  fxView.setUint32(FX.mxcsr, (vectorMasks << 7) | (random.below(4) << 13) | flushes | flags, true);
}

/** Integers as 80-bit numbers, of up to 64 bits. */
function wholeNumber(random: Random): { signExponent: number; significand: bigint } {
  let significand = integer(random) >> BigInt(random.below(64));
  if (significand === 0n) return { signExponent: random.below(2) << 15, significand };
  let exponent = 16383 + 63;
  while (significand >> 63n === 0n) {
    significand <<= 1n;
    exponent--;
  }
  return { signExponent: exponent | (random.below(2) << 15), significand };
}

export function vectorState(random: Random, { fxView }: StateRecord): void {
  for (let register = 0; register < 16; register++) vector(random, fxView, FX.xmm + register * 16);
}
