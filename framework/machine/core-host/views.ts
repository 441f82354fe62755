/** Typed views on the shared memory. Growing detaches them, so every access goes through the getters. */
export class Views {
  private bytesView: Uint8Array;
  private wordsView: Uint32Array;
  private longsView: BigUint64Array;

  constructor(readonly memory: WebAssembly.Memory) {
    this.bytesView = new Uint8Array(memory.buffer);
    this.wordsView = new Uint32Array(memory.buffer);
    this.longsView = new BigUint64Array(memory.buffer);
  }

  private refresh(): void {
    const buffer = this.memory.buffer;
    this.bytesView = new Uint8Array(buffer);
    this.wordsView = new Uint32Array(buffer);
    this.longsView = new BigUint64Array(buffer);
  }

  get bytes(): Uint8Array {
    if (this.bytesView.length === 0) this.refresh();
    return this.bytesView;
  }

  u8(address: number): number {
    return this.bytes[address] ?? 0;
  }

  u16(address: number): number {
    return this.u8(address) | (this.u8(address + 1) << 8);
  }

  /** Little-endian, at any address. */
  value(address: number, size: 1 | 2 | 4): number {
    if (size === 1) return this.u8(address);
    return size === 2 ? this.u16(address) : (this.u16(address) | (this.u16(address + 2) << 16)) >>> 0;
  }

  /** Bytes of `count` values in a row, or with `step` 0 of one value as often. */
  repeated(address: number, size: 1 | 2 | 4, count: number, step: number): Uint8Array {
    if (step !== 0) return this.bytes.subarray(address, address + count * size);
    const values = size === 1 ? new Uint8Array(count) : size === 2 ? new Uint16Array(count) : new Uint32Array(count);
    return new Uint8Array(values.fill(this.value(address, size)).buffer);
  }

  /** `address` is a multiple of 4. */
  u32(address: number): number {
    if (this.wordsView.length === 0) this.refresh();
    return this.wordsView[address >>> 2] ?? 0;
  }

  setU32(address: number, value: number): void {
    if (this.wordsView.length === 0) this.refresh();
    this.wordsView[address >>> 2] = value;
  }

  /** `address` is a multiple of 8. */
  u64(address: number): bigint {
    if (this.longsView.length === 0) this.refresh();
    return this.longsView[address >>> 3] ?? 0n;
  }

  setU64(address: number, value: bigint): void {
    if (this.longsView.length === 0) this.refresh();
    this.longsView[address >>> 3] = value;
  }

  /** As `setU64`, a whole number; without a bigint for each. */
  setCount(address: number, value: number): void {
    this.setU32(address, value);
    this.setU32(address + 4, value / 2 ** 32);
  }
}
