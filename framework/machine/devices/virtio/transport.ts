/**
 * The registers of a transitional device on PCI (Virtual I/O Device specification 1.2, 4.1): the legacy block of ports, and the modern
 * structures in memory. Both are views of the same device.
 */
import { PAGE_BYTES } from '../../../quantities/units';
import type { AccessSize, DmaMemory, Line, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { VERSION_1, type VirtioDevice, type VirtioMessages } from './device';
import { BrokenQueue, NO_VECTOR, QUEUE_FEATURES, resetQueue, SplitQueue } from './split-queue';
import type { QueueState } from './split-queue';

const ANY_LAYOUT = 1n << 27n;
const STATUS_FEATURES_OK = 8;
const STATUS_NEEDS_RESET = 0x40;
const ISR_QUEUE = 1;
const ISR_CONFIG = 2;

const LEGACY = { FEATURES: 0, DRIVER_FEATURES: 4, PFN: 8, SIZE: 12, SELECT: 14, NOTIFY: 16, STATUS: 18, ISR: 19, CONFIG: 20 } as const;
/** While MSI-X is enabled two registers come before the device's configuration. */
const LEGACY_VECTORS = { CONFIG_VECTOR: 20, VECTOR: 22, CONFIG: 24 } as const;
const COMMON = {
  FEATURE_SELECT: 0,
  FEATURES: 4,
  DRIVER_FEATURE_SELECT: 8,
  DRIVER_FEATURES: 12,
  CONFIG_VECTOR: 16,
  QUEUES: 18,
  STATUS: 20,
  GENERATION: 21,
  SELECT: 22,
  SIZE: 24,
  VECTOR: 26,
  ENABLE: 28,
  NOTIFY_OFFSET: 30,
  DESCRIPTORS: 32,
  DRIVER: 40,
  DEVICE: 48,
} as const;

interface TransportState {
  status: number;
  isr: number;
  /** MSI-X vector of configuration changes. */
  configVector: number;
  features: bigint;
  featureSelect: number;
  driverFeatureSelect: number;
  queueSelect: number;
  queues: QueueState[];
}

export interface TransportOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly memory: DmaMemory;
  readonly device: VirtioDevice;
  readonly irq: Line;
  readonly messages: VirtioMessages;
}

function powerOn({ queues }: VirtioDevice): TransportState {
  return {
    status: 0,
    isr: 0,
    configVector: NO_VECTOR,
    features: 0n,
    featureSelect: 0,
    driverFeatureSelect: 0,
    queueSelect: 0,
    queues: Array.from({ length: queues }, resetQueue),
  };
}

/** 64-bit registers are written in halves; physical addresses have at most 52 bits. */
function withHalf(address: number, isHigh: boolean, value: number): number {
  const high = isHigh ? value & 0xf_ffff : Math.floor(address / 2 ** 32);
  return high * 2 ** 32 + (isHigh ? address % 2 ** 32 : value);
}

function half(address: number, isHigh: boolean): number {
  return isHigh ? Math.floor(address / 2 ** 32) : address % 2 ** 32;
}

export class VirtioTransport implements Stateful<TransportState>, Resettable {
  readonly name: string;
  readonly state: TransportState;
  private readonly legacyFeatures: bigint;
  private readonly features: bigint;
  private readonly queues: readonly SplitQueue[];
  private readonly timer: Timer;

  constructor(private readonly options: TransportOptions) {
    this.name = options.name;
    const { device, memory } = options;
    this.state = powerOn(device);
    this.legacyFeatures = device.features | ANY_LAYOUT | QUEUE_FEATURES.INDIRECT | QUEUE_FEATURES.EVENT_INDEX;
    this.features = this.legacyFeatures | VERSION_1;
    const negotiated = (): bigint => this.state.features;
    this.queues = this.state.queues.map((_, index) => new SplitQueue(memory, () => this.state.queues[index]!, negotiated));
    this.timer = options.clock.timer(options.name, () => this.work());
  }

  reset(): void {
    this.timer.cancel();
    Object.assign(this.state, powerOn(this.options.device));
    this.options.irq.set(false);
  }

  // ------------------------------------------------------------------------------- work

  /** The first queue with something to do. */
  private busy(): number | undefined {
    const index = this.queues.findIndex((queue, number) => this.options.device.isWorked(number) && queue.hasWork);
    return index < 0 ? undefined : index;
  }

  private notify(): void {
    if (this.busy() !== undefined && this.timer.deadlineNs === Infinity) this.after(this.options.device.startNs);
  }

