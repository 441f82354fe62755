/** From segment and offset to a linear address, when the fast limit test did not do. SDM vol. 3, 5.3. */
import { SEG_BASE, SEG_LIMIT, SEG_SCRATCH, SEG_SS } from '../layout/cpu-state';
import { ACCESS_SEGMENT } from '../layout/run-state';
import { VECTOR_GP, VECTOR_SS, attributes, is64, isProtected, selector } from '../state';
import { isCanonical } from './canonical';
import { raiseCode } from '../interrupts/raise';
import { ATTR_CODE, ATTR_DB, ATTR_DOWN, ATTR_PRESENT, ATTR_WRITABLE } from './derive';

function refuse(segment: usize): void {
  if (segment == SEG_SCRATCH) raiseCode(VECTOR_SS, <i32>(selector(segment) & 0xfffc));
  raiseCode(segment == SEG_SS ? VECTOR_SS : VECTOR_GP, 0);
}

/** Linear address of `size` bytes at `ea` of a segment (its state address); raises #GP(0) or #SS(0). */
export function segmentLinear(segmentAddress: i32, ea: i64, size: i32, isWrite: i32): i64 {
  const segment = <usize>segmentAddress;
  store<u32>(ACCESS_SEGMENT, segmentAddress);
  const base = load<u64>(segment, SEG_BASE);
  if (is64()) {
    const linear = base + <u64>ea;
    if (!isCanonical(linear) || !isCanonical(linear + <u64>(size - 1))) refuse(segment);
    return <i64>linear;
  }
  const offset = (<u64>ea) & 0xffffffff;
  const last = offset + <u64>(size - 1);
  const limit = <u64>load<u32>(segment, SEG_LIMIT);
  const rights = attributes(segment);
  if (!(rights & ATTR_PRESENT)) refuse(segment);
  const isCode = (rights & ATTR_CODE) != 0;
  if (isProtected()) {
    if (isWrite ? isCode || !(rights & ATTR_WRITABLE) : isCode && !(rights & ATTR_WRITABLE)) refuse(segment);
  }
  if (!isCode && rights & ATTR_DOWN) {
    const top: u64 = rights & ATTR_DB ? 0xffffffff : 0xffff;
    if (offset <= limit || last > top) refuse(segment);
  } else if (last > limit && !(limit == 0xffffffff)) refuse(segment);
  return <i64>((base + offset) & 0xffffffff);
}
