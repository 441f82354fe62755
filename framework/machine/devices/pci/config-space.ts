/** PCI configuration header, PCI Local Bus Specification 2.1, chapter 6. */
export const PCI = {
  VENDOR_ID: 0x00,
  DEVICE_ID: 0x02,
  COMMAND: 0x04,
  STATUS: 0x06,
  REVISION: 0x08,
  CLASS: 0x09,
  CACHE_LINE: 0x0c,
  LATENCY: 0x0d,
  HEADER_TYPE: 0x0e,
  BAR0: 0x10,
  SUBSYSTEM_VENDOR_ID: 0x2c,
  SUBSYSTEM_ID: 0x2e,
  ROM: 0x30,
  INTERRUPT_LINE: 0x3c,
  INTERRUPT_PIN: 0x3d,
} as const;

export const COMMAND_IO = 1;
export const COMMAND_MEMORY = 2;
/** The pin stays low (PCI 2.3, 6.2.2); the status register shows the request all the same. */
export const COMMAND_INTX_DISABLE = 0x0400;
export const STATUS_INTERRUPT = 0x08;
/** Command bits that a simple target implements: I/O, memory, master, parity response, SERR#, and INTx disable (2.3). */
const COMMAND_WRITABLE = 0x0547;
/** Status bits cleared by writing 1. */
const STATUS_CLEARABLE = 0xf900;

type PciBarKind = 'io' | 'memory' | 'memory64';

export interface PciBar {
  readonly index: 0 | 1 | 2 | 3 | 4 | 5 | 'rom';
  readonly kind: PciBarKind;
  /** A power of two. */
  readonly sizeBytes: number;
  readonly prefetchable?: boolean;
  /** Called when decoding starts at `base`, moves, or (undefined) ends. */
  readonly map: (base: number | undefined) => void;
}

export interface PciIdentity {
  readonly vendorId: number;
  readonly deviceId: number;
  readonly revision: number;
  /** Base class, subclass, programming interface: 24 bits. */
  readonly classCode: number;
  /** Bit 7: multifunction. */
  readonly headerType?: number;
  readonly subsystemVendorId?: number;
  readonly subsystemId?: number;
  /** 1 = INTA … 4 = INTD, 0 = none. */
  readonly interruptPin?: number;
  /** Command bits that are set at reset, and which ones can be written. */
  readonly command?: number;
  readonly commandWritable?: number;
  readonly status?: number;
}

/** Offset of a BAR's first dword in configuration space. */
export function barOffset(bar: PciBar): number {
  return bar.index === 'rom' ? PCI.ROM : PCI.BAR0 + 4 * bar.index;
}

/** The low bits of a BAR's first dword that say what it is. */
function barFlags(bar: PciBar): number {
  if (bar.index === 'rom') return 0;
  if (bar.kind === 'io') return 1;
  return (bar.kind === 'memory64' ? 4 : 0) | (bar.prefetchable ? 8 : 0);
}

function put(bytes: Uint8Array, offset: number, size: number, value: number): void {
  for (let i = 0; i < size; i++) bytes[offset + i] = (value >>> (8 * i)) & 0xff;
}

/** Which bits of each byte can be written, and which clear when 1 is written to them. */
export interface ConfigMasks {
  readonly writable: Uint8Array;
  readonly clearable: Uint8Array;
}

export function headerMasks(identity: PciIdentity, bars: readonly PciBar[]): ConfigMasks {
  const writable = new Uint8Array(256);
  const clearable = new Uint8Array(256);
  put(writable, PCI.COMMAND, 2, identity.commandWritable ?? COMMAND_WRITABLE);
  put(clearable, PCI.STATUS, 2, STATUS_CLEARABLE);
  put(writable, PCI.CACHE_LINE, 2, 0xffff);
  put(writable, PCI.INTERRUPT_LINE, 1, 0xff);
  for (const bar of bars) {
    const address = ~(bar.sizeBytes - 1) >>> 0;
    const lowest = bar.index === 'rom' ? 0xffff_f801 : bar.kind === 'io' ? 0xffff_fffc : 0xffff_fff0;
    put(writable, barOffset(bar), 4, (bar.index === 'rom' ? address | 1 : address) & lowest);
    if (bar.kind === 'memory64') put(writable, barOffset(bar) + 4, 4, 0xffff_ffff);
  }
  return { writable, clearable };
}

export function resetHeader(identity: PciIdentity, bars: readonly PciBar[]): Uint8Array {
  const bytes = new Uint8Array(256);
  put(bytes, PCI.VENDOR_ID, 2, identity.vendorId);
  put(bytes, PCI.DEVICE_ID, 2, identity.deviceId);
  put(bytes, PCI.COMMAND, 2, identity.command ?? 0);
  put(bytes, PCI.STATUS, 2, identity.status ?? 0);
  put(bytes, PCI.REVISION, 1, identity.revision);
  put(bytes, PCI.CLASS, 3, identity.classCode);
  put(bytes, PCI.HEADER_TYPE, 1, identity.headerType ?? 0);
  put(bytes, PCI.SUBSYSTEM_VENDOR_ID, 2, identity.subsystemVendorId ?? 0);
  put(bytes, PCI.SUBSYSTEM_ID, 2, identity.subsystemId ?? 0);
  put(bytes, PCI.INTERRUPT_PIN, 1, identity.interruptPin ?? 0);
  for (const bar of bars) put(bytes, barOffset(bar), 4, barFlags(bar));
  return bytes;
}
