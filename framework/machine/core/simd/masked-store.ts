/** MASKMOVQ and MASKMOVDQU. SDM vol. 2. */
import { VECTOR_A, VECTOR_B } from '../layout/run-state';
import { probeWrite, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';

function isSelected(index: u32): bool {
  return load<i8>(VECTOR_B + index) < 0;
}

/** Bytes of VECTOR_A whose byte in VECTOR_B is negative; no byte is written when one of them may not be. */
export function maskedStore(segment: i32, ea: i64, bytes: i32): void {
  const linear = segmentLinear(segment, ea, bytes, 1);
  for (let index: i32 = 0; index < bytes; index++) if (isSelected(index)) probeWrite(linear + index, 1);
  for (let index: i32 = 0; index < bytes; index++) if (isSelected(index)) writeAny(linear + index, 1, load<u8>(VECTOR_A + index));
}
