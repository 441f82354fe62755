import type { Bytes, Gpa } from '../../quantities/units';

export type AccessSize = 1 | 2 | 4;

/** An interrupt or other signal line. Devices drive it; wiring decides where it ends. */
export interface Line {
  set(level: boolean): void;
}

export interface PortRegion {
  readonly first: number;
  readonly last: number;
  /** What the port is called in traces and diagnostics. */
  readonly name: string;
}

/**
 * A device with I/O ports. An access is routed by its first port, with its size, to the device that owns that port; the
 * bus splits an access that the device leaves unclaimed into bytes (as ISA does) before it calls it unclaimed.
 * `read` gives undefined and `write` false for "unclaimed".
 */
export interface PortDevice {
  readonly portRegions: readonly PortRegion[];
  readPort(port: number, size: AccessSize): number | undefined;
  writePort(port: number, size: AccessSize, value: number): boolean;
}

export interface MmioRegion {
  readonly first: Gpa;
  readonly last: Gpa;
  readonly name: string;
}

/** A device with memory-mapped registers. Accesses of 8 bytes reach it as two of 4. Same "unclaimed" rule as ports. */
export interface MmioDevice {
  readonly mmioRegions: readonly MmioRegion[];
  readMmio(gpa: Gpa, size: AccessSize): number | undefined;
  writeMmio(gpa: Gpa, size: AccessSize, value: number): boolean;
  /** For memory: writes to addresses in a row, as many as arm no timer, change no line and map nothing; the number of bytes. */
  writeMmioBlock?(gpa: Gpa, bytes: Uint8Array): number;
}

/** The VM exits around an access to memory that is not RAM. */
export interface MmioExits {
  /** Gives the exit's reason. */
  memoryExit(gpa: Gpa, isWrite: boolean): number;
  entry?(reason: number): void;
}

/** What devices and platforms register with. Regions may be moved (PCI BARs) by unregister + register. */
export interface Bus {
  addPorts(device: PortDevice): void;
  removePorts(device: PortDevice): void;
  addMmio(device: MmioDevice): void;
  removeMmio(device: MmioDevice): void;
  readPort(port: number, size: AccessSize): number;
  writePort(port: number, size: AccessSize, value: number): void;
  readMmio(gpa: Gpa, size: AccessSize): number;
  writeMmio(gpa: Gpa, size: AccessSize, value: number): void;
  /** Writes to addresses in a row, at the cost and with the events of as many (and their exits); the number made. */
  writeMmioBlock(gpa: Gpa, size: AccessSize, count: number, bytes: (count: number) => Uint8Array, exits?: MmioExits): number;
  /** While a string input (INS) is under way: where its current element goes; otherwise undefined. */
  stringTarget: Gpa | undefined;
}

/** Guest memory as a bus-master device sees it (DMA). Holes read as all ones, writes to holes are dropped. */
export interface DmaMemory {
  read(gpa: Gpa, length: Bytes): Uint8Array;
  write(gpa: Gpa, bytes: Uint8Array): void;
}

/** Every device keeps all of its mutable state in one plain object, so that a snapshot is a structured copy of it. */
export interface Stateful<S extends object = object> {
  readonly name: string;
  readonly state: S;
  /** Called after `state` was overwritten by a restore: re-derive wiring (BAR mappings, lines). */
  restored?(): void;
}

/** Back to power-on or RESET# state (timers cancelled, lines low). */
export interface Resettable {
  reset(): void;
}

/** A read-only byte source behind a disk: a file, or bytes. Reads past the end are the caller's error. */
export interface BlockSource {
  readonly sizeBytes: Bytes;
  read(offset: Bytes, length: Bytes): Uint8Array;
}
