/** 128-bit arithmetic: MUL, DIV and IDIV of 64-bit operands, CMPXCHG16B; and CRC32. SDM vol. 2. */
import { RAX, RBX, RCX, RDX } from '../layout/cpu-state';
import { FEATURE_CX16 } from '../layout/features';
import { FLAG_ZF, VECTOR_UD, features } from '../state';
import { raise, raiseDivide, raiseGeneral } from '../interrupts/raise';
import { probeWrite, readAny, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';
import { setFlags } from '../system/flags';

let quotient: u64 = 0;
let remainder: u64 = 0;

/** high:low / divisor; high below the divisor. */
function divide(high: u64, low: u64, divisor: u64): void {
  if (high == 0) {
    quotient = low / divisor;
    remainder = low % divisor;
    return;
  }
  let rest = high;
  let result: u64 = 0;
  for (let bit: i32 = 63; bit >= 0; bit--) {
    const carry = rest >> 63;
    rest = (rest << 1) | ((low >> bit) & 1);
    result <<= 1;
    if (carry != 0 || rest >= divisor) {
      rest -= divisor;
      result |= 1;
    }
  }
  quotient = result;
  remainder = rest;
}

/** DIV r/m64. */
export function div128(divisorValue: i64): void {
  const divisor = <u64>divisorValue;
  const high = load<u64>(RDX);
  if (high >= divisor) raiseDivide();
  divide(high, load<u64>(RAX), divisor);
  store<u64>(RAX, quotient);
  store<u64>(RDX, remainder);
}

/** IDIV r/m64: truncates towards zero, the remainder has the dividend's sign. */
export function idiv128(divisor: i64): void {
  let high = load<u64>(RDX);
  let low = load<u64>(RAX);
  const negative = <i64>high < 0;
  if (negative) {
    low = ~low + 1;
    high = ~high + (low == 0 ? 1 : 0);
  }
  const magnitude = divisor < 0 ? <u64>(0 - divisor) : <u64>divisor;
  if (high >= magnitude) raiseDivide();
  divide(high, low, magnitude);
  const flip = negative != divisor < 0;
  if (flip ? quotient > 0x8000000000000000 : quotient > 0x7fffffffffffffff) raiseDivide();
  store<u64>(RAX, flip ? ~quotient + 1 : quotient);
  store<u64>(RDX, negative ? ~remainder + 1 : remainder);
}

/** CMPXCHG16B: 16-byte alignment or #GP(0). */
export function cmpxchg16b(segment: i32, ea: i64): void {
  if (!(features() & FEATURE_CX16)) raise(VECTOR_UD);
  const linear = <u64>segmentLinear(segment, ea, 16, 1);
  if (linear & 15) raiseGeneral(0);
  probeWrite(<i64>linear, 16);
  const low = readAny(linear, 8);
  const high = readAny(linear + 8, 8);
  const equal = low == load<u64>(RAX) && high == load<u64>(RDX);
  writeAny(linear, 8, equal ? load<u64>(RBX) : low);
  writeAny(linear + 8, 8, equal ? load<u64>(RCX) : high);
  if (!equal) {
    store<u64>(RAX, low);
    store<u64>(RDX, high);
  }
  setFlags(equal ? <i32>FLAG_ZF : 0, <i32>FLAG_ZF);
}

/** CRC-32C (Castagnoli, reflected 82F63B78h) of the low `bytes` bytes. */
export function crc32(crc: i32, value: i64, bytes: i32): i32 {
  let state = <u32>crc;
  for (let index = 0; index < bytes; index++) {
    state ^= <u32>(((<u64>value) >> ((<u64>index) << 3)) & 0xff);
    for (let bit = 0; bit < 8; bit++) state = (state >>> 1) ^ (state & 1 ? 0x82f63b78 : 0);
  }
  return <i32>state;
}
