/** AES rounds (FIPS 197; SDM vol. 1, 12.13). A state's byte of row r and column c is byte r + 4c. */
import { VECTOR_A, VECTOR_B } from '../layout/run-state';

const ENCRYPT_LAST: i32 = 1;
const DECRYPT: i32 = 2;
const DECRYPT_LAST: i32 = 3;
const MIX_INVERSE: i32 = 4;

/** The substitution and its inverse, made at the first use. */
const forward: usize = memory.data(256, 8);
const backward: usize = memory.data(256, 8);
const work: usize = memory.data(16, 8);
let ready: bool = false;

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
function product(left: u32, right: u32): u32 {
  let result: u32 = 0;
  for (let a = left, b = right; b != 0; b >>= 1) {
    if (b & 1) result ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return result;
}

/** x^254, the inverse (0 for 0). */
function inverse(value: u32): u32 {
  let result: u32 = 1;
  let power = value;
  for (let bit = 0; bit < 7; bit++) {
    power = product(power, power);
    result = product(result, power);
  }
  return result;
}

function prepare(): void {
  if (ready) return;
  for (let value: u32 = 0; value < 256; value++) {
    const b = inverse(value);
    const rotated = b | (b << 8);
    const image = (b ^ (rotated >> 7) ^ (rotated >> 6) ^ (rotated >> 5) ^ (rotated >> 4) ^ 0x63) & 0xff;
    store<u8>(forward + value, <u8>image);
    store<u8>(backward + image, <u8>value);
  }
  ready = true;
}

/** VECTOR_A with rows shifted and bytes substituted, into `work`. */
function substitute(decrypting: bool): void {
  for (let row: u32 = 0; row < 4; row++) {
    for (let column: u32 = 0; column < 4; column++) {
      const from = (decrypting ? column + 4 - row : column + row) & 3;
      const value: usize = load<u8>(VECTOR_A + row + 4 * from);
      store<u8>(work + row + 4 * column, load<u8>((decrypting ? backward : forward) + value));
    }
  }
}

/** Multiplies each column of `at` by the polynomial whose coefficients are c0 to c3. */
function mix(at: usize, c0: u32, c1: u32, c2: u32, c3: u32): void {
  for (let column: u32 = 0; column < 16; column += 4) {
    const a0: u32 = load<u8>(at + column);
    const a1: u32 = load<u8>(at + column, 1);
    const a2: u32 = load<u8>(at + column, 2);
    const a3: u32 = load<u8>(at + column, 3);
    store<u8>(at + column, <u8>(product(a0, c0) ^ product(a1, c1) ^ product(a2, c2) ^ product(a3, c3)));
    store<u8>(at + column, <u8>(product(a1, c0) ^ product(a2, c1) ^ product(a3, c2) ^ product(a0, c3)), 1);
    store<u8>(at + column, <u8>(product(a2, c0) ^ product(a3, c1) ^ product(a0, c2) ^ product(a1, c3)), 2);
    store<u8>(at + column, <u8>(product(a3, c0) ^ product(a0, c1) ^ product(a1, c2) ^ product(a2, c3)), 3);
  }
}

/** AESENC, AESENCLAST, AESDEC, AESDECLAST (state in VECTOR_A, round key in VECTOR_B) and AESIMC (of VECTOR_B). */
export function aes(kind: i32): void {
  prepare();
  if (kind == MIX_INVERSE) {
    memory.copy(VECTOR_A, VECTOR_B, 16);
    mix(VECTOR_A, 14, 11, 13, 9);
    return;
  }
  const decrypting = kind == DECRYPT || kind == DECRYPT_LAST;
  substitute(decrypting);
  if (kind == DECRYPT) mix(work, 14, 11, 13, 9);
  else if (kind != DECRYPT_LAST && kind != ENCRYPT_LAST) mix(work, 2, 3, 1, 1);
  store<u64>(VECTOR_A, load<u64>(work) ^ load<u64>(VECTOR_B));
  store<u64>(VECTOR_A, load<u64>(work, 8) ^ load<u64>(VECTOR_B, 8), 8);
}

function substituteWord(word: u32): u32 {
  let result: u32 = 0;
  for (let shift: u32 = 0; shift < 32; shift += 8) result |= (<u32>load<u8>(forward + <usize>((word >> shift) & 0xff))) << shift;
  return result;
}

/** AESKEYGENASSIST of VECTOR_B. */
export function aesKey(constant: i32): void {
  prepare();
  for (let half: u32 = 0; half < 16; half += 8) {
    const word = substituteWord(load<u32>(VECTOR_B + half, 4));
    store<u32>(VECTOR_A + half, word);
    store<u32>(VECTOR_A + half, rotr<u32>(word, 8) ^ ((<u32>constant) & 0xff), 4);
  }
}
