/**
 * QEMU's firmware configuration device (docs/specs/fw_cfg): selector 510h, data 511h, DMA 514h-51Bh. Items are given by the platform;
 * the guest can read them, and write those that say so.
 */
import type { AccessSize, DmaMemory, PortDevice, PortRegion, Resettable, Stateful } from '../../bus/types';

const SELECTOR = 0x510;
const DATA = 0x511;
const DMA_ADDRESS_HIGH = 0x514;
const DMA_ADDRESS_LOW = 0x518;
/** What the DMA address register reads as: "QEMU CFG". */
const DMA_SIGNATURE = [0x5145_4d55, 0x2043_4647] as const;

/** Item keys that every machine has. */
const KEY_SIGNATURE = 0x00;
const KEY_ID = 0x01;
const KEY_FILE_DIRECTORY = 0x19;
const FIRST_FILE_KEY = 0x20;
/** Bits of the ID item: the traditional interface, and the DMA interface. */
const ID_TRADITIONAL = 0x01;
const ID_DMA = 0x02;
/** Key bit 14 asked for writes through the data port, which do not exist any more. */
const KEY_MASK = 0xbfff;

const FILE_ENTRY_BYTES = 64;
const FILE_NAME_BYTES = 56;

const CONTROL_ERROR = 0x01;
const CONTROL_READ = 0x02;
const CONTROL_SKIP = 0x04;
const CONTROL_SELECT = 0x08;
const CONTROL_WRITE = 0x10;
const ACCESS_BYTES = 16;
/** Largest piece of a DMA read that is put together at once. */
const CHUNK_BYTES = 0x1_0000;

/** A file that depends on what firmware has set up: it is made when it is first selected after a reset, always of this size. */
export interface FwCfgLateFile {
  readonly sizeBytes: number;
  readonly make: () => Uint8Array;
}

/** A file that tells at each selection what it holds, and may take writes; always of this size. */
export interface FwCfgLiveFile {
  readonly sizeBytes: number;
  readonly read: () => Uint8Array;
  /** Never past the file's end. */
  readonly write?: (offset: number, bytes: Uint8Array) => void;
}

export type FwCfgFile = Uint8Array | FwCfgLateFile | FwCfgLiveFile;

export interface FwCfgContents {
  /** Items by key. */
  readonly items: ReadonlyMap<number, Uint8Array>;
  /** Files by name; the directory lists them sorted. */
  readonly files: ReadonlyMap<string, FwCfgFile>;
  /** Absent: with DMA. */
  readonly hasDma?: boolean;
}

type Item = FwCfgFile;

function sizeOf(file: FwCfgFile): number {
  return file instanceof Uint8Array ? file.length : file.sizeBytes;
}

type NamedFile = readonly [name: string, file: FwCfgFile];

function fileDirectory(files: readonly NamedFile[]): Uint8Array {
  const bytes = new Uint8Array(4 + files.length * FILE_ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, files.length);
  for (const [index, [name, content]] of files.entries()) {
    const at = 4 + index * FILE_ENTRY_BYTES;
    view.setUint32(at, sizeOf(content));
    view.setUint16(at + 4, FIRST_FILE_KEY + index);
    for (let i = 0; i < Math.min(name.length, FILE_NAME_BYTES - 1); i++) view.setUint8(at + 8 + i, name.charCodeAt(i));
  }
  return bytes;
}

function allItems({ items, files, hasDma = true }: FwCfgContents): ReadonlyMap<number, Item> {
  const all = new Map<number, Item>(items);
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  all.set(
    KEY_SIGNATURE,
    Uint8Array.from('QEMU', (letter) => letter.charCodeAt(0)),
  );
  all.set(KEY_ID, Uint8Array.of(hasDma ? ID_TRADITIONAL | ID_DMA : ID_TRADITIONAL, 0, 0, 0));
  all.set(KEY_FILE_DIRECTORY, fileDirectory(sorted));
  for (const [index, [, content]] of sorted.entries()) all.set(FIRST_FILE_KEY + index, content);
  return all;
}

interface FwCfgState {
  key: number;
  offset: number;
  dmaHigh: number;
  /** Late files that have been made since the last reset, and live ones as they were when last selected, by key. */
  made: Record<number, Uint8Array>;
}