  private after(ns: number): void {
    this.timer.arm(this.options.clock.nowNs() + ns);
  }

  /** One chain; the next takes its own time. */
  private work(): void {
    const { device } = this.options;
    const index = this.busy();
    const queue = index === undefined ? undefined : this.queues[index];
    if (index === undefined || !queue) return;
    try {
      const chain = queue.take();
      if (!chain) return;
      const done = device.perform(chain, this.state.features);
      if (!done) throw new BrokenQueue('a chain is no request');
      if (queue.give(chain.head, done.written)) this.interrupt(ISR_QUEUE, this.state.queues[index]!.vector);
      if (this.busy() !== undefined) this.after(device.startNs + done.ns);
    } catch (error) {
      if (!(error instanceof BrokenQueue)) throw error;
      this.state.queues[index]!.enabled = false;
      this.state.status |= STATUS_NEEDS_RESET;
      this.interrupt(ISR_CONFIG, this.state.configVector);
    }
  }

  /** With messages only configuration changes show in ISR (4.1.4.5.1). */
  private interrupt(cause: number, vector: number): void {
    const { messages, irq } = this.options;
    if (!messages.enabled || cause === ISR_CONFIG) this.state.isr |= cause;
    if (messages.enabled) messages.signal(vector);
    else irq.set(true);
  }

  /** Reading takes the causes. */
  private takeIsr(): number {
    const { isr } = this.state;
    this.state.isr = 0;
    this.options.irq.set(false);
    return isr;
  }

  private setStatus(value: number): void {
    if (value === 0) {
      this.reset();
      return;
    }
    const accepted = (this.state.features & ~this.features) === 0n ? value : value & ~STATUS_FEATURES_OK;
    this.state.status = accepted | (this.state.status & STATUS_NEEDS_RESET);
  }

  /** A vector that the table lacks is none. */
  private mapped(vector: number): number {
    return (vector & 0xffff) < this.options.messages.vectors ? vector & 0xffff : NO_VECTOR;
  }

  /** The queue that the driver looks at; undefined past the last one. */
  private get selected(): QueueState | undefined {
    return this.state.queues[this.state.queueSelect];
  }

  // ------------------------------------------------------------------------------- legacy ports

  readonly legacy = {
    read: (offset: number, size: AccessSize): number | undefined => {
      const { state } = this;
      switch (offset) {
        case LEGACY.FEATURES:
          return Number(this.legacyFeatures);
        case LEGACY.DRIVER_FEATURES:
          return Number(state.features & 0xffff_ffffn);
        case LEGACY.PFN:
          return this.selected?.enabled === true ? Math.floor(this.selected.descriptors / PAGE_BYTES) : 0;
        case LEGACY.SIZE:
          return this.selected?.size ?? 0;
        case LEGACY.SELECT:
          return state.queueSelect;
        case LEGACY.STATUS:
          return state.status;
        case LEGACY.ISR:
          return this.takeIsr();
        default:
          return this.readLegacyRest(offset, size);
      }
    },
    write: (offset: number, _size: AccessSize, value: number): boolean => {
      const { state } = this;
      if (this.options.messages.enabled && offset === LEGACY_VECTORS.CONFIG_VECTOR) state.configVector = this.mapped(value);
      else if (this.options.messages.enabled && offset === LEGACY_VECTORS.VECTOR) this.setQueueVector(value);
      else if (offset === LEGACY.DRIVER_FEATURES) state.features = BigInt(value >>> 0);
      else if (offset === LEGACY.PFN) this.setLegacyQueue(value >>> 0);
      else if (offset === LEGACY.SELECT) state.queueSelect = value & 0xffff;
      else if (offset === LEGACY.NOTIFY) this.notify();
      else if (offset === LEGACY.STATUS) this.setStatus(value & 0xff);
      return true;
    },
  };

  private readLegacyRest(offset: number, size: AccessSize): number {
    const { enabled } = this.options.messages;
    if (enabled && offset === LEGACY_VECTORS.CONFIG_VECTOR) return this.state.configVector;
    if (enabled && offset === LEGACY_VECTORS.VECTOR) return this.selected?.vector ?? NO_VECTOR;
    const first = enabled ? LEGACY_VECTORS.CONFIG : LEGACY.CONFIG;
    return offset >= first ? this.readConfig(offset - first, size) : 0;
  }

  private setQueueVector(value: number): void {
    if (this.selected) this.selected.vector = this.mapped(value);
  }

