/** PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM. SDM vol. 2, 4.1. */
import { RAX, RCX, RDX } from '../layout/cpu-state';
import { XMM } from '../layout/fpu-state';
import { VECTOR_A, VECTOR_B } from '../layout/run-state';
import { FLAG_AF, FLAG_CF, FLAG_OF, FLAG_PF, FLAG_SF, FLAG_ZF } from '../state';
import { setFlags } from '../system/flags';

const WORDS: i32 = 1;
const SIGNED: i32 = 2;
const EQUAL_ANY: i32 = 0;
const RANGES: i32 = 1;
const EQUAL_EACH: i32 = 2;
const NEGATIVE: i32 = 0x10;
const MASKED: i32 = 0x20;
/** Most significant index; mask of whole elements. */
const HIGH_OR_WIDE: i32 = 0x40;
const DEFINED: u32 = FLAG_AF | FLAG_CF | FLAG_OF | FLAG_PF | FLAG_SF | FLAG_ZF;

let control: i32 = 0;
let count: i32 = 0;
let firstLength: i32 = 0;
let secondLength: i32 = 0;

function element(vector: usize, index: i32): i32 {
  if (control & WORDS) return control & SIGNED ? load<i16>(vector + 2 * index) : load<u16>(vector + 2 * index);
  return control & SIGNED ? load<i8>(vector + index) : load<u8>(vector + index);
}

function implicitLength(vector: usize): i32 {
  for (let index: i32 = 0; index < count; index++) if (element(vector, index) == 0) return index;
  return count;
}

/** The magnitude of a length register, at most `count`. */
function explicitLength(register: usize, bytes: i32): i32 {
  const value: i64 = bytes == 8 ? load<i64>(register) : load<i32>(register);
  return value > -count && value < count ? <i32>abs<i64>(value) : count;
}

function matchesAny(index: i32): bool {
  if (index >= secondLength) return false;
  for (let at: i32 = 0; at < firstLength; at++) if (element(VECTOR_A, at) == element(VECTOR_B, index)) return true;
  return false;
}

function isInRange(index: i32): bool {
  if (index >= secondLength) return false;
  const value = element(VECTOR_B, index);
  for (let at: i32 = 0; at + 1 < firstLength; at += 2) {
    if (element(VECTOR_A, at) <= value && value <= element(VECTOR_A, at + 1)) return true;
  }
  return false;
}

function isSame(index: i32): bool {
  if (index >= firstLength || index >= secondLength) return index >= firstLength && index >= secondLength;
  return element(VECTOR_A, index) == element(VECTOR_B, index);
}

/** The first string begins at `index` of the second, as far as that goes. */
function startsHere(index: i32): bool {
  for (let at: i32 = 0; at < firstLength && index + at < count; at++) {
    if (index + at >= secondLength || element(VECTOR_A, at) != element(VECTOR_B, index + at)) return false;
  }
  return true;
}

function matches(index: i32): bool {
  const aggregation = (control >> 2) & 3;
  if (aggregation == EQUAL_ANY) return matchesAny(index);
  if (aggregation == RANGES) return isInRange(index);
  return aggregation == EQUAL_EACH ? isSame(index) : startsHere(index);
}

function storeMask(bits: u32): void {
  if (!(control & HIGH_OR_WIDE)) {
    store<u64>(XMM, bits);
    store<u64>(XMM, 0, 8);
    return;
  }
  for (let index: i32 = 0; index < count; index++) {
    const lane: i32 = (bits >> index) & 1 ? -1 : 0;
    if (control & WORDS) store<i16>(XMM + 2 * index, <i16>lane);
    else store<i8>(XMM + index, <i8>lane);
  }
}

function indexOf(bits: u32): u32 {
  if (bits == 0) return count;
  return control & HIGH_OR_WIDE ? 31 - clz<u32>(bits) : ctz<u32>(bits);
}

/** `lengthBytes`: of the length registers, 0 when the strings end at a zero. */
export function compareStrings(immediate: i32, lengthBytes: i32, wantsMask: i32): void {
  control = immediate;
  count = immediate & WORDS ? 8 : 16;
  firstLength = lengthBytes ? explicitLength(RAX, lengthBytes) : implicitLength(VECTOR_A);
  secondLength = lengthBytes ? explicitLength(RDX, lengthBytes) : implicitLength(VECTOR_B);
  let bits: u32 = 0;
  for (let index: i32 = 0; index < count; index++) if (matches(index)) bits |= 1 << index;
  if (immediate & NEGATIVE) bits ^= (1 << (immediate & MASKED ? secondLength : count)) - 1;
  if (wantsMask) storeMask(bits);
  else store<u64>(RCX, indexOf(bits));
  let flags: u32 = bits != 0 ? FLAG_CF : 0;
  if (bits & 1) flags |= FLAG_OF;
  if (secondLength < count) flags |= FLAG_ZF;
  if (firstLength < count) flags |= FLAG_SF;
  setFlags(flags, DEFINED);
}
