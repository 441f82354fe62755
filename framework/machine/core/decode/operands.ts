/** ModRM, SIB and displacement into the op record's address fields (SDM 2, 2.1.5 and 2.2.1). */
import { OP_BASE, OP_DISP, OP_SCALE, OP_SCALED, OP_SEG } from '../layout/blocks';
import { GPR, IP, RBP, RBX, RDI, RSI, SEG_DS, SEG_SS, ZERO } from '../layout/cpu-state';
import { INDEX_2_30 } from '../layout/run-state';
import { rex, segmentOverride } from './prefixes';

/** Set by `readMemoryOperand`: it has an index register. */
export let hasIndex: bool = false;
/** Set by `readMemoryOperand`: the displacement counts from the next instruction. */
export let isRipRelative: bool = false;

/** State address of a byte register: without REX, 4..7 are AH, CH, DH, BH. */
export function byteRegister(number: u32): u32 {
  if (rex == 0 && (number & 0xc) == 4) return GPR + 8 * (number & 3) + 1;
  return GPR + 8 * number;
}

export function setDefaultSegment(record: usize, base: u32): void {
  let segment: u32 = segmentOverride;
  if (segment == 0) segment = base == GPR + 32 || base == RBP ? SEG_SS : SEG_DS;
  store<u16>(record + OP_SEG, segment);
}

function setAddress(record: usize, base: u32, index: u32, scale: u32, displacement: i32): void {
  hasIndex = index != ZERO;
  store<u16>(record + OP_BASE, base);
  store<u16>(record + OP_SCALED, index);
  store<u8>(record + OP_SCALE, scale);
  store<i32>(record + OP_DISP, displacement);
  setDefaultSegment(record, base);
}

/** The 16-bit forms: BX+SI, BX+DI, BP+SI, BP+DI, SI, DI, BP, BX. Returns the bytes after ModRM. */
function read16(at: usize, modrm: u32, record: usize): i32 {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  let base: u32 = ZERO;
  let index: u32 = ZERO;
  if (rm < 4) {
    base = (rm & 2) != 0 ? RBP : RBX;
    index = (rm & 1) != 0 ? RDI : RSI;
  } else if (rm == 4) base = RSI;
  else if (rm == 5) base = RDI;
  else if (rm == 6) base = mod == 0 ? ZERO : RBP;
  else base = RBX;
  let displacement: i32 = 0;
  let length: i32 = 0;
  if (mod == 1) {
    displacement = load<i8>(at);
    length = 1;
  } else if (mod == 2 || (mod == 0 && rm == 6)) {
    displacement = load<i16>(at);
    length = 2;
  }
  setAddress(record, base, index, 0, displacement);
  return length;
}

/** The 32- and 64-bit forms. */
function read32(at: usize, modrm: u32, record: usize, is64: bool): i32 {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  let base: u32 = ZERO;
  let index: u32 = ZERO;
  let scale: u32 = 0;
  let length: i32 = 0;
  let noBase: bool = false;
  if (rm == 4) {
    const sib: u32 = load<u8>(at);
    length = 1;
    const indexNumber = ((sib >> 3) & 7) | ((rex & 2) << 2);
    if (indexNumber != 4) {
      index = GPR + 8 * indexNumber;
      scale = sib >> 6;
    }
    noBase = (sib & 7) == 5 && mod == 0;
    if (!noBase) base = GPR + 8 * ((sib & 7) | ((rex & 1) << 3));
  } else {
    noBase = rm == 5 && mod == 0;
    if (!noBase) base = GPR + 8 * (rm | ((rex & 1) << 3));
    else if (is64) {
      isRipRelative = true;
      base = IP;
    }
  }
  let displacement: i32 = 0;
  if (mod == 1) {
    displacement = load<i8>(at + length);
    length += 1;
  } else if (mod == 2 || noBase) {
    displacement = load<i32>(at + length);
    length += 4;
  }
  setAddress(record, base, index, scale, displacement);
  return length;
}

/** Reads a memory operand whose ModRM byte is right before `at`; the bytes read. */
export function readMemoryOperand(at: usize, modrm: u32, record: usize, addressSize: u32, is64: bool): i32 {
  isRipRelative = false;
  if (addressSize == 0) return read16(at, modrm, record);
  return read32(at, modrm, record, is64);
}

/** Makes the displacement of a RIP-relative operand count from the block's IP. */
export function relocate(record: usize, nextOffset: i32): void {
  const displacement: i64 = i64(load<i32>(record + OP_DISP)) + nextOffset;
  if (displacement <= i64(i32.MAX_VALUE)) {
    store<i32>(record + OP_DISP, i32(displacement));
    return;
  }
  store<i32>(record + OP_DISP, i32(displacement - 0x80000000));
  store<u16>(record + OP_SCALED, INDEX_2_30);
  store<u8>(record + OP_SCALE, 1);
  hasIndex = true;
}
