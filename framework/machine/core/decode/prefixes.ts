/** Legacy prefixes and REX of the instruction under way (SDM 2, 2.1.1 and 2.2.1). */
import { SEG_CS, SEG_DS, SEG_ES, SEG_FS, SEG_GS, SEG_SS } from '../layout/cpu-state';

export let rex: u32 = 0; // the whole byte, 0: none
export let operandPrefix: bool = false;
export let addressPrefix: bool = false;
export let lockPrefix: bool = false;
/** Last of F2h and F3h, 0: none. */
export let repeatPrefix: u32 = 0;
/** Segment cache of an override that counts, 0: none. */
export let segmentOverride: u32 = 0;

/** An instruction has at most 15 bytes (SDM 2, 2.3.11). */
export const LONGEST: i32 = 15;

/** Reads prefixes at `bytes`; the number of them. In 64-bit mode ES, CS, SS and DS overrides are ignored. */
export function readPrefixes(bytes: usize, is64: bool): i32 {
  rex = 0;
  operandPrefix = false;
  addressPrefix = false;
  lockPrefix = false;
  repeatPrefix = 0;
  segmentOverride = 0;
  let count: i32 = 0;
  while (count <= LONGEST) {
    const byte: u32 = load<u8>(bytes + count);
    if (is64 && (byte & 0xf0) == 0x40) {
      rex = byte;
      ++count;
      continue;
    }
    if (!takePrefix(byte, is64)) break;
    // REX counts only right before the opcode.
    rex = 0;
    ++count;
  }
  return count;
}

function takePrefix(byte: u32, is64: bool): bool {
  switch (byte) {
    case 0x26:
      if (!is64) segmentOverride = SEG_ES;
      return true;
    case 0x2e:
      if (!is64) segmentOverride = SEG_CS;
      return true;
    case 0x36:
      if (!is64) segmentOverride = SEG_SS;
      return true;
    case 0x3e:
      if (!is64) segmentOverride = SEG_DS;
      return true;
    case 0x64:
      segmentOverride = SEG_FS;
      return true;
    case 0x65:
      segmentOverride = SEG_GS;
      return true;
    case 0x66:
      operandPrefix = true;
      return true;
    case 0x67:
      addressPrefix = true;
      return true;
    case 0xf0:
      lockPrefix = true;
      return true;
    case 0xf2:
    case 0xf3:
      repeatPrefix = byte;
      return true;
    default:
      return false;
  }
}
