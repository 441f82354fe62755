import { hex } from '../../../quantities/hex';
import type { Gpa } from '../../../quantities/units';
import { KernelError, RANGE_RAM } from './types';
import type { BootEnvironment, LoadedKernel, Piece } from './types';

/** Interrupt vectors and BIOS data lie below. */
const FIRST_FREE: Gpa = 0x500;

/** Headers may say anything: every piece must lie in RAM and over no other, and the entry within what was loaded. @throws KernelError */
export function checkPlacement({ pieces, at }: LoadedKernel, { map }: BootEnvironment): void {
  const ram = map.filter(({ type }) => type === RANGE_RAM);
  const sorted = pieces.map(spanOf).sort((one, other) => one.first - other.first);
  for (const { first, end } of sorted) {
    const isRam = first >= FIRST_FREE && ram.some(({ address, bytes }) => first >= address && end <= address + bytes);
    if (!isRam) throw new KernelError(`it would lie at ${hex(first)}..${hex(end - 1)}, where no RAM is free`);
  }
  for (const [index, { first }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before && before.end > first) {
      throw new KernelError(`two parts of it, or one and what its loader hands over, would both lie at ${hex(first)}`);
    }
  }
  if (!sorted.some(({ first, end }) => at >= first && at < end)) {
    throw new KernelError(`its entry ${hex(at)} lies outside of what is loaded`);
  }
}

function spanOf({ address, contents, bytes = 0 }: Piece): { first: Gpa; end: Gpa } {
  return { first: address, end: address + Math.max(1, contents.length, bytes) };
}
