import type { TraceSink } from '../../trace/sink';
import type { Gpa } from '../../quantities/units';
import type { Clock } from '../clock/clock';
import { MMIO_ACCESS_NS, PORT_ACCESS_NS } from '../clock/costs';
import type { AccessSize, Bus, MmioDevice, MmioExits, PortDevice } from './types';

const PORTS = 0x10000;
/** Fewer writes are made one by one. */
const BLOCK_MIN = 8;

interface MmioRange {
  readonly first: Gpa;
  readonly last: Gpa;
  readonly device: MmioDevice;
}

function allOnes(size: AccessSize): number {
  return size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff;
}

function truncate(value: number, size: AccessSize): number {
  return size === 4 ? value >>> 0 : value & allOnes(size);
}

/** Little-endian. */
function valueAt(bytes: Uint8Array, at: number, size: AccessSize): number {
  let value = bytes[at]!;
  for (let i = 1; i < size; i++) value += bytes[at + i]! * 2 ** (8 * i);
  return value;
}

/**
 * Routes port and memory accesses to devices. Where regions overlap (a guest may program a BAR onto anything), the
 * device that was registered first decodes first; what it leaves unclaimed is offered to the next.
 *
 * A wide access that nobody claims is split in halves, down to bytes, as the ISA bridge does; bytes that nobody claims read
 * as ones. Every access is one trace event, whatever it was split into, and costs virtual time once.
 */
export class SystemBus implements Bus {
  stringTarget: Gpa | undefined;
  private readonly ports: (readonly PortDevice[] | undefined)[] = new Array<undefined>(PORTS).fill(undefined);
  private mmio: readonly MmioRange[] = [];
  /** 1 when any device answered the access under way. */
  private claimed = 0;

  constructor(
    private readonly clock: Clock,
    private readonly trace: TraceSink,
  ) {}

  addPorts(device: PortDevice): void {
    for (const { first, last } of device.portRegions) {
      for (let port = first; port <= last; port++) this.ports[port] = [...(this.ports[port] ?? []), device];
    }
  }

  removePorts(device: PortDevice): void {
    for (const { first, last } of device.portRegions) {
      for (let port = first; port <= last; port++) {
        const others = this.ports[port]?.filter((other) => other !== device) ?? [];
        this.ports[port] = others.length > 0 ? others : undefined;
      }
    }
  }

  addMmio(device: MmioDevice): void {
    this.mmio = [...this.mmio, ...device.mmioRegions.map(({ first, last }) => ({ first, last, device }))];
  }

  removeMmio(device: MmioDevice): void {
    this.mmio = this.mmio.filter((range) => range.device !== device);
  }

  readPort(port: number, size: AccessSize): number {
    this.clock.charge(PORT_ACCESS_NS);
    this.claimed = 0;
    const value = this.portIn(port, size);
    if (this.trace.wants('port-read')) this.trace.record('port-read', port, size, value, this.claimed);
    return value;
  }

  writePort(port: number, size: AccessSize, value: number): void {
    this.clock.charge(PORT_ACCESS_NS);
    this.claimed = 0;
    const out = truncate(value, size);
    this.portOut(port, size, out);
    if (this.trace.wants('port-write')) this.trace.record('port-write', port, size, out, this.claimed);
  }

  readMmio(gpa: Gpa, size: AccessSize): number {
    this.clock.charge(MMIO_ACCESS_NS);
    this.claimed = 0;
    const value = this.load(gpa, size);
    if (this.trace.wants('mmio-read')) this.trace.record('mmio-read', gpa, size, value, this.claimed);
    return value;
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): void {
    this.clock.charge(MMIO_ACCESS_NS);
    this.claimed = 0;
    const out = truncate(value, size);
    this.store(gpa, size, out);
    if (this.trace.wants('mmio-write')) this.trace.record('mmio-write', gpa, size, out, this.claimed);
  }

  writeMmioBlock(gpa: Gpa, size: AccessSize, count: number, bytes: (count: number) => Uint8Array, exits?: MmioExits): number {
    const range = this.mmio.find(({ first, last }) => gpa >= first && gpa <= last);
    if (range?.device.writeMmioBlock === undefined) return 0;
    const room = Math.floor((range.last + 1 - gpa) / size);
    if (Math.min(count, room) < BLOCK_MIN) return 0;
    const values = bytes(Math.min(count, room));
    const done = range.device.writeMmioBlock(gpa, values) / size;
    if (exits === undefined && !this.trace.wants('mmio-write')) this.clock.charge(done * MMIO_ACCESS_NS);
    else this.recordBlock(gpa, size, values.subarray(0, done * size), exits);
    return done;
  }

  /** What the writes of a block cost, and which events they are, when they are made one by one. */
  private recordBlock(first: Gpa, size: AccessSize, values: Uint8Array, exits: MmioExits | undefined): void {
    const { clock, trace } = this;
    for (let at = 0; at < values.length; at += size) {
      const reason = exits?.memoryExit(first + at, true) ?? 0;
      clock.charge(MMIO_ACCESS_NS);
      trace.record('mmio-write', first + at, size, valueAt(values, at, size), 1);
      exits?.entry?.(reason);
    }
  }

  private portIn(port: number, size: AccessSize): number {
    for (const device of this.ports[port] ?? []) {
      const value = device.readPort(port, size);
      if (value === undefined) continue;
      this.claimed = 1;
      return truncate(value, size);
    }
    if (size === 1) return 0xff;
    const half = size === 4 ? 2 : 1;
    const low = this.portIn(port, half);
    return truncate(low | (this.portIn(port + half, half) << (half * 8)), size);
  }

  private portOut(port: number, size: AccessSize, value: number): void {
    for (const device of this.ports[port] ?? []) {
      if (!device.writePort(port, size, value)) continue;
      this.claimed = 1;
      return;
    }
    if (size === 1) return;
    const half = size === 4 ? 2 : 1;
    this.portOut(port, half, truncate(value, half));
    this.portOut(port + half, half, truncate(value >>> (half * 8), half));
  }

  private load(gpa: Gpa, size: AccessSize): number {
    for (const range of this.mmio) {
      if (gpa < range.first || gpa > range.last) continue;
      const value = range.device.readMmio(gpa, size);
      if (value === undefined) continue;
      this.claimed = 1;
      return truncate(value, size);
    }
    if (size === 1) return 0xff;
    const half = size === 4 ? 2 : 1;
    const low = this.load(gpa, half);
    return truncate(low | (this.load(gpa + half, half) << (half * 8)), size);
  }

  private store(gpa: Gpa, size: AccessSize, value: number): void {
    for (const range of this.mmio) {
      if (gpa < range.first || gpa > range.last) continue;
      if (!range.device.writeMmio(gpa, size, value)) continue;
      this.claimed = 1;
      return;
    }
    if (size === 1) return;
    const half = size === 4 ? 2 : 1;
    this.store(gpa, half, truncate(value, half));
    this.store(gpa + half, half, truncate(value >>> (half * 8), half));
  }
}
