/**
 * Block device (Virtual I/O Device specification 1.2, 5.2): one request queue, requests one after the other. Not modelled: several queues,
 * discard, write zeroes, lifetime, zoned disks (not offered).
 */
import { SECTOR_BYTES } from '../../../quantities/units';
import type { Bytes } from '../../../quantities/units';
import { UNKNOWN_GPA } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import type { DmaMemory } from '../../bus/types';
import { DISK_COMMAND_NS, DISK_SECTOR_NS } from '../../clock/costs';
import type { Performed, VirtioDevice } from './device';
import type { Buffer, Chain } from './split-queue';

const FEATURES = { SEG_MAX: 1n << 2n, BLK_SIZE: 1n << 6n, FLUSH: 1n << 9n } as const;
const SEGMENTS = 254;
const CONFIG_BYTES = 24;
const HEADER_BYTES = 16;
const REQUEST = { IN: 0, OUT: 1, FLUSH: 4, GET_ID: 8 } as const;
const STATUS = { OK: 0, ERROR: 1, UNSUPPORTED: 2 } as const;
const ID_BYTES = 20;
/** Of one request: more than 254 segments of what drivers put into one. */
const MAX_BYTES = 16 * 1024 * 1024;

export interface BlockDisk {
  readonly name: string;
  readonly sectors: number;
  read(lba: number, count: number): Uint8Array;
  write(lba: number, bytes: Uint8Array): void;
}

export class VirtioBlock implements VirtioDevice {
  readonly features = FEATURES.SEG_MAX | FEATURES.BLK_SIZE | FEATURES.FLUSH;
  readonly queues = 1;
  readonly startNs = DISK_COMMAND_NS;
  /** struct virtio_blk_config as far as features are offered. */
  readonly config: Uint8Array;

  constructor(
    private readonly disk: BlockDisk,
    private readonly memory: DmaMemory,
    private readonly trace: TraceSink,
  ) {
    this.config = new Uint8Array(CONFIG_BYTES);
    const view = new DataView(this.config.buffer);
    view.setBigUint64(0, BigInt(disk.sectors), true);
    view.setUint32(12, SEGMENTS, true);
    view.setUint32(20, SECTOR_BYTES, true);
  }

  isWorked(): boolean {
    return true;
  }

  /** Puts a status into the chain's last byte. */
  perform({ buffers }: Chain): Performed | undefined {
    const inputs = buffers.filter(({ isWritable }) => !isWritable);
    const outputs = buffers.filter(({ isWritable }) => isWritable);
    const room = total(outputs) - 1;
    const given = total(inputs);
    if (room < 0 || given < HEADER_BYTES || room > MAX_BYTES || given > MAX_BYTES) return undefined;
    const input = this.gather(inputs, given);
    const view = new DataView(input.buffer);
    const { status, data, sectors } = this.request(
      view.getUint32(0, true),
      view.getBigUint64(8, true),
      input.subarray(HEADER_BYTES),
      room,
      outputs,
    );
    const answer = new Uint8Array(room + 1);
    answer.set(data.subarray(0, room));
    answer[room] = status;
    if (data.length > 0) this.scatter(outputs, answer);
    else this.putLast(outputs, status);
    return { written: data.length + 1, ns: sectors * DISK_SECTOR_NS };
  }

  private request(
    type: number,
    sector: bigint,
    data: Uint8Array,
    room: Bytes,
    outputs: readonly Buffer[],
  ): { status: number; data: Uint8Array; sectors: number } {
    const none = new Uint8Array(0);
    const { disk, trace } = this;
    const bytes = type === REQUEST.IN ? room : data.length;
    const sectors = bytes / SECTOR_BYTES;
    const fits = Number.isInteger(sectors) && sector + BigInt(Math.floor(sectors)) <= BigInt(disk.sectors);
    const lba = Number(sector);
    switch (type) {
      case REQUEST.IN:
        if (!fits) return { status: STATUS.ERROR, data: none, sectors: 0 };
        trace.record('disk-read', disk.name, lba, sectors, outputs[0]?.gpa ?? UNKNOWN_GPA, 'virtio-blk');
        return { status: STATUS.OK, data: disk.read(lba, sectors), sectors };
      case REQUEST.OUT:
        if (!fits) return { status: STATUS.ERROR, data: none, sectors: 0 };
        trace.record('disk-write', disk.name, lba, sectors, UNKNOWN_GPA, 'virtio-blk');
        disk.write(lba, data);
        return { status: STATUS.OK, data: none, sectors };
      case REQUEST.FLUSH:
        return { status: STATUS.OK, data: none, sectors: 0 };
      case REQUEST.GET_ID: {
        const id = new Uint8Array(Math.min(ID_BYTES, room));
        id.set(new TextEncoder().encode(disk.name).subarray(0, id.length));
        return { status: STATUS.OK, data: id, sectors: 0 };
      }
      default:
        return { status: STATUS.UNSUPPORTED, data: none, sectors: 0 };
    }
  }

  private gather(buffers: readonly Buffer[], length: Bytes): Uint8Array {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const buffer of buffers) {
      bytes.set(this.memory.read(buffer.gpa, buffer.bytes), at);
      at += buffer.bytes;
    }
    return bytes;
  }

  private scatter(buffers: readonly Buffer[], bytes: Uint8Array): void {
    let at = 0;
    for (const buffer of buffers) {
      this.memory.write(buffer.gpa, bytes.subarray(at, at + buffer.bytes));
      at += buffer.bytes;
    }
  }

  private putLast(buffers: readonly Buffer[], status: number): void {
    const last = buffers.findLast(({ bytes }) => bytes > 0);
    if (last) this.memory.write(last.gpa + last.bytes - 1, Uint8Array.of(status));
  }
}

function total(buffers: readonly Buffer[]): Bytes {
  return buffers.reduce((sum, { bytes }) => sum + bytes, 0);
}
