/** Reads guest memory by guest-physical address; holes give FFh. */
export type MemoryReader = (gpa: number, length: number) => Uint8Array;

/** Little-endian reads of bytes that a guest wrote. What lies past the end reads as zero: hostile lengths never throw. */
export class ByteView {
  constructor(readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  /** True when all of [offset, offset + size) is there. */
  has(offset: number, size: number): boolean {
    return offset >= 0 && offset + size <= this.bytes.length;
  }

  u8(offset: number): number {
    return this.bytes[offset] ?? 0;
  }

  u16(offset: number): number {
    return this.u8(offset) | (this.u8(offset + 1) << 8);
  }

  u32(offset: number): number {
    return this.u16(offset) + this.u16(offset + 2) * 0x1_0000;
  }

  u64(offset: number): bigint {
    return BigInt(this.u32(offset)) | (BigInt(this.u32(offset + 4)) << 32n);
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes; 8-byte values past 2^53 are rounded: use `u64` where that matters. */
  uint(offset: number, size: number): number {
    if (size === 1) return this.u8(offset);
    if (size === 2) return this.u16(offset);
    if (size === 4) return this.u32(offset);
    return this.u32(offset) + this.u32(offset + 4) * 0x1_0000_0000;
  }

  /** Latin-1 text of `size` bytes, without trailing NULs. */
  text(offset: number, size: number): string {
    return latin1(this.bytes.subarray(offset, offset + size)).replace(/\0+$/, '');
  }

  slice(offset: number, size: number): Uint8Array {
    return this.bytes.subarray(Math.min(offset, this.length), Math.min(offset + size, this.length));
  }
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** Byte sum modulo 256: 0 for a table whose checksum is right. */
export function byteSum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum;
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && Buffer.compare(left, right) === 0;
}
