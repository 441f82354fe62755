import { byteSum, ByteView } from './byte-view';
import type { MemoryReader } from './byte-view';

export const MP_SIGNATURE = '_MP_';
const CONFIG_HEADER_BYTES = 44;
const CONFIG_BYTES_MAX = 0x1_0000;
/** MultiProcessor Specification 1.4, table 4-3: length and name of each base entry. */
const ENTRIES: Readonly<Record<number, { readonly bytes: number; readonly name: string }>> = {
  0: { bytes: 20, name: 'processor' },
  1: { bytes: 8, name: 'bus' },
  2: { bytes: 8, name: 'ioapic' },
  3: { bytes: 8, name: 'interrupt' },
  4: { bytes: 8, name: 'local-interrupt' },
};

interface MpEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface MpTable {
  readonly floatingGpa: number;
  readonly floatingSum: number;
  readonly revision: number;
  readonly defaultConfiguration: number;
  /** The configuration table; undefined when the pointer leads to none. */
  readonly config?: {
    readonly gpa: number;
    readonly bytes: Uint8Array;
    readonly sum: number;
    readonly oemId: string;
    readonly productId: string;
    readonly lapic: number;
    readonly entries: readonly MpEntry[];
  };
}

/** MP floating pointer at `gpa` and the configuration table behind it; undefined when there is none. */
export function readMpTable(read: MemoryReader, gpa: number): MpTable | undefined {
  const floating = new ByteView(read(gpa, 16));
  if (floating.text(0, 4) !== MP_SIGNATURE) return undefined;
  const config = readConfig(read, floating.u32(4));
  return {
    floatingGpa: gpa,
    floatingSum: byteSum(floating.bytes),
    revision: floating.u8(9),
    defaultConfiguration: floating.u8(11),
    ...(config && { config }),
  };
}

function readConfig(read: MemoryReader, gpa: number): MpTable['config'] {
  const header = new ByteView(read(gpa, CONFIG_HEADER_BYTES));
  if (gpa === 0 || header.text(0, 4) !== 'PCMP') return undefined;
  const length = Math.min(Math.max(header.u16(4), CONFIG_HEADER_BYTES), CONFIG_BYTES_MAX);
  const view = new ByteView(read(gpa, length));
  const entries: MpEntry[] = [];
  let at = CONFIG_HEADER_BYTES;
  while (at < length) {
    const kind = ENTRIES[view.u8(at)];
    if (kind === undefined || !view.has(at, kind.bytes)) break;
    entries.push({ name: kind.name, bytes: view.slice(at, kind.bytes) });
    at += kind.bytes;
  }
  return {
    gpa,
    bytes: view.bytes,
    sum: byteSum(view.bytes),
    oemId: view.text(8, 8).trimEnd(),
    productId: view.text(16, 12).trimEnd(),
    lapic: view.u32(36),
    entries,
  };
}
