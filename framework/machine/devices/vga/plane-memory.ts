/**
 * How the CPU sees video memory through A0000h-BFFFFh: the sequencer's map mask and chain-4, odd/even, the graphics controller's
 * read modes 0-1 and write modes 0-3 (IBM VGA technical reference). Where the bytes lie is the Bochs/QEMU adapter's, as its linear
 * frame buffer shows them: four bytes, one a plane, for each CRTC address; chain-4 is linear; odd/even uses a pair of the four bytes
 * and goes past write modes and latches.
 */
import {
  DISPI,
  GRAPHICS,
  MEMORY_MODE_CHAIN4,
  MODE_ODD_EVEN,
  MODE_READ1,
  SEQUENCER,
  dispiEnabled,
  type VgaState,
  type VideoMemory,
} from './state';

/** Windows by bits 3-2 of graphics controller register 6. */
const WINDOW_FIRST: readonly number[] = [0xa0000, 0xa0000, 0xb0000, 0xb8000];
const WINDOW_BYTES: readonly number[] = [0x20000, 0x10000, 0x8000, 0x8000];

/** Offset of an address in the window that graphics controller register 6 selects; undefined: not decoded. */
export function windowOffset(state: VgaState, gpa: number): number | undefined {
  const window = (state.graphics[GRAPHICS.MISC]! >> 2) & 3;
  const offset = gpa - WINDOW_FIRST[window]!;
  return offset >= 0 && offset < WINDOW_BYTES[window]! ? offset : undefined;
}

/** The DISPI bank moves the 64 KiB window. */
function banked(state: VgaState, offset: number): number {
  const isBanked = dispiEnabled(state) && ((state.graphics[GRAPHICS.MISC]! >> 2) & 3) === 1;
  return isBanked ? offset + state.dispi[DISPI.BANK]! * 0x10000 : offset;
}

/** The only byte that an access in chain-4 or odd/even mode touches; undefined in planar modes. */
function singleByte(state: VgaState, address: number): number | undefined {
  if (state.sequencer[SEQUENCER.MEMORY_MODE]! & MEMORY_MODE_CHAIN4) return address;
  if (!(state.graphics[GRAPHICS.MODE]! & MODE_ODD_EVEN)) return undefined;
  return ((address & ~1) << 1) | (state.graphics[GRAPHICS.READ_MAP]! & 2) | (address & 1);
}

function expand(mask: number, plane: number): number {
  return mask & (1 << plane) ? 0xff : 0;
}

export function readPlanes(state: VgaState, vram: VideoMemory, offset: number): number {
  const address = banked(state, offset);
  const single = singleByte(state, address);
  if (single !== undefined) return single < vram.sizeBytes ? vram.readByte(single) : 0xff;
  const base = address * 4;
  if (base + 3 >= vram.sizeBytes) return 0xff;
  for (let p = 0; p < 4; p++) state.latch[p] = vram.readByte(base + p);
  if (!(state.graphics[GRAPHICS.MODE]! & MODE_READ1)) return state.latch[state.graphics[GRAPHICS.READ_MAP]! & 3]!;
  // Read mode 1: a bit is 1 where all planes that matter equal the compare color.
  let differs = 0;
  for (let p = 0; p < 4; p++) {
    differs |=
      (state.latch[p]! ^ expand(state.graphics[GRAPHICS.COLOR_COMPARE]!, p)) & expand(state.graphics[GRAPHICS.COLOR_DONT_CARE]!, p);
  }
  return ~differs & 0xff;
}

function rotate(state: VgaState, value: number): number {
  const count = state.graphics[GRAPHICS.ROTATE]! & 7;
  return ((value >> count) | (value << (8 - count))) & 0xff;
}

function combine(state: VgaState, value: number, latch: number): number {
  switch ((state.graphics[GRAPHICS.ROTATE]! >> 3) & 3) {
    case 1:
      return value & latch;
    case 2:
      return value | latch;
    case 3:
      return value ^ latch;
    default:
      return value;
  }
}

/** What write mode `mode` puts into plane `p`. */
function planeValue(state: VgaState, mode: number, p: number, value: number): number {
  const { graphics } = state;
  const latch = state.latch[p]!;
  const setReset = expand(graphics[GRAPHICS.SET_RESET]!, p);
  let mask = graphics[GRAPHICS.BIT_MASK]!;
  let data: number;
  if (mode === 1) return latch;
  if (mode === 0) data = combine(state, graphics[GRAPHICS.ENABLE_SET_RESET]! & (1 << p) ? setReset : rotate(state, value), latch);
  else if (mode === 2) data = combine(state, expand(value, p), latch);
  else {
    mask &= rotate(state, value);
    data = setReset;
  }
  return (data & mask) | (latch & ~mask);
}

export function writePlanes(state: VgaState, vram: VideoMemory, offset: number, value: number): void {
  const address = banked(state, offset);
  const mapMask = state.sequencer[SEQUENCER.MAP_MASK]! & 0x0f;
  const single = singleByte(state, address);
  if (single !== undefined) {
    if (mapMask & (1 << (single & 3)) && single < vram.sizeBytes) vram.writeByte(single, value);
    return;
  }
  const base = address * 4;
  if (base + 3 >= vram.sizeBytes) return;
  const mode = state.graphics[GRAPHICS.MODE]! & 3;
  for (let p = 0; p < 4; p++) if (mapMask & (1 << p)) vram.writeByte(base + p, planeValue(state, mode, p, value));
}

/** A byte written goes to all planes of the map mask as it is. */
function isPlain({ graphics }: VgaState): boolean {
  const isWhole = graphics[GRAPHICS.BIT_MASK] === 0xff && graphics[GRAPHICS.ROTATE] === 0;
  return (graphics[GRAPHICS.MODE]! & 3) === 0 && isWhole && (graphics[GRAPHICS.ENABLE_SET_RESET]! & 0x0f) === 0;
}

/**
 * Bytes in a row at once, as text and fonts are written: in odd/even mode, or to planes as they are. The number written, a multiple of 4;
 * the others go one by one.
 */
export function writeRun(state: VgaState, vram: VideoMemory, offset: number, bytes: Uint8Array): number {
  if (state.sequencer[SEQUENCER.MEMORY_MODE]! & MEMORY_MODE_CHAIN4) return 0;
  const isPaired = (state.graphics[GRAPHICS.MODE]! & MODE_ODD_EVEN) !== 0;
  if (!isPaired && !isPlain(state)) return 0;
  const window = (state.graphics[GRAPHICS.MISC]! >> 2) & 3;
  const address = banked(state, offset);
  const each = isPaired ? 2 : 4;
  const wanted = Math.min(bytes.length, WINDOW_BYTES[window]! - offset) & ~3;
  const count = (vram.writable(address * each, wanted * each) / each) & ~3;
  if (address & 3 || count === 0) return 0;
  const mapMask = state.sequencer[SEQUENCER.MAP_MASK]! & 0x0f;
  const pair = state.graphics[GRAPHICS.READ_MAP]! & 2;
  const region = vram.read(address * each, count * each);
  for (let at = 0; at < count; at++) {
    const value = bytes[at]!;
    if (isPaired) {
      const plane = pair | (at & 1);
      if (mapMask & (1 << plane)) region[((at & ~1) << 1) | plane] = value;
    } else for (let plane = 0; plane < 4; plane++) if (mapMask & (1 << plane)) region[at * 4 + plane] = value;
  }
  vram.write(address * each, region);
  return count;
}
