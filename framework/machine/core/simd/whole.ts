/** PCLMULQDQ, MPSADBW and PHMINPOSUW on VECTOR_A (destination) and VECTOR_B (source). SDM vol. 2. */
import { VECTOR_A, VECTOR_B } from '../layout/run-state';

const work: usize = memory.data(16, 8);

/** Immediate bit 0 selects the half of the destination, bit 4 that of the source. */
export function carrylessProduct(immediate: i32): void {
  const left = load<u64>(VECTOR_A + (immediate & 1 ? 8 : 0));
  const right = load<u64>(VECTOR_B + (immediate & 0x10 ? 8 : 0));
  let low: u64 = 0;
  let high: u64 = 0;
  for (let bit: u64 = 0; bit < 64; bit++) {
    if (!((right >> bit) & 1)) continue;
    low ^= left << bit;
    if (bit != 0) high ^= left >> (64 - bit);
  }
  store<u64>(VECTOR_A, low);
  store<u64>(VECTOR_A, high, 8);
}

/** Eight sums of the absolute differences of four source bytes and four destination bytes that slide. */
export function slidingDifferences(immediate: i32): void {
  const source: u32 = VECTOR_B + 4 * (immediate & 3);
  const destination: u32 = VECTOR_A + (immediate & 4);
  for (let index: u32 = 0; index < 8; index++) {
    let sum: i32 = 0;
    for (let byte: u32 = 0; byte < 4; byte++) {
      sum += abs<i32>(<i32>load<u8>(destination + index + byte) - <i32>load<u8>(source + byte));
    }
    store<u16>(work + 2 * index, <u16>sum);
  }
  memory.copy(VECTOR_A, work, 16);
}

/** The least unsigned word of the source and where it stands first. */
export function smallestWord(_argument: i32): void {
  let least: u32 = 0x10000;
  let position: u32 = 0;
  for (let index: u32 = 0; index < 8; index++) {
    const word: u32 = load<u16>(VECTOR_B + 2 * index);
    if (word >= least) continue;
    least = word;
    position = index;
  }
  store<u64>(VECTOR_A, least | (position << 16));
  store<u64>(VECTOR_A, 0, 8);
}
