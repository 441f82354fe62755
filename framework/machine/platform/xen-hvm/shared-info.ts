/**
 * The shared info page (public/xen.h, public/arch-x86/xen.h) in the 32-bit or the 64-bit layout, whichever the guest
 * was in when Xen last looked (has_32bit_shinfo): vcpu_info[32], event channel bitmaps, wall clock; and the time record
 * that Xen keeps in each vcpu_info. Also pages that VCPUOP_register_vcpu_info moved a vcpu_info to.
 */
import type { PhysicalMemory } from '../../core-host/types';

const LEGACY_MAX_VCPUS = 32;
const VCPU_INFO_BYTES = 64;
/** vcpu_info.time, the same in both layouts. */
const TIME_OFFSET = 32;
const PENDING_OFFSET = 0x800;
/** arch_shared_info.nmi_reason etc. are not used by HVM guests. */
const NS_PER_SECOND = 1_000_000_000;

/** TSC to nanoseconds: ns = ((ticks << shift) * mul) >> 32. */
export interface TimeScale {
  readonly mul: number;
  readonly shift: number;
}

/** Normalises the rate into (1, 2] GHz, so that the multiplier keeps all of its 32 bits (set_time_scale in Xen). */
export function timeScale(ticksPerSecond: bigint): TimeScale {
  const second = BigInt(NS_PER_SECOND);
  let rate = ticksPerSecond;
  let shift = 0;
  while (rate > 2n * second) {
    rate >>= 1n;
    shift--;
  }
  while (rate <= second) {
    rate <<= 1n;
    shift++;
  }
  return { mul: Number((second << 32n) / rate), shift };
}

/** A version counter after an update: odd while it lasts, even again after it. */
function nextVersion(version: number): number {
  return (((version + 1) | 1) + 1) >>> 0;
}

interface VcpuInfoPlace {
  frame: number;
  offset: number;
}

export interface SharedInfoState {
  frame: number;
  /** Order among the hypervisor's pages (decides its machine frame). */
  index: number;
  /** Where it is mapped, when it is. */
  gfn: number | undefined;
  wide: boolean;
  /** vcpu_info that the guest moved out of the page, by vCPU. */
  moved: Record<number, VcpuInfoPlace>;
}

