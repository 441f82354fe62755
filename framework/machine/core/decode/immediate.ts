/** Immediates, relative targets, moffs and far pointers into OP_IMM. */
import {
  IMMEDIATE_BYTE,
  IMMEDIATE_ENTER,
  IMMEDIATE_FAR,
  IMMEDIATE_OFFSET,
  IMMEDIATE_ONE,
  IMMEDIATE_OPERAND,
  IMMEDIATE_OPERAND32,
  IMMEDIATE_RELATIVE,
  IMMEDIATE_RELATIVE8,
  IMMEDIATE_SIGNED_BYTE,
  IMMEDIATE_WORD,
} from '../layout/decode-tables';

/** Value of the last immediate; for relative ones the displacement. */
export let immediate: i64 = 0;

/** Bytes that an immediate has. Sizes: log2 of operand bytes, and address size 0..2. */
export function readImmediate(kind: u32, at: usize, sizeIndex: u32, addressSize: u32): i32 {
  switch (kind) {
    case IMMEDIATE_BYTE:
      immediate = load<u8>(at);
      return 1;
    case IMMEDIATE_SIGNED_BYTE:
    case IMMEDIATE_RELATIVE8:
      immediate = load<i8>(at);
      return 1;
    case IMMEDIATE_WORD:
      immediate = load<u16>(at);
      return 2;
    case IMMEDIATE_OPERAND32:
    case IMMEDIATE_RELATIVE:
      return readSigned(at, sizeIndex);
    case IMMEDIATE_OPERAND:
      if (sizeIndex < 3) return readSigned(at, sizeIndex);
      immediate = load<i64>(at);
      return 8;
    case IMMEDIATE_OFFSET:
      return readOffset(at, addressSize);
    case IMMEDIATE_FAR:
      return readFar(at, sizeIndex);
    case IMMEDIATE_ENTER:
      immediate = i64(load<u16>(at)) | (i64(load<u8>(at + 2)) << 16);
      return 3;
    case IMMEDIATE_ONE:
      immediate = 1;
      return 0;
    default:
      immediate = 0;
      return 0;
  }
}

function readSigned(at: usize, sizeIndex: u32): i32 {
  if (sizeIndex == 1) {
    immediate = load<i16>(at);
    return 2;
  }
  immediate = load<i32>(at);
  return 4;
}

function readOffset(at: usize, addressSize: u32): i32 {
  if (addressSize == 0) {
    immediate = load<u16>(at);
    return 2;
  }
  if (addressSize == 1) {
    immediate = load<u32>(at);
    return 4;
  }
  immediate = load<i64>(at);
  return 8;
}

function readFar(at: usize, sizeIndex: u32): i32 {
  if (sizeIndex == 1) {
    immediate = i64(load<u16>(at)) | (i64(load<u16>(at + 2)) << 32);
    return 4;
  }
  immediate = i64(load<u32>(at)) | (i64(load<u16>(at + 4)) << 32);
  return 6;
}