export class FwCfg implements PortDevice, Stateful<FwCfgState>, Resettable {
  readonly name = 'fw-cfg';
  readonly state: FwCfgState = { key: 0, offset: 0, dmaHigh: 0, made: {} };
  readonly portRegions: readonly PortRegion[];
  private readonly items: ReadonlyMap<number, Item>;

  constructor(
    contents: FwCfgContents,
    private readonly memory: DmaMemory,
  ) {
    this.items = allItems(contents);
    const dma = { first: DMA_ADDRESS_HIGH, last: DMA_ADDRESS_LOW + 3, name: 'fw_cfg DMA' };
    this.portRegions = [{ first: SELECTOR, last: DATA, name: 'fw_cfg' }, ...(contents.hasDma === false ? [] : [dma])];
  }

  reset(): void {
    Object.assign(this.state, { key: 0, offset: 0, dmaHigh: 0, made: {} });
  }

  private select(key: number): void {
    this.state.key = key & KEY_MASK;
    this.state.offset = 0;
    const item = this.items.get(this.state.key);
    if (item === undefined || item instanceof Uint8Array) return;
    if ('read' in item) this.state.made[this.state.key] = item.read();
    else this.state.made[this.state.key] ??= item.make();
  }

  private get selected(): Uint8Array | undefined {
    const item = this.items.get(this.state.key);
    return item === undefined || item instanceof Uint8Array ? item : this.state.made[this.state.key];
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (port === DATA && size === 1) {
      const value = this.selected?.[this.state.offset] ?? 0;
      this.state.offset++;
      return value;
    }
    if (size === 4 && port === DMA_ADDRESS_HIGH) return swap32(DMA_SIGNATURE[0]);
    if (size === 4 && port === DMA_ADDRESS_LOW) return swap32(DMA_SIGNATURE[1]);
    return undefined;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (port === SELECTOR) {
      if (size !== 2) return false;
      this.select(value);
      return true;
    }
    if (port === DATA) return size === 1;
    if (size !== 4) return false;
    if (port === DMA_ADDRESS_HIGH) {
      this.state.dmaHigh = swap32(value);
      return true;
    }
    if (port !== DMA_ADDRESS_LOW) return false;
    const gpa = this.state.dmaHigh * 2 ** 32 + swap32(value);
    this.state.dmaHigh = 0;
    if (gpa < 2 ** 52) this.access(gpa);
    return true;
  }

  /** Does the access that the structure at `gpa` describes: control, length, address, all big-endian. */
  private access(gpa: number): void {
    const bytes = this.memory.read(gpa, ACCESS_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, ACCESS_BYTES);
    const control = view.getUint32(0);
    const length = view.getUint32(4);
    const address = view.getUint32(8) * 2 ** 32 + view.getUint32(12);
    if (control & CONTROL_SELECT) this.select(control >>> 16);
    let failed = false;
    if (control & CONTROL_READ) failed = !this.copy(address, length);
    else if (control & CONTROL_WRITE) failed = !this.take(address, length);
    else if (control & CONTROL_SKIP) this.state.offset += length;
    this.memory.write(gpa, Uint8Array.of(0, 0, 0, failed ? CONTROL_ERROR : 0));
  }

  /** Copies the item from the current offset; zeros follow its end. Memory past 2^52 fails. */
  private copy(address: number, length: number): boolean {
    if (address + length > 2 ** 52) return false;
    const item = this.selected ?? new Uint8Array(0);
    for (let done = 0; done < length; done += CHUNK_BYTES) {
      const piece = new Uint8Array(Math.min(CHUNK_BYTES, length - done));
      piece.set(item.subarray(this.state.offset + done, this.state.offset + done + piece.length));
      this.memory.write(address + done, piece);
    }
    this.state.offset += length;
    return true;
  }

  /** Writes the item at the current offset; false: it takes no writes, or not so many. */
  private take(address: number, length: number): boolean {
    const item = this.items.get(this.state.key);
    if (item === undefined || item instanceof Uint8Array || !('read' in item) || item.write === undefined) return false;
    if (length === 0 || this.state.offset + length > item.sizeBytes) return false;
    item.write(this.state.offset, this.memory.read(address, length));
    this.state.offset += length;
    return true;
  }
}

function swap32(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}
