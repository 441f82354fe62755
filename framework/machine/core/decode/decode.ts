/** One instruction's bytes into an op record, by the tables that the build makes from isa/. */
import {
  HANDLER_UD,
  OP_ADDRESS_MASK,
  OP_FLAGS,
  OP_HANDLER,
  OP_IMM,
  OP_LENGTH,
  OP_OFFSET,
  OP_REG,
  OP_REP,
  OP_REPNE,
  OP_LOCK,
  OP_RM,
  OP_TERMINAL,
} from '../layout/blocks';
import { GPR, MODE_CODE32, MODE_CODE64, RAX, SEGMENTS, SEGMENT_BYTES } from '../layout/cpu-state';
import {
  IMMEDIATE_RELATIVE,
  IMMEDIATE_RELATIVE8,
  LEAF_ACCUMULATOR_REG,
  LEAF_ALWAYS_REGISTER,
  LEAF_CODE,
  LEAF_FEATURE,
  LEAF_FLAGS,
  LEAF_HANDLERS,
  LEAF_IMMEDIATE,
  LEAF_INVALID,
  LEAF_LOCK,
  LEAF_MODRM,
  LEAF_OPCODE_REGISTER,
  LEAF_OPERATION,
  LEAF_REG_BYTE,
  LEAF_REG_NUMBER,
  LEAF_REG_SEGMENT,
  LEAF_REGISTERS,
  LEAF_REPEAT,
  LEAF_RM_BYTE,
  LEAF_SIZE,
  LEAF_SWAP,
  LEAF_TERMINAL,
  REGISTERS_MMX,
  SIZE_RULE_COUNTER,
  SIZE_RULE_NATIVE,
  SIZE_RULE_NEAR,
  SIZE_RULE_PORT,
  SIZE_RULE_QUAD,
  SIZE_RULE_STACK,
  SIZE_RULE_TABLE,
  SIZE_RULE_WIDE,
} from '../layout/decode-tables';
import { XMM, XMM_BYTES, FPU_REGISTERS, FPU_REGISTER_BYTES } from '../layout/fpu-state';
import { ADDRESS_MASKS, FEATURES, FEATURES2 } from '../layout/run-state';
import { immediate, readImmediate } from './immediate';
import { findLeaf } from './leaf';
import { byteRegister, hasIndex, isRipRelative, readMemoryOperand, relocate, setDefaultSegment } from './operands';
import { LONGEST, addressPrefix, lockPrefix, operandPrefix, readPrefixes, repeatPrefix, rex } from './prefixes';

/** log2 of operand bytes for `v`: 16, 32 or 64 bits by mode, 66h and REX.W. */
function operandSize(mode: u32): u32 {
  if ((rex & 8) != 0) return 3;
  return ((mode & (MODE_CODE32 | MODE_CODE64)) != 0) != operandPrefix ? 2 : 1;
}

function addressSizeOf(mode: u32): u32 {
  if ((mode & MODE_CODE64) != 0) return addressPrefix ? 1 : 2;
  return u32(((mode & MODE_CODE32) != 0) != addressPrefix);
}

/** log2 of operand bytes by a SIZE_RULE_*. */
function sizeByRule(rule: u32, mode: u32, is64: bool): u32 {
  if (rule <= u32(SIZE_RULE_QUAD)) return rule;
  switch (rule) {
    case SIZE_RULE_WIDE:
      return (rex & 8) != 0 ? 3 : 2;
    case SIZE_RULE_STACK:
      if (is64) return operandPrefix && (rex & 8) == 0 ? 1 : 3;
      break;
    case SIZE_RULE_NEAR:
    case SIZE_RULE_TABLE:
      if (is64) return 3;
      break;
    case SIZE_RULE_NATIVE:
      return is64 ? 3 : 2;
    case SIZE_RULE_COUNTER:
      return addressSizeOf(mode) + 1;
    case SIZE_RULE_PORT: {
      const size = operandSize(mode);
      return size == 3 ? 2 : size;
    }
    default:
      break;
  }
  return operandSize(mode);
}

/** The CPU model has what the leaf needs. */
function isClaimed(leaf: usize): bool {
  const feature: u32 = load<u8>(leaf + LEAF_FEATURE);
  if (feature == 0) return true;
  if (feature <= 32) return ((load<u32>(FEATURES) >> (feature - 1)) & 1) != 0;
  return ((load<u32>(FEATURES2) >> (feature - 33)) & 1) != 0;
}

/** State address of an XMM or MMX register; REX does not count for MMX. */
function vectorRegister(file: u32, number: u32): u32 {
  if (file == REGISTERS_MMX) return FPU_REGISTERS + FPU_REGISTER_BYTES * (number & 7);
  return XMM + XMM_BYTES * number;
}

