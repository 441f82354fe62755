/**
 * How the hypervisor reads and writes a guest's memory for its hypercalls: through the guest's own address space, page
 * by page, with -EFAULT for anything that is not RAM. Sizes come from the hypervisor's structures, never from a guest.
 */
import { PAGE_BYTES } from '../../../quantities/units';
import type { Core } from '../../core-host/types';
import { EFAULT, XenError } from './errno';

/** Longest single copy that a hypercall may make: the largest fixed structure is well below. */
const MAX_COPY_BYTES = 64 * 1024;

export class GuestAccess {
  constructor(
    private readonly core: Core,
    /** 64-bit ABI: the caller is in 64-bit mode. */
    readonly wide: boolean,
  ) {}

  /** Bytes of a pointer, `unsigned long` or frame number in the caller's ABI. */
  get naturalBytes(): 4 | 8 {
    return this.wide ? 8 : 4;
  }

  /** @throws XenError EFAULT */
  read(address: bigint, length: number): GuestStruct {
    const bytes = new Uint8Array(length);
    this.eachPage(address, length, (gpa, offset, count) => {
      bytes.set(this.core.memory.read(gpa, count), offset);
    });
    return new GuestStruct(bytes, this.wide);
  }

  /** @throws XenError EFAULT */
  write(address: bigint, bytes: Uint8Array): void {
    this.eachPage(address, bytes.length, (gpa, offset, count) => {
      this.core.memory.write(gpa, bytes.subarray(offset, offset + count));
    });
  }

  /** Whether an array of `count` elements lies within what the ABI can address (guest_handle_okay). */
  rangeOkay(address: bigint, count: number, elementBytes: number): boolean {
    const end = address + BigInt(count) * BigInt(elementBytes);
    return this.wide ? end <= 1n << 47n || address >= 0xffff_8000_0000_0000n : true;
  }

  private eachPage(address: bigint, length: number, visit: (gpa: number, offset: number, count: number) => void): void {
    if (length > MAX_COPY_BYTES) throw new XenError(EFAULT);
    for (let offset = 0; offset < length;) {
      const linear = this.wide ? BigInt.asUintN(64, address + BigInt(offset)) : BigInt.asUintN(32, address + BigInt(offset));
      const count = Math.min(length - offset, PAGE_BYTES - Number(linear & 0xfffn));
      const gpa = this.core.translate(linear);
      if (gpa === undefined || this.core.memory.kind(Math.floor(gpa / PAGE_BYTES)) !== 'ram') throw new XenError(EFAULT);
      visit(gpa, offset, count);
      offset += count;
    }
  }
}

/** A structure copied from a guest, in the caller's ABI. */
export class GuestStruct {
  private readonly view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    private readonly wide = false,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(offset: number): number {
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  /** A pointer, `unsigned long` or frame number. */
  natural(offset: number): bigint {
    return this.wide ? this.u64(offset) : BigInt(this.u32(offset));
  }

  setU16(offset: number, value: number): this {
    this.view.setUint16(offset, value, true);
    return this;
  }

  setU32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  setU64(offset: number, value: bigint): this {
    this.view.setBigUint64(offset, value, true);
    return this;
  }
}
