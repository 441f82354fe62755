/**
 * How the CPU sees video memory through A0000h-BFFFFh: the sequencer's map mask and chain-4, odd/even, the graphics controller's
 * read modes 0-1 and write modes 0-3 (IBM VGA technical reference; Intel open-source PRM, VGA registers).
 */
import {
  DISPI,
  GRAPHICS,
  MEMORY_MODE_CHAIN4,
  MEMORY_MODE_SEQUENTIAL,
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

function bank(state: VgaState): number {
  return dispiEnabled(state) ? state.dispi[DISPI.BANK]! * 0x10000 : 0;
}

/** The byte of video memory that plane 0 has at a CPU address. */
function planeBase(state: VgaState, offset: number, chained: boolean, oddEven: boolean): number {
  // With the extended registers on, pixels lie linear; plain VGA leaves three of four plane offsets unused.
  if (chained) return dispiEnabled(state) ? bank(state) + (offset & ~3) : (offset & ~3) * 4;
  return oddEven ? (offset & ~1) * 4 : bank(state) + offset * 4;
}

function expand(mask: number, plane: number): number {
  return mask & (1 << plane) ? 0xff : 0;
}

export function readPlanes(state: VgaState, vram: VideoMemory, offset: number): number {
  const chained = (state.sequencer[SEQUENCER.MEMORY_MODE]! & MEMORY_MODE_CHAIN4) !== 0;
  const oddEven = (state.graphics[GRAPHICS.MODE]! & MODE_ODD_EVEN) !== 0;
  const base = planeBase(state, offset, chained, oddEven);
  if (base + 3 >= vram.sizeBytes) return 0xff;
  for (let p = 0; p < 4; p++) state.latch[p] = vram.readByte(base + p);
  if (chained) return state.latch[offset & 3]!;
  if (!(state.graphics[GRAPHICS.MODE]! & MODE_READ1)) {
    const map = state.graphics[GRAPHICS.READ_MAP]! & 3;
    return state.latch[oddEven ? (map & 2) | (offset & 1) : map]!;
  }
  // Read mode 1: a bit is 1 where all planes that matter equal the compare color.
  let differs = 0;
  for (let p = 0; p < 4; p++) {
    differs |= (state.latch[p]! ^ expand(state.graphics[GRAPHICS.COLOR_COMPARE]!, p)) & expand(state.graphics[GRAPHICS.COLOR_DONT_CARE]!, p);
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
  const memoryMode = state.sequencer[SEQUENCER.MEMORY_MODE]!;
  const chained = (memoryMode & MEMORY_MODE_CHAIN4) !== 0;
  const oddEven = (memoryMode & MEMORY_MODE_SEQUENTIAL) === 0;
  const base = planeBase(state, offset, chained, oddEven);
  if (base + 3 >= vram.sizeBytes) return;
  const mapMask = state.sequencer[SEQUENCER.MAP_MASK]! & 0x0f;
  if (chained) {
    if (mapMask & (1 << (offset & 3))) vram.writeByte(base + (offset & 3), value);
    return;
  }
  const mode = state.graphics[GRAPHICS.MODE]! & 3;
  for (let p = 0; p < 4; p++) {
    if (oddEven && (p & 1) !== (offset & 1)) continue;
    if (mapMask & (1 << p)) vram.writeByte(base + p, planeValue(state, mode, p, value));
  }
}
