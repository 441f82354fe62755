/** ENTER and BOUND. SDM vol. 2. */
import { RBP, RSP, SEG_SS, SP_MASK } from '../layout/cpu-state';
import { ACCESS_SEGMENT } from '../layout/run-state';
import { VECTOR_BR, is64 } from '../state';
import { raise } from '../interrupts/raise';
import { probeWrite, readAny } from '../memory/access';
import { segmentLinear } from './linear';
import { checkPushes, commitFrame, frameHere, framePointer, push } from './stack';

function stackRead(offset: u64, size: u32): u64 {
  store<u32>(ACCESS_SEGMENT, SEG_SS);
  return readAny(is64() ? offset : <u64>segmentLinear(SEG_SS, <i64>offset, <i32>size, 0), size);
}

/** ENTER size, level: the frame with its copied display is checked as a whole, then its last byte. */
export function enter(size: i32, levelValue: i32, operandSize: i32): void {
  const level = (<u32>levelValue) & 31;
  const width = <u32>operandSize;
  const mask = load<u64>(SP_MASK);
  frameHere();
  checkPushes(level == 0 ? 1 : level + 1, width);
  for (let index: u32 = 1; index < level; index++) stackRead((load<u64>(RBP) - index * width) & mask, width);
  const words: u64 = level == 0 ? 1 : level + 1;
  const bottom = (load<u64>(RSP) - words * width - <u64>(size & 0xffff)) & mask;
  probeWrite(is64() ? <i64>bottom : segmentLinear(SEG_SS, <i64>bottom, operandSize, 1), operandSize);
  push(width, load<u64>(RBP));
  const frame = framePointer();
  for (let index: u32 = 1; index < level; index++) push(width, stackRead((load<u64>(RBP) - index * width) & mask, width));
  if (level > 0) push(width, frame);
  commitFrame(false);
  if (width == 2) store<u16>(RBP, <u16>frame);
  else if (width == 4) store<u64>(RBP, frame & 0xffffffff);
  else store<u64>(RBP, frame);
  const sp = load<u64>(RSP);
  store<u64>(RSP, (sp & ~mask) | ((sp - <u64>(size & 0xffff)) & mask));
}

/** BOUND: #BR unless lower <= index <= upper, signed. */
export function bound(segment: i32, ea: i64, index: i64, size: i32): void {
  const linear = <u64>segmentLinear(segment, ea, size * 2, 0);
  const low = readAny(linear, <u32>size);
  const high = readAny(linear + <u64>size, <u32>size);
  const lower = size == 2 ? <i64>(<i16>low) : <i64>(<i32>low);
  const upper = size == 2 ? <i64>(<i16>high) : <i64>(<i32>high);
  if (index < lower || index > upper) raise(VECTOR_BR);
}
