/**
 * Network device (Virtual I/O Device specification 1.2, 5.1): a queue to receive, whose buffers wait for ever, and one to transmit. Not
 * modelled: checksum and segmentation offloads, merged receive buffers, control queue, several queue pairs (not offered).
 */
import { hexText } from '../../../quantities/hex';
import type { Bytes } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import type { DmaMemory } from '../../bus/types';
import { VERSION_1, type Performed, type VirtioDevice } from './device';
import type { Chain } from './split-queue';

const FEATURES = { MAC: 1n << 5n, STATUS: 1n << 16n } as const;
const TRANSMIT = 1;
const LINK_UP = 1;
const CONFIG_BYTES = 8;
/** struct virtio_net_hdr, without num_buffers for drivers from before version 1. */
const [LEGACY_HEADER, HEADER] = [10, 12] as const;
const MAX_FRAME_BYTES = 65_550;
const FRAME_NS = 1000;

export interface NetOptions {
  readonly name: string;
  readonly mac: readonly number[];
  /** Something is at the other end of the cable. */
  readonly link: boolean;
  readonly memory: DmaMemory;
  readonly trace: TraceSink;
}

export class VirtioNet implements VirtioDevice {
  readonly features = FEATURES.MAC | FEATURES.STATUS;
  readonly queues = 2;
  readonly config: Uint8Array;
  readonly startNs = FRAME_NS;

  constructor(private readonly options: NetOptions) {
    this.config = new Uint8Array(CONFIG_BYTES);
    this.config.set(options.mac);
    this.config[6] = options.link ? LINK_UP : 0;
  }

  isWorked(queue: number): boolean {
    return queue === TRANSMIT;
  }

  perform({ buffers }: Chain, features: bigint): Performed | undefined {
    const header = features & VERSION_1 ? HEADER : LEGACY_HEADER;
    const bytes = buffers.reduce((sum: Bytes, buffer) => sum + buffer.bytes, 0);
    if (bytes <= header || bytes > MAX_FRAME_BYTES || buffers.some(({ isWritable }) => isWritable)) return undefined;
    const packet = new Uint8Array(bytes);
    let at = 0;
    for (const buffer of buffers) {
      packet.set(this.options.memory.read(buffer.gpa, buffer.bytes), at);
      at += buffer.bytes;
    }
    const { name, link, trace } = this.options;
    if (link && trace.wants('frame-sent')) trace.record('frame-sent', name, bytes - header, hexText(packet.subarray(header)));
    return { written: 0, ns: FRAME_NS };
  }
}
