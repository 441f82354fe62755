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

const WINDOWS: readonly (readonly [first: number, bytes: number])[] = [
  [0xa0000, 0x20000],
  [0xa0000, 0x10000],
  [0xb0000, 0x8000],
  [0xb8000, 0x8000],
];

/** Offset of an address in the window that graphics controller register 6 selects; undefined: not decoded. */
export function windowOffset(state: VgaState, gpa: number): number | undefined {
  const [first, bytes] = WINDOWS[(state.graphics[GRAPHICS.MISC]! >> 2) & 3]!;
  const offset = gpa - first;
  return offset >= 0 && offset < bytes ? offset : undefined;
}

function bank(state: VgaState): number {
  return dispiEnabled(state) ? state.dispi[DISPI.BANK]! * 0x10000 : 0;
}

/** Where a CPU address lies: one plane of a plane offset, or all planes. */
interface Location {
  /** Byte of video memory of plane 0. */
  readonly base: number;
  /** The only plane it can touch; -1: all, by map mask and read map. */
  readonly plane: number;
}

function locate(state: VgaState, offset: number, reading: boolean): Location {
  const mode = state.sequencer[SEQUENCER.MEMORY_MODE]!;
  if (mode & MEMORY_MODE_CHAIN4) {
    // With the extended registers on, pixels lie linear; plain VGA leaves three of four plane offsets unused.
    const base = dispiEnabled(state) ? bank(state) + (offset & ~3) : (offset & ~3) * 4;
    return { base, plane: offset & 3 };
  }
  const oddEven = reading ? (state.graphics[GRAPHICS.MODE]! & MODE_ODD_EVEN) !== 0 : (mode & MEMORY_MODE_SEQUENTIAL) === 0;
  if (oddEven) return { base: (offset & ~1) * 4, plane: offset & 1 };
  return { base: bank(state) + offset * 4, plane: -1 };
}

function expand(mask: number, plane: number): number {
  return mask & (1 << plane) ? 0xff : 0;
}

export function readPlanes(state: VgaState, vram: VideoMemory, offset: number): number {
  const { base, plane } = locate(state, offset, true);
  if (base + 3 >= vram.sizeBytes) return 0xff;
  for (let p = 0; p < 4; p++) state.latch[p] = vram.readByte(base + p);
  const chained = (state.sequencer[SEQUENCER.MEMORY_MODE]! & MEMORY_MODE_CHAIN4) !== 0;
  if (chained) return state.latch[plane]!;
  if (!(state.graphics[GRAPHICS.MODE]! & MODE_READ1)) {
    const map = state.graphics[GRAPHICS.READ_MAP]! & 3;
    return state.latch[plane < 0 ? map : (map & 2) | plane]!;
  }
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
  const { base, plane } = locate(state, offset, false);
  if (base + 3 >= vram.sizeBytes) return;
  const mapMask = state.sequencer[SEQUENCER.MAP_MASK]! & 0x0f;
  if (plane >= 0 && state.sequencer[SEQUENCER.MEMORY_MODE]! & MEMORY_MODE_CHAIN4) {
    if (mapMask & (1 << plane)) vram.writeByte(base + plane, value);
    return;
  }
  const mode = state.graphics[GRAPHICS.MODE]! & 3;
  for (let p = 0; p < 4; p++) {
    const selected = mapMask & (1 << p) && (plane < 0 || (p & 1) === plane);
    if (selected) vram.writeByte(base + p, planeValue(state, mode, p, value));
  }
}