export class SharedInfo {
  readonly name = 'shared-info';
  readonly state: SharedInfoState = { frame: 0, index: 0, gfn: undefined, wide: false, moved: {} };

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly scale: TimeScale,
    /** Wall clock, seconds since 1970, when system time was 0. */
    private readonly bootSeconds: number,
  ) {}

  get wordBits(): 32 | 64 {
    return this.state.wide ? 64 : 32;
  }

  get maxPorts(): number {
    return this.wordBits * this.wordBits;
  }

  private get maskOffset(): number {
    return PENDING_OFFSET + this.wordBits * (this.wordBits / 8);
  }

  private get wallClockOffset(): number {
    return this.maskOffset + this.wordBits * (this.wordBits / 8);
  }

  private place(vcpu: number): VcpuInfoPlace | undefined {
    const moved = this.state.moved[vcpu];
    if (moved !== undefined) return moved;
    return vcpu < LEGACY_MAX_VCPUS ? { frame: this.state.frame, offset: vcpu * VCPU_INFO_BYTES } : undefined;
  }

  /** Copies a vcpu_info to where the guest wants it, keeps it there and marks every port word (map_vcpu_info). */
  move(vcpu: number, frame: number, offset: number): void {
    const before = this.place(vcpu);
    const bytes = before ? this.memory.readFrame(before.frame, before.offset, VCPU_INFO_BYTES) : new Uint8Array(VCPU_INFO_BYTES);
    bytes.fill(0xff, this.wordBits / 8, this.wordBits / 4);
    this.memory.writeFrame(frame, offset, bytes);
    this.state.moved[vcpu] = { frame, offset };
  }

  isMoved(vcpu: number): boolean {
    return this.state.moved[vcpu] !== undefined;
  }

  testPending(port: number): boolean {
    return this.testBit(this.state.frame, PENDING_OFFSET, port);
  }

  testMask(port: number): boolean {
    return this.testBit(this.state.frame, this.maskOffset, port);
  }

  /** Sets the port's pending bit; true when it was clear. */
  setPending(port: number): boolean {
    return this.setBit(this.state.frame, PENDING_OFFSET, port);
  }

  clearPending(port: number): void {
    this.clearBit(this.state.frame, PENDING_OFFSET, port);
  }

  /** Clears the port's mask bit; true when it was set. */
  clearMask(port: number): boolean {
    const was = this.testMask(port);
    this.clearBit(this.state.frame, this.maskOffset, port);
    return was;
  }

  /** Marks the port's word in the vCPU's selector; true when it was clear. */
  selectPort(vcpu: number, port: number): boolean {
    const place = this.place(vcpu);
    if (place === undefined) return false;
    return this.setBit(place.frame, place.offset + this.wordBits / 8, Math.floor(port / this.wordBits));
  }

  upcallPending(vcpu: number): boolean {
    const place = this.place(vcpu);
    return place !== undefined && this.memory.readFrame(place.frame, place.offset, 1)[0] !== 0;
  }

  /** Sets evtchn_upcall_pending; true when it was clear. */
  setUpcallPending(vcpu: number): boolean {
    const place = this.place(vcpu);
    if (place === undefined || this.upcallPending(vcpu)) return false;
    this.memory.writeFrame(place.frame, place.offset, Uint8Array.of(1));
    return true;
  }

  /** vcpu_time_info: version is odd while it changes, and goes up by 2. */
  updateTime(vcpu: number, tsc: bigint, systemNs: number): void {
    const place = this.place(vcpu);
    if (place === undefined) return;
    const at = place.offset + TIME_OFFSET;
    const bytes = this.memory.readFrame(place.frame, at, 32);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    view.setUint32(0, nextVersion(view.getUint32(0, true)), true);
    view.setBigUint64(8, BigInt.asUintN(64, tsc), true);
    view.setBigUint64(16, BigInt(Math.floor(systemNs)), true);
    view.setUint32(24, this.scale.mul, true);
    view.setInt8(28, this.scale.shift);
    this.memory.writeFrame(place.frame, at, bytes);
  }

  /** wc_sec, wc_nsec, wc_sec_hi: wall clock when system time was 0. */
  updateWallClock(): void {
    const bytes = this.memory.readFrame(this.state.frame, this.wallClockOffset, 16);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    view.setUint32(0, nextVersion(view.getUint32(0, true)), true);
    view.setUint32(4, this.bootSeconds >>> 0, true);
    view.setUint32(8, 0, true);
    if (this.state.wide) view.setUint32(12, Math.floor(this.bootSeconds / 2 ** 32), true);
    this.memory.writeFrame(this.state.frame, this.wallClockOffset, bytes);
    if (!this.state.wide) this.writeHighSeconds();
  }

  /** In the 32-bit layout wc_sec_hi is in the architecture's part: after max_pfn, pfn_to_mfn_frame_list_list, nmi_reason, p2m_*. */
  private writeHighSeconds(): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, Math.floor(this.bootSeconds / 2 ** 32), true);
    this.memory.writeFrame(this.state.frame, this.wallClockOffset + 12 + 24, bytes);
  }

  private testBit(frame: number, base: number, bit: number): boolean {
    const byte = this.memory.readFrame(frame, base + (bit >> 3), 1)[0] ?? 0;
    return (byte & (1 << (bit & 7))) !== 0;
  }

  private setBit(frame: number, base: number, bit: number): boolean {
    const at = base + (bit >> 3);
    const byte = this.memory.readFrame(frame, at, 1)[0] ?? 0;
    if ((byte & (1 << (bit & 7))) !== 0) return false;
    this.memory.writeFrame(frame, at, Uint8Array.of(byte | (1 << (bit & 7))));
    return true;
  }

  private clearBit(frame: number, base: number, bit: number): void {
    const at = base + (bit >> 3);
    const byte = this.memory.readFrame(frame, at, 1)[0] ?? 0;
    this.memory.writeFrame(frame, at, Uint8Array.of(byte & ~(1 << (bit & 7))));
  }
}
