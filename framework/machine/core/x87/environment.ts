/** The x87 environment and whole state in memory. SDM vol. 1, 8.1.10; vol. 2, FLDCW, FNSTENV, FLDENV, FNSAVE, FRSTOR, FNINIT. */
import { OP_SIZE_MASK } from '../layout/blocks';
import { FPU_CS, FPU_DP, FPU_DS, FPU_IP, FPU_OPCODE, FPU_REGISTER_BYTES } from '../layout/fpu-state';
import { isProtected, operandFlags } from '../state';
import { readAny, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';
import { refreshSummary } from './exceptions';
import { destination, destinationOf, readOperand } from './operands';
import { control, resetWords, setControl, setStatusWord, setTagWord, stackRegister, statusWord, tagWord } from './state';

const FIELDS: u32 = 7;
const MASKS: u32 = 0x3f;
const STACK_BYTES: u32 = 80;
/** The seven words or doublewords of an environment. */
const image: usize = memory.data(32, 8);
/** A register stack on its way into the CPU. */
const stackImage: usize = memory.data(128, 8);

/** Bytes of a field: 2 with a 16-bit operand size, else 4. */
function fieldBytes(): u32 {
  return (operandFlags() & OP_SIZE_MASK) == 1 ? 2 : 4;
}

function field(index: u32): u32 {
  return load<u32>(image + (index << 2));
}

function setField(index: u32, value: u32): void {
  store<u32>(image + (index << 2), value);
}

/** An address in real mode's format: its low 16 bits in one field, the others from bit 12 on in the next. */
function setLinear(index: u32, linear: u32, opcode: u32): void {
  setField(index, (linear & 0xffff) | 0xffff0000);
  setField(index + 1, ((linear >> 16) << 12) | opcode);
}

function storeEnvironment(linear: u64, bytes: u32): void {
  setField(0, control() | 0xffff0000);
  setField(1, statusWord() | 0xffff0000);
  setField(2, tagWord() | 0xffff0000);
  const ip = load<u32>(FPU_IP);
  const dp = load<u32>(FPU_DP);
  if (isProtected()) {
    setField(3, ip);
    setField(4, load<u32>(FPU_CS) | (bytes == 4 ? load<u32>(FPU_OPCODE) << 16 : 0));
    setField(5, dp);
    setField(6, load<u32>(FPU_DS) | 0xffff0000);
  } else {
    setLinear(3, (load<u32>(FPU_CS) << 4) + ip, load<u32>(FPU_OPCODE));
    setLinear(5, (load<u32>(FPU_DS) << 4) + dp, 0);
  }
  for (let index: u32 = 0; index < FIELDS; index++)
    writeAny(linear + index * bytes, bytes, bytes == 4 ? field(index) : field(index) & 0xffff);
}

function readEnvironment(linear: u64, bytes: u32): void {
  for (let index: u32 = 0; index < FIELDS; index++) setField(index, <u32>readAny(linear + index * bytes, bytes));
}

function takeLinear(at: usize, selectorAt: usize, index: u32): void {
  store<u64>(at, (field(index) & 0xffff) | ((field(index + 1) & 0x0ffff000) << 4));
  store<u32>(selectorAt, 0);
}

function takeEnvironment(bytes: u32): void {
  setControl(field(0));
  setStatusWord(field(1));
  setTagWord(field(2));
  if (isProtected()) {
    store<u64>(FPU_IP, field(3));
    store<u32>(FPU_CS, field(4) & 0xffff);
    if (bytes == 4) store<u32>(FPU_OPCODE, (field(4) >> 16) & 0x7ff);
    store<u64>(FPU_DP, field(5));
    store<u32>(FPU_DS, field(6) & 0xffff);
  } else {
    takeLinear(FPU_IP, FPU_CS, 3);
    takeLinear(FPU_DP, FPU_DS, 5);
    store<u32>(FPU_OPCODE, field(4) & 0x7ff);
  }
  refreshSummary();
}

export function initialize(): void {
  resetWords();
  store<u64>(FPU_IP, 0);
  store<u64>(FPU_DP, 0);
  store<u32>(FPU_CS, 0);
  store<u32>(FPU_DS, 0);
  store<u32>(FPU_OPCODE, 0);
  refreshSummary();
}

/** FLDCW. */
export function loadControl(segment: i32, ea: i64): void {
  setControl(<u32>readOperand(segment, ea, 2));
  refreshSummary();
}

export function storeControl(segment: i32, ea: i64): void {
  writeAny(destination(segment, ea, 2), 2, control());
}

/** FNSTSW m16. */
export function storeStatus(segment: i32, ea: i64): void {
  writeAny(destination(segment, ea, 2), 2, statusWord());
}

/** FNSTENV, which masks every exception afterwards. */
export function saveEnvironment(segment: i32, ea: i64): void {
  const bytes = fieldBytes();
  storeEnvironment(destinationOf(segment, ea, FIELDS * bytes, bytes), bytes);
  setControl(control() | MASKS);
  refreshSummary();
}

export function loadEnvironment(segment: i32, ea: i64): void {
  const bytes = fieldBytes();
  readEnvironment(<u64>segmentLinear(segment, ea, <i32>(FIELDS * bytes), 0), bytes);
  takeEnvironment(bytes);
}

/** FNSAVE, which initialises afterwards. Registers stand 10 bytes apart: their alignment is not checked. */
export function saveState(segment: i32, ea: i64): void {
  const bytes = fieldBytes();
  const linear = destinationOf(segment, ea, FIELDS * bytes + STACK_BYTES, bytes);
  storeEnvironment(linear, bytes);
  const stack = linear + FIELDS * bytes;
  for (let index: u32 = 0; index < 8; index++) {
    const at = stackRegister(index);
    for (let part: u32 = 0; part < 10; part += 2) writeAny(stack + index * 10 + part, 2, load<u16>(at + part));
  }
  initialize();
}

/** FRSTOR: everything is read before anything changes. */
export function restoreState(segment: i32, ea: i64): void {
  const bytes = fieldBytes();
  const linear = <u64>segmentLinear(segment, ea, <i32>(FIELDS * bytes + STACK_BYTES), 0);
  readEnvironment(linear, bytes);
  const stack = linear + FIELDS * bytes;
  for (let index: u32 = 0; index < 8; index++) {
    const at = stackImage + index * FPU_REGISTER_BYTES;
    for (let part: u32 = 0; part < 10; part += 2) store<u16>(at + part, <u16>readAny(stack + index * 10 + part, 2));
  }
  takeEnvironment(bytes);
  for (let index: u32 = 0; index < 8; index++)
    memory.copy(stackRegister(index), stackImage + index * FPU_REGISTER_BYTES, FPU_REGISTER_BYTES);
}
