import type { Bytes, Gpa } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { AccessSize, MmioDevice, MmioRegion, Resettable, Stateful } from '../../bus/types';
import { queryTable } from './query-table';

/**
 * NOR flash with the Common Flash Interface (JESD68.01) and the Intel command set (StrataFlash 28FxxxJ3 datasheet, table 4), one chip of
 * equal blocks on an eight-bit bus, as QEMU's PC boards have it. Not modelled: busy times and suspend (a command is done at
 * once), lock bits and protection registers (the commands pass), identification codes (zero, as QEMU's).
 */

const READ_ARRAY = 0xff;
const READ_IDENTIFIER = 0x90;
const QUERY = 0x98;
const READ_STATUS = 0x70;
const CLEAR_STATUS = 0x50;
const PROGRAM = 0x40;
const PROGRAM_ALTERNATE = 0x10;
const BLOCK_ERASE = 0x20;
const BUFFERED_PROGRAM = 0xe8;
const BLOCK_LOCK = 0x60;
const CONFIRM = 0xd0;

/** Status register. CLEAR_STATUS takes READY away too, and the next operation gives it back: that is what drivers know QEMU's chip by. */
const READY = 0x80;
const ERASE_ERROR = 0x20;
const PROGRAM_ERROR = 0x10;

/** The bytes of a chip, kept by the platform. */
export interface FlashArray {
  readonly sizeBytes: Bytes;
  read(offset: Bytes, length: Bytes): Uint8Array;
  write(offset: Bytes, bytes: Uint8Array): void;
  /** True in read-array mode: the bytes show in the address space and can be executed. False: every access comes to the chip. */
  show(isDirect: boolean): void;
}

export interface CfiFlashOptions {
  /** What traces call the chip. */
  readonly name: string;
  readonly baseGpa: Gpa;
  readonly blockBytes: Bytes;
  readonly array: FlashArray;
  readonly trace: TraceSink;
  /** Write protection, asked at every program and erase: false refuses it with an error in the status register. */
  readonly writable: () => boolean;
}

/** array, status, identifier, query: what reads give. program, erase, lock: a second cycle is due; count, data, confirm: of a buffered write. */
type Mode = 'array' | 'status' | 'identifier' | 'query' | 'program' | 'erase' | 'lock' | 'count' | 'data' | 'confirm';

interface FlashState {
  mode: Mode;
  status: number;
  /** Writes that a buffered write still expects, and those that it has. */
  left: number;
  buffer: { offset: number; size: AccessSize; value: number }[];
}

export class CfiFlash implements MmioDevice, Stateful<FlashState>, Resettable {
  readonly name: string;
  readonly mmioRegions: readonly MmioRegion[];
  readonly state: FlashState = { mode: 'array', status: READY, left: 0, buffer: [] };
  private readonly query: Uint8Array;

  constructor(private readonly options: CfiFlashOptions) {
    const { name, baseGpa, blockBytes, array } = options;
    this.name = name;
    this.mmioRegions = [{ first: baseGpa, last: baseGpa + array.sizeBytes - 1, name }];
    this.query = queryTable(array.sizeBytes, blockBytes);
  }

  /** RP#: back to read-array mode; the bytes stay. */
  reset(): void {
    this.state.status = READY;
    this.enter('array');
  }

  readMmio(gpa: Gpa, size: AccessSize): number | undefined {
    const offset = gpa - this.options.baseGpa;
    if (offset + size > this.options.array.sizeBytes) return undefined;
    switch (this.state.mode) {
      case 'array':
        return valueOf(this.options.array.read(offset, size));
      case 'identifier':
        return 0;
      case 'query':
        return this.query[offset & 0xff] ?? 0;
      default:
        return this.state.status;
    }
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): boolean {
    const offset = gpa - this.options.baseGpa;
    if (offset + size > this.options.array.sizeBytes) return false;
    const command = value & 0xff;
    switch (this.state.mode) {
      case 'program':
        this.program([{ offset, size, value }]);
        break;
      case 'erase':
        if (command === CONFIRM) this.erase(offset);
        else this.refuseSequence(command);
        break;
      case 'lock':
        this.state.status |= READY;
        this.enter(command === READ_ARRAY ? 'array' : 'status');
        break;
      case 'count':
        this.state.left = command + 1;
        this.state.buffer = [];
        this.enter('data');
        break;
      case 'data':
        this.state.buffer.push({ offset, size, value });
        if (--this.state.left === 0) this.enter('confirm');
        break;
      case 'confirm':
        if (command === CONFIRM) this.program(this.state.buffer);
        else this.refuseSequence(command);
        this.state.buffer = [];
        break;
      default:
        this.command(command);
    }
    return true;
  }

  private command(command: number): void {
    switch (command) {
      case PROGRAM:
      case PROGRAM_ALTERNATE:
        return this.enter('program');
      case BLOCK_ERASE:
        return this.enter('erase');
      case BUFFERED_PROGRAM:
        this.state.status |= READY;
        return this.enter('count');
      case BLOCK_LOCK:
        return this.enter('lock');
      case READ_STATUS:
        return this.enter('status');
      case READ_IDENTIFIER:
        return this.enter('identifier');
      case QUERY:
        return this.enter('query');
      case CLEAR_STATUS:
        this.state.status = 0;
        return this.enter('array');
      // FFh, and F0h of the other command set, which drivers try when they probe.
      default:
        return this.enter('array');
    }
  }

  private enter(mode: Mode): void {
    const wasArray = this.state.mode === 'array';
    this.state.mode = mode;
    if (wasArray !== (mode === 'array')) this.options.array.show(mode === 'array');
  }

  /** Cells go from 1 to 0 only: programming a byte again clears more of its bits. */
  private program(writes: readonly { readonly offset: number; readonly size: AccessSize; readonly value: number }[]): void {
    const { array, trace, name, writable } = this.options;
    this.state.status |= READY;
    this.enter('status');
    if (!writable()) {
      this.state.status |= PROGRAM_ERROR;
      return;
    }
    for (const { offset, size, value } of writes) {
      const bytes = array.read(offset, size).map((cell, index) => cell & (value >>> (8 * index)));
      array.write(offset, bytes);
      trace.record('flash-write', name, offset, size, valueOf(bytes));
    }
  }

  private erase(offset: Bytes): void {
    const { array, blockBytes, trace, name, writable } = this.options;
    this.state.status |= READY;
    this.enter('status');
    if (!writable()) {
      this.state.status |= ERASE_ERROR;
      return;
    }
    const first = offset - (offset % blockBytes);
    array.write(first, new Uint8Array(blockBytes).fill(0xff));
    trace.record('flash-erase', name, first, blockBytes);
  }

  /** A second cycle that is no confirmation. */
  private refuseSequence(command: number): void {
    this.state.status |= READY | (command === READ_ARRAY ? 0 : ERASE_ERROR | PROGRAM_ERROR);
    this.enter(command === READ_ARRAY ? 'array' : 'status');
  }
}

function valueOf(bytes: Uint8Array): number {
  let value = 0;
  for (let index = bytes.length - 1; index >= 0; index--) value = value * 256 + bytes[index]!;
  return value;
}
