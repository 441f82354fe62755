/** The VBE DISPI registers of the Bochs adapter, interface version B0C5h: index port 1CEh, data port 1CFh. */
import {
  DISPI,
  DISPI_8BIT_DAC,
  DISPI_ENABLED,
  DISPI_GETCAPS,
  DISPI_LFB_ENABLED,
  DISPI_NOCLEARMEM,
  type VgaState,
  type VideoMemory,
} from './state';

const ID_OLDEST = 0xb0c0;
const ID_NEWEST = 0xb0c5;
const MAX_XRES = 16000;
const MAX_YRES = 12000;
const MAX_BPP = 32;
const DEPTHS: readonly number[] = [4, 8, 15, 16, 24, 32];

/** Bytes from one scan line to the next for `width` pixels. */
export function lineBytes(bpp: number, width: number): number {
  return bpp === 4 ? width >> 1 : width * ((bpp + 7) >> 3);
}

export function readDispi(state: VgaState, vram: VideoMemory, index: number): number {
  if (index === DISPI.MEMORY_64K) return vram.sizeBytes >>> 16;
  if (state.dispi[DISPI.ENABLE]! & DISPI_GETCAPS) {
    if (index === DISPI.XRES) return MAX_XRES;
    if (index === DISPI.YRES) return MAX_YRES;
    if (index === DISPI.BPP) return MAX_BPP;
  }
  return state.dispi[index] ?? 0;
}

/** Virtual size and panning, kept within video memory. */
function fixGeometry(state: VgaState, vram: VideoMemory): void {
  const { dispi } = state;
  const bpp = dispi[DISPI.BPP]!;
  const xres = dispi[DISPI.XRES]!;
  const width = Math.max(dispi[DISPI.VIRT_WIDTH]!, xres);
  const bytes = Math.max(1, lineBytes(bpp, width) * (bpp === 4 ? 4 : 1));
  const height = Math.min(0xffff, Math.floor(vram.sizeBytes / bytes));
  dispi[DISPI.VIRT_WIDTH] = width;
  dispi[DISPI.VIRT_HEIGHT] = height;
  dispi[DISPI.X_OFFSET] = Math.min(dispi[DISPI.X_OFFSET]!, width - xres);
  dispi[DISPI.Y_OFFSET] = Math.max(0, Math.min(dispi[DISPI.Y_OFFSET]!, height - dispi[DISPI.YRES]!));
}

function acceptable(state: VgaState, vram: VideoMemory): boolean {
  const { dispi } = state;
  const xres = dispi[DISPI.XRES]!;
  const yres = dispi[DISPI.YRES]!;
  const bpp = dispi[DISPI.BPP]!;
  if (xres === 0 || yres === 0 || xres > MAX_XRES || yres > MAX_YRES || !DEPTHS.includes(bpp)) return false;
  return lineBytes(bpp, xres) * yres * (bpp === 4 ? 4 : 1) <= vram.sizeBytes;
}

function writeEnable(state: VgaState, vram: VideoMemory, value: number): void {
  const { dispi } = state;
  const known = value & (DISPI_ENABLED | DISPI_GETCAPS | DISPI_8BIT_DAC | DISPI_LFB_ENABLED | DISPI_NOCLEARMEM);
  const wasOn = (dispi[DISPI.ENABLE]! & DISPI_ENABLED) !== 0;
  if (!(value & DISPI_ENABLED) || !acceptable(state, vram)) {
    dispi[DISPI.ENABLE] = known & ~DISPI_ENABLED;
    dispi[DISPI.BANK] = 0;
    return;
  }
  dispi[DISPI.ENABLE] = known;
  if (wasOn) return;
  Object.assign(dispi, { [DISPI.VIRT_WIDTH]: dispi[DISPI.XRES], [DISPI.X_OFFSET]: 0, [DISPI.Y_OFFSET]: 0 });
  fixGeometry(state, vram);
  const bpp = dispi[DISPI.BPP]!;
  const bytes = lineBytes(bpp, dispi[DISPI.XRES]!) * dispi[DISPI.YRES]! * (bpp === 4 ? 4 : 1);
  if (!(value & DISPI_NOCLEARMEM)) vram.clear(0, bytes);
}

export function writeDispi(state: VgaState, vram: VideoMemory, index: number, value: number): void {
  const { dispi } = state;
  const on = (dispi[DISPI.ENABLE]! & DISPI_ENABLED) !== 0;
  switch (index) {
    case DISPI.ID:
      if (value >= ID_OLDEST && value <= ID_NEWEST) dispi[index] = value;
      return;
    case DISPI.XRES: // the mode itself can change only while the extension is off
    case DISPI.YRES:
    case DISPI.BPP:
      if (!on) dispi[index] = index === DISPI.BPP && value === 0 ? 8 : value;
      return;
    case DISPI.BANK:
      dispi[index] = value & ((vram.sizeBytes >>> 16) - 1);
      return;
    case DISPI.ENABLE:
      return writeEnable(state, vram, value);
    case DISPI.VIRT_WIDTH:
    case DISPI.X_OFFSET:
    case DISPI.Y_OFFSET:
      dispi[index] = value;
      fixGeometry(state, vram);
      return;
    default: // virtual height and memory size cannot be written
      return;
  }
}
