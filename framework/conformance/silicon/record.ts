/** The records that silicon.c reads and writes, and the memory around an instruction; silicon.c has the same numbers. */

export const PAGE = 4096;
export const CODE = 0x6000_0000;
export const CODE_PAGES = 2;
/** Two pages of data each; the window that is set and compared lies around the border between them. */
export const REGIONS = { plain: 0x3000_0000, holed: 0x3100_0000, readOnly: 0x3200_0000 } as const;
export type Region = keyof typeof REGIONS;
export const FS_BASE = 0x1000;
export const GS_BASE = 0x2_2000;

export const WINDOW_BYTES = 640;
const FX_BYTES = 416;
export const RECORD_BYTES = 192 + FX_BYTES + WINDOW_BYTES;
const LOADS_SEGMENTS = 0x100;

/** Offsets in an FXSAVE64 image. */
export const FX = { control: 0, status: 2, tags: 4, opcode: 6, ip: 8, dp: 16, mxcsr: 24, st: 32, xmm: 160 } as const;

/** One record, as a view on the bytes of many. */
export class StateRecord {
  readonly view: DataView;
  readonly fx: Uint8Array;
  readonly fxView: DataView;
  readonly memory: Uint8Array;
  readonly memoryView: DataView;
  private readonly codeBuffer: Uint8Array;

  constructor(bytes: Uint8Array, index: number) {
    const start = bytes.byteOffset + index * RECORD_BYTES;
    this.view = new DataView(bytes.buffer, start, RECORD_BYTES);
    this.codeBuffer = new Uint8Array(bytes.buffer, start + 176, 16);
    this.fx = new Uint8Array(bytes.buffer, start + 192, FX_BYTES);
    this.fxView = new DataView(bytes.buffer, start + 192, FX_BYTES);
    this.memory = new Uint8Array(bytes.buffer, start + 192 + FX_BYTES, WINDOW_BYTES);
    this.memoryView = new DataView(bytes.buffer, start + 192 + FX_BYTES, WINDOW_BYTES);
  }

  gpr(index: number): bigint {
    return this.view.getBigUint64(index * 8, true);
  }

  setGpr(index: number, value: bigint): void {
    this.view.setBigUint64(index * 8, value, true);
  }

  get flags(): number {
    return this.view.getUint32(128, true);
  }

  set flags(value: number) {
    this.view.setBigUint64(128, BigInt(value), true);
  }

  get ip(): bigint {
    return this.view.getBigUint64(136, true);
  }

  set ip(value: bigint) {
    this.view.setBigUint64(136, value, true);
  }

  get vector(): number {
    return this.view.getUint32(144, true);
  }

  set vector(value: number) {
    this.view.setUint32(144, value, true);
  }

  get error(): number {
    return this.view.getUint32(148, true);
  }

  set error(value: number) {
    this.view.setUint32(148, value, true);
  }

  get cr2(): bigint {
    return this.view.getBigUint64(152, true);
  }

  set cr2(value: bigint) {
    this.view.setBigUint64(152, value, true);
  }

  get bits(): 32 | 64 {
    return (this.view.getUint32(160, true) & 0xff) === 32 ? 32 : 64;
  }

  setMode(bits: 32 | 64, loadsSegments: boolean): void {
    this.view.setUint32(160, bits | (loadsSegments ? LOADS_SEGMENTS : 0), true);
  }

  get window(): number {
    return Number(this.view.getBigUint64(168, true));
  }

  set window(value: number) {
    this.view.setBigUint64(168, BigInt(value), true);
  }

  /** Bytes of the window that exist. */
  get windowBytes(): number {
    return this.window >= REGIONS.holed && this.window < REGIONS.holed + PAGE ? WINDOW_BYTES / 2 : WINDOW_BYTES;
  }

  get code(): Uint8Array {
    return this.codeBuffer.subarray(0, this.view.getUint32(164, true));
  }

  set code(bytes: Uint8Array) {
    this.codeBuffer.set(bytes);
    this.view.setUint32(164, bytes.length, true);
  }
}
