/** Gates of the 64-bit IDT. SDM vol. 3, 6.14. */
import { CPL, IDTR_BASE, IDTR_LIMIT, RSP, SEG_CS, SEG_SS } from '../layout/cpu-state';
import { VECTOR_GP, VECTOR_SS, commitIp, cpl, selector } from '../state';
import { isCanonical } from '../segments/canonical';
import { systemRead } from '../memory/system';
import { ATTR_DOWN, derive } from '../segments/derive';
import { TYPE_INT32, TYPE_TRAP32, dplOf, markAccessed, packRights, setSegment, setSegmentFrom } from '../segments/descriptor';
import { checkPushes, frameOn, framePointer, push } from '../segments/stack';
import { longStackPointer } from '../transfers/tss';
import { raiseCode } from './raise';
import { checkGate, flagsAfter, gateCode, gateTarget, gateType, leaveFrom } from './common';

/** 64-bit gates: always a 64-bit frame with SS:RSP, aligned to 16. SDM vol. 3, 6.14. */
export function deliverLong(vector: i32, code: i32, software: bool, from: u64, image: u32): void {
  const at = (<u32>vector) << 4;
  if (at + 15 > load<u32>(IDTR_LIMIT)) raiseCode(VECTOR_GP, gateCode(vector));
  const gate = systemRead(load<u64>(IDTR_BASE) + at, 8);
  const high = systemRead(load<u64>(IDTR_BASE) + at + 8, 8);
  const type = gateType(gate);
  if (type != TYPE_INT32 && type != TYPE_TRAP32) raiseCode(VECTOR_GP, gateCode(vector));
  checkGate(gate, vector, software);
  const target = (<u32>(gate >> 16)) & 0xffff;
  const descriptor = gateTarget(target, true);
  const codeRights = packRights(descriptor);
  const offset = (gate & 0xffff) | ((gate >> 32) & 0xffff0000) | (high << 32);
  const level = codeRights & ATTR_DOWN ? cpl() : dplOf(codeRights);
  const ist = (<u32>(gate >> 32)) & 7;
  let sp = load<u64>(RSP);
  if (ist != 0) sp = longStackPointer(ist + 3);
  else if (level < cpl()) sp = longStackPointer(level);
  if (!isCanonical(sp - 1)) raiseCode(VECTOR_SS, 0);
  if (!isCanonical(offset)) raiseCode(VECTOR_GP, 0);
  frameOn(SEG_SS, sp & ~(<u64>15), ~(<u64>0), level, true);
  checkPushes(code >= 0 ? 6 : 5, 8);
  markAccessed(target, descriptor);
  push(8, selector(SEG_SS));
  push(8, load<u64>(RSP));
  push(8, image);
  push(8, selector(SEG_CS));
  push(8, from);
  if (code >= 0) push(8, <u64>code);
  leaveFrom(from);
  store<u64>(RSP, framePointer());
  if (level < cpl()) setSegment(SEG_SS, level, 0, 0, level << 5);
  setSegmentFrom(SEG_CS, (target & ~3) | level, descriptor);
  store<u32>(CPL, level);
  flagsAfter((type & 1) != 0);
  commitIp(offset);
  derive();
}
