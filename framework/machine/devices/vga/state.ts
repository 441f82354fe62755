import type { AccessSize } from '../../bus/types';

/** Everything mutable of the display adapter but its memory. Register arrays are by index, as the hardware numbers them. */
export interface VgaState {
  /** Miscellaneous output, feature control, VGA enable (3C3h). */
  misc: number;
  feature: number;
  enabled: number;
  sequencerIndex: number;
  sequencer: number[];
  crtcIndex: number;
  crtc: number[];
  graphicsIndex: number;
  graphics: number[];
  attributeIndex: number;
  /** The next write to 3C0h is data. */
  attributeData: boolean;
  attribute: number[];
  dacMask: number;
  dacReadIndex: number;
  dacWriteIndex: number;
  /** Next component, 0-2, of the entry being read or written. */
  dacComponent: number;
  /** 3 after a read index was set, 0 after a write index. */
  dacMode: number;
  /** 256 entries of red, green, blue, 8 bits each (6-bit values are kept shifted left by 2). */
  palette: number[];
  /** The four planes' bytes of the last read. */
  latch: number[];
  dispiIndex: number;
  dispi: number[];
}

/** Video memory, as the linear frame buffer shows it. Untouched memory reads 0. */
export interface VideoMemory {
  readonly sizeBytes: number;
  readByte(offset: number): number;
  writeByte(offset: number, value: number): void;
  read(offset: number, length: number): Uint8Array;
  /** How many of `length` bytes can be written at once: up to the first that must be mapped then, or that there is not. */
  writable(offset: number, length: number): number;
  write(offset: number, bytes: Uint8Array): void;
  /** Fills with zeros. */
  clear(offset: number, length: number): void;
  /** While there is a sink, it gets what the CPU writes to the linear frame buffer, instead of memory. */
  intercept?(sink: ((size: AccessSize, value: number) => void) | undefined): void;
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

export function powerOnVga(): VgaState {
  return {
    misc: 0,
    feature: 0,
    enabled: 1,
    sequencerIndex: 0,
    sequencer: zeros(8),
    crtcIndex: 0,
    crtc: zeros(0x19),
    graphicsIndex: 0,
    graphics: zeros(9),
    attributeIndex: 0,
    attributeData: false,
    attribute: zeros(0x15),
    dacMask: 0xff,
    dacReadIndex: 0,
    dacWriteIndex: 0,
    dacComponent: 0,
    dacMode: 0,
    palette: zeros(768),
    latch: zeros(4),
    dispiIndex: 0,
    dispi: [0xb0c5, ...zeros(10)],
  };
}

export const SEQUENCER = { RESET: 0, CLOCKING: 1, MAP_MASK: 2, CHARACTER_MAP: 3, MEMORY_MODE: 4 } as const;
export const MEMORY_MODE_CHAIN4 = 0x08;
export const CLOCKING_8_DOTS = 0x01;
export const CLOCKING_HALF = 0x08;

export const GRAPHICS = {
  SET_RESET: 0,
  ENABLE_SET_RESET: 1,
  COLOR_COMPARE: 2,
  ROTATE: 3,
  READ_MAP: 4,
  MODE: 5,
  MISC: 6,
  COLOR_DONT_CARE: 7,
  BIT_MASK: 8,
} as const;
export const MODE_READ1 = 0x08;
export const MODE_ODD_EVEN = 0x10;
export const MODE_SHIFT_INTERLEAVE = 0x20;
export const MODE_SHIFT_256 = 0x40;
export const GRAPHICS_MISC_GRAPHICS = 0x01;

export const CRTC = {
  H_TOTAL: 0x00,
  H_DISPLAY_END: 0x01,
  OVERFLOW: 0x07,
  PRESET_ROW: 0x08,
  MAX_SCAN_LINE: 0x09,
  CURSOR_START: 0x0a,
  CURSOR_END: 0x0b,
  START_HIGH: 0x0c,
  START_LOW: 0x0d,
  CURSOR_HIGH: 0x0e,
  CURSOR_LOW: 0x0f,
  V_RETRACE_START: 0x10,
  V_RETRACE_END: 0x11,
  V_DISPLAY_END: 0x12,
  OFFSET: 0x13,
  UNDERLINE: 0x14,
  V_TOTAL: 0x06,
  MODE: 0x17,
  LINE_COMPARE: 0x18,
} as const;
export const CRTC_PROTECT = 0x80;
export const CRTC_DOUBLE_SCAN = 0x80;
/** Mode control: addresses are bytes, not words. */
export const CRTC_BYTE_MODE = 0x40;

export const ATTRIBUTE = { MODE: 0x10, OVERSCAN: 0x11, PLANE_ENABLE: 0x12, PANNING: 0x13, COLOR_SELECT: 0x14 } as const;
export const ATTRIBUTE_GRAPHICS = 0x01;
export const ATTRIBUTE_BLINK = 0x08;
export const ATTRIBUTE_8BIT = 0x40;
export const ATTRIBUTE_P54_SELECT = 0x80;
/** Attribute index bit 5: the palette is the display's, not the CPU's. */
export const ATTRIBUTE_SHOW = 0x20;

export const MISC_COLOR = 0x01;
export const MISC_RAM_ENABLE = 0x02;

export const DISPI = {
  ID: 0,
  XRES: 1,
  YRES: 2,
  BPP: 3,
  ENABLE: 4,
  BANK: 5,
  VIRT_WIDTH: 6,
  VIRT_HEIGHT: 7,
  X_OFFSET: 8,
  Y_OFFSET: 9,
  MEMORY_64K: 10,
} as const;
export const DISPI_ENABLED = 0x01;
export const DISPI_GETCAPS = 0x02;
export const DISPI_8BIT_DAC = 0x20;
export const DISPI_LFB_ENABLED = 0x40;
export const DISPI_NOCLEARMEM = 0x80;

export function dispiEnabled(state: VgaState): boolean {
  return (state.dispi[DISPI.ENABLE]! & DISPI_ENABLED) !== 0;
}