  /** Descriptors, available ring, and on the next page the used ring. 0 takes the queue away. */
  private setLegacyQueue(frame: number): void {
    const { selected: queue } = this;
    if (!queue) return;
    if (frame === 0) {
      Object.assign(queue, resetQueue());
      return;
    }
    const descriptors = frame * PAGE_BYTES;
    const available = descriptors + 16 * queue.size;
    const used = Math.ceil((available + 6 + 2 * queue.size) / PAGE_BYTES) * PAGE_BYTES;
    Object.assign(queue, { enabled: true, descriptors, available, used, next: 0 });
  }

  // ------------------------------------------------------------------------------- modern structures

  readonly common = {
    read: (offset: number): number => {
      const { state } = this;
      const { selected: queue } = this;
      switch (offset) {
        case COMMON.FEATURE_SELECT:
          return state.featureSelect;
        case COMMON.FEATURES:
          return featureWord(this.features, state.featureSelect);
        case COMMON.DRIVER_FEATURE_SELECT:
          return state.driverFeatureSelect;
        case COMMON.DRIVER_FEATURES:
          return featureWord(state.features, state.driverFeatureSelect);
        case COMMON.CONFIG_VECTOR:
          return state.configVector;
        case COMMON.VECTOR:
          return queue?.vector ?? NO_VECTOR;
        case COMMON.QUEUES:
          return this.queues.length;
        case COMMON.STATUS:
          return state.status;
        case COMMON.SELECT:
          return state.queueSelect;
        case COMMON.SIZE:
          return queue?.size ?? 0;
        case COMMON.ENABLE:
          return queue?.enabled === true ? 1 : 0;
        default:
          return queue ? readAddress(queue, offset) : 0;
      }
    },
    write: (offset: number, _size: AccessSize, value: number): boolean => {
      const { state } = this;
      if (offset === COMMON.FEATURE_SELECT) state.featureSelect = value >>> 0;
      else if (offset === COMMON.DRIVER_FEATURE_SELECT) state.driverFeatureSelect = value >>> 0;
      else if (offset === COMMON.DRIVER_FEATURES) this.setFeatureWord(value >>> 0);
      else if (offset === COMMON.CONFIG_VECTOR) state.configVector = this.mapped(value);
      else if (offset === COMMON.VECTOR) this.setQueueVector(value);
      else if (offset === COMMON.STATUS) this.setStatus(value & 0xff);
      else if (offset === COMMON.SELECT) state.queueSelect = value & 0xffff;
      else this.writeQueue(offset, value >>> 0);
      return true;
    },
  };

  readonly isr = { read: (): number => this.takeIsr(), write: (): boolean => true };
  readonly device = { read: (offset: number, size: AccessSize): number => this.readConfig(offset, size), write: (): boolean => true };
  readonly notification = {
    read: (): number => 0,
    write: (): boolean => {
      this.notify();
      return true;
    },
  };

  private setFeatureWord(value: number): void {
    const { state } = this;
    if (state.driverFeatureSelect > 1) return;
    const shift = BigInt(32 * state.driverFeatureSelect);
    state.features = (state.features & ~(0xffff_ffffn << shift)) | (BigInt(value) << shift);
  }

  private writeQueue(offset: number, value: number): void {
    const { selected: queue } = this;
    if (!queue) return;
    const isPowerOfTwo = value > 0 && (value & (value - 1)) === 0;
    if (offset === COMMON.SIZE && isPowerOfTwo && value <= resetQueue().size) queue.size = value;
    else if (offset === COMMON.ENABLE && value === 1) Object.assign(queue, { enabled: true, next: 0 });
    else writeAddress(queue, offset, value);
  }

  private readConfig(offset: number, size: AccessSize): number {
    const { config } = this.options.device;
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + (config[offset + index] ?? 0);
    return value;
  }
}

function featureWord(features: bigint, select: number): number {
  return select > 1 ? 0 : Number((features >> BigInt(32 * select)) & 0xffff_ffffn);
}

const ADDRESSES = [
  [COMMON.DESCRIPTORS, 'descriptors'],
  [COMMON.DRIVER, 'available'],
  [COMMON.DEVICE, 'used'],
] as const;

function readAddress(queue: QueueState, offset: number): number {
  const found = ADDRESSES.find(([at]) => offset === at || offset === at + 4);
  return found ? half(queue[found[1]], offset !== found[0]) : 0;
}

function writeAddress(queue: QueueState, offset: number, value: number): void {
  const found = ADDRESSES.find(([at]) => offset === at || offset === at + 4);
  if (found) queue[found[1]] = withHalf(queue[found[1]], offset !== found[0], value);
}