/** Fills OP_REG and OP_RM; the number of the /reg register for LEAF_REG_NUMBER. */
function setRegisters(record: usize, flags: u32, files: u32, opcode: u32, modrm: u32, isRegister: bool): u32 {
  const regNumber = ((modrm >> 3) & 7) | ((rex & 4) << 1);
  const rmNumber = (((flags & LEAF_OPCODE_REGISTER) != 0 ? opcode : modrm) & 7) | ((rex & 1) << 3);
  let reg: u32 = (flags & LEAF_REG_BYTE) != 0 ? byteRegister(regNumber) : GPR + 8 * regNumber;
  if ((flags & LEAF_REG_SEGMENT) != 0) reg = SEGMENTS + SEGMENT_BYTES * (regNumber & 7);
  if ((flags & LEAF_ACCUMULATOR_REG) != 0) reg = RAX;
  let rm: u32 = RAX;
  if ((flags & (LEAF_MODRM | LEAF_OPCODE_REGISTER)) != 0) rm = (flags & LEAF_RM_BYTE) != 0 ? byteRegister(rmNumber) : GPR + 8 * rmNumber;
  if ((files & 3) != 0) reg = vectorRegister(files & 3, regNumber);
  if (files >> 2 != 0) rm = vectorRegister(files >> 2, rmNumber);
  const swap = isRegister && (flags & LEAF_SWAP) != 0;
  store<u16>(record + OP_REG, swap ? rm : reg);
  store<u16>(record + OP_RM, swap ? reg : rm);
  return regNumber;
}

function finish(record: usize, handler: u32, flags: u32, length: i32, available: i32): i32 {
  if (length > available) return 0;
  if (length > LONGEST) return -1;
  store<u16>(record + OP_HANDLER, handler);
  store<u8>(record + OP_FLAGS, handler == HANDLER_UD ? flags | OP_TERMINAL : flags);
  store<u8>(record + OP_LENGTH, length);
  return length;
}

/**
 * Decodes the instruction at `bytes` (host address; at least 32 bytes there may be read, `available` of them are its) into `record`.
 * Returns its length, 0 when `available` bytes do not hold it, -1 when it is longer than 15 bytes.
 * An opcode that the CPU model does not have gets HANDLER_UD. `blockOffset`: its distance from the block's first byte.
 */
export function decode(bytes: usize, available: i32, mode: u32, record: usize, blockOffset: i32): i32 {
  const is64 = (mode & MODE_CODE64) != 0;
  let length = readPrefixes(bytes, is64);
  if (length >= LONGEST) return available >= LONGEST ? -1 : 0;
  let opcode: u32 = load<u8>(bytes + length++);
  let map: u32 = 0;
  if (opcode == 0x0f) {
    opcode = load<u8>(bytes + length++);
    map = 1;
    if (opcode == 0x38 || opcode == 0x3a) {
      map = opcode == 0x38 ? 2 : 3;
      opcode = load<u8>(bytes + length++);
    }
  }
  const modrm: u32 = load<u8>(bytes + length);
  const leaf = findLeaf(map, opcode, modrm, mode, is64);
  const leafFlags: u32 = load<u16>(leaf + LEAF_FLAGS);
  const sizeIndex = sizeByRule(load<u8>(leaf + LEAF_SIZE), mode, is64);
  const addressSize = addressSizeOf(mode);
  const kind: u32 = load<u8>(leaf + LEAF_IMMEDIATE);
  const isRelative = kind == IMMEDIATE_RELATIVE8 || kind == IMMEDIATE_RELATIVE;
  const nearSize = isRelative ? sizeByRule(SIZE_RULE_NEAR, mode, is64) : 0;
  store<u16>(record + OP_OFFSET, blockOffset);
  store<u16>(record + OP_ADDRESS_MASK, ADDRESS_MASKS + 8 * (isRelative ? nearSize - 1 : addressSize));

  let form: u32 = 0;
  const hasModrm = (leafFlags & LEAF_MODRM) != 0;
  const isRegister = !hasModrm || modrm >= 0xc0 || (leafFlags & LEAF_ALWAYS_REGISTER) != 0;
  if (hasModrm) length++;
  if (!isRegister) {
    length += readMemoryOperand(bytes + length, modrm, record, addressSize, is64);
    form = hasIndex ? 2 : 1;
  } else setDefaultSegment(record, 0);
  const regNumber = setRegisters(record, leafFlags, load<u8>(leaf + LEAF_REGISTERS), opcode, modrm, isRegister);
  length += readImmediate(kind, bytes + length, isRelative ? nearSize : sizeIndex, addressSize);
  let value = immediate;
  if (isRelative) value += blockOffset + length;
  if ((leafFlags & LEAF_REG_NUMBER) != 0) value = regNumber;
  if ((leafFlags & LEAF_CODE) != 0) {
    const operation: u32 = load<u16>(leaf + LEAF_OPERATION);
    value = operation == 0 ? i64(((opcode & 7) << 8) | modrm) : i64(operation << 8) | (value & 0xff);
  }
  store<i64>(record + OP_IMM, value);
  if (!isRegister && isRipRelative) {
    relocate(record, blockOffset + length);
    if (hasIndex) form = 2;
  }

  let flags: u32 = sizeIndex | (addressSize << 2);
  if (repeatPrefix == 0xf3) flags |= OP_REP;
  else if (repeatPrefix == 0xf2) flags |= OP_REPNE;
  if (lockPrefix) flags |= OP_LOCK;
  if ((leafFlags & LEAF_TERMINAL) != 0) flags |= OP_TERMINAL;
  if ((leafFlags & LEAF_REPEAT) != 0 && repeatPrefix != 0) {
    form = 1;
    flags |= OP_TERMINAL;
  }
  const lockAllowed = !isRegister && (leafFlags & LEAF_LOCK) != 0;
  if ((leafFlags & LEAF_INVALID) != 0 || (lockPrefix && !lockAllowed) || !isClaimed(leaf)) {
    return finish(record, HANDLER_UD, flags, length, available);
  }
  const handler: u32 = load<u16>(leaf + LEAF_HANDLERS + 2 * (form * 4 + sizeIndex));
  return finish(record, handler == 0 ? HANDLER_UD : handler, flags, length, available);
}
