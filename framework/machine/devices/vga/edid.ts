/**
 * What the monitor says of itself (VESA Enhanced EDID Standard, release A revision 2: EDID 1.4): a flat panel of 1280 by 800 pixels, that
 * also takes the VESA modes of 640 by 480, 800 by 600 and 1024 by 768 at 60 Hz.
 */
const EDID_BYTES = 128;
const HEADER = [0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0] as const;
/** Three letters of five bits. */
const MANUFACTURER = 'MLP';
const PRODUCT = 1;
const NAME = 'Milepost';
const YEAR = 2024 - 1990;
const SIZE_CM = [32, 20] as const;
const DIGITAL_8_BITS = 0xa0;
const GAMMA_2_2 = 120;
/** sRGB, and the first detailed timing is the native one. */
const FEATURES = 0x06;
/** x and y of red, green, blue and white, sRGB's, of 1024. */
const CHROMATICITY = [655, 338, 307, 614, 154, 61, 320, 337] as const;
const ESTABLISHED = [0x21, 0x08, 0] as const;
const UNUSED_STANDARD = [1, 1] as const;

/** 1280 by 800 at 60 Hz with reduced blanking (VESA Coordinated Video Timings 1.2). */
const NATIVE = {
  clockKhz: 71_000,
  horizontal: { active: 1280, blank: 160, front: 48, sync: 32 },
  vertical: { active: 800, blank: 23, front: 3, sync: 6 },
} as const;
/** Separate digital syncs, horizontal positive, vertical negative. */
const SYNC_FLAGS = 0x1a;
const DESCRIPTOR = { NAME: 0xfc, RANGES: 0xfd, UNUSED: 0x10 } as const;
/** Vertical Hz, horizontal kHz, highest clock in tens of MHz, no timing formula. */
const RANGES = [50, 75, 30, 80, 16, 0x01] as const;
const TEXT_BYTES = 13;

function chromaticity(): number[] {
  const low = (index: number): number => CHROMATICITY[index]! & 3;
  const pairs = [0, 4].map((first) => (low(first) << 6) | (low(first + 1) << 4) | (low(first + 2) << 2) | low(first + 3));
  return [...pairs, ...CHROMATICITY.map((value) => value >> 2)];
}

function nativeTiming(): number[] {
  const { clockKhz, horizontal: h, vertical: v } = NATIVE;
  const [width, height] = SIZE_CM.map((cm) => cm * 10) as [number, number];
  const clock = clockKhz / 10;
  return [
    ...[clock & 0xff, clock >> 8],
    ...[h.active & 0xff, h.blank & 0xff, ((h.active >> 8) << 4) | (h.blank >> 8)],
    ...[v.active & 0xff, v.blank & 0xff, ((v.active >> 8) << 4) | (v.blank >> 8)],
    ...[h.front, h.sync, (v.front << 4) | v.sync, 0],
    ...[width & 0xff, height & 0xff, ((width >> 8) << 4) | (height >> 8)],
    ...[0, 0, SYNC_FLAGS],
  ];
}

/** A display descriptor; text ends with a line feed and is filled with spaces. */
function descriptor(tag: number, bytes: readonly number[]): number[] {
  const filled = [...bytes, ...(bytes.length > 0 && bytes.length < TEXT_BYTES ? [0x0a] : [])];
  const fill = bytes.length > 0 ? 0x20 : 0;
  return [0, 0, 0, tag, 0, ...filled, ...Array<number>(TEXT_BYTES - filled.length).fill(fill)];
}

export function edid(): Uint8Array {
  const maker = Array.from(MANUFACTURER).reduce((id, letter) => (id << 5) | (letter.charCodeAt(0) & 0x1f), 0);
  const [x, y] = [NATIVE.horizontal.active / 8 - 31, 0];
  const bytes = [
    ...HEADER,
    ...[maker >> 8, maker & 0xff, PRODUCT, 0, 1, 0, 0, 0, 1, YEAR, 1, 4],
    ...[DIGITAL_8_BITS, ...SIZE_CM, GAMMA_2_2, FEATURES],
    ...chromaticity(),
    ...ESTABLISHED,
    ...[x, y],
    ...Array.from({ length: 7 }, () => UNUSED_STANDARD).flat(),
    ...nativeTiming(),
    ...descriptor(
      DESCRIPTOR.NAME,
      Array.from(NAME, (letter) => letter.charCodeAt(0)),
    ),
    ...descriptor(DESCRIPTOR.RANGES, RANGES),
    ...descriptor(DESCRIPTOR.UNUSED, []),
    0, // no extension blocks
  ];
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return Uint8Array.from([...bytes, -sum & 0xff].slice(0, EDID_BYTES));
}
