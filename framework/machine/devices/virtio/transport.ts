/**
 * The registers of a transitional device on PCI (Virtual I/O Device specification 1.2, 4.1): the legacy block of ports, and the modern
 * structures in memory. Both are views of the same device. Not modelled: MSI-X (no such capability), so vectors read FFFFh.
 */
import { PAGE_BYTES } from '../../../quantities/units';
import type { AccessSize, DmaMemory, Line, Resettable, Stateful } from '../../bus/types';
import { DISK_COMMAND_NS, DISK_SECTOR_NS } from '../../clock/costs';
import type { Clock, Timer } from '../../clock/clock';
import type { VirtioBlock } from './block';
import { BLOCK_FEATURES } from './block';
import { BrokenQueue, resetQueue, SplitQueue } from './split-queue';
import type { QueueState } from './split-queue';

const VERSION_1 = 1n << 32n;
const ANY_LAYOUT = 1n << 27n;
const LEGACY_FEATURES = BLOCK_FEATURES.SEG_MAX | BLOCK_FEATURES.BLK_SIZE | BLOCK_FEATURES.FLUSH | ANY_LAYOUT;
const FEATURES = LEGACY_FEATURES | VERSION_1;
const STATUS_FEATURES_OK = 8;
const STATUS_NEEDS_RESET = 0x40;
const ISR_QUEUE = 1;
const ISR_CONFIG = 2;
const NO_VECTOR = 0xffff;

const LEGACY = { FEATURES: 0, DRIVER_FEATURES: 4, PFN: 8, SIZE: 12, SELECT: 14, NOTIFY: 16, STATUS: 18, ISR: 19, CONFIG: 20 } as const;
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
  features: bigint;
  featureSelect: number;
  driverFeatureSelect: number;
  queueSelect: number;
  queue: QueueState;
}

export interface TransportOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly memory: DmaMemory;
  readonly device: VirtioBlock;
  readonly irq: Line;
}

function powerOn(): TransportState {
  return { status: 0, isr: 0, features: 0n, featureSelect: 0, driverFeatureSelect: 0, queueSelect: 0, queue: resetQueue() };
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
  readonly state: TransportState = powerOn();
  private readonly queue: SplitQueue;
  private readonly timer: Timer;

  constructor(private readonly options: TransportOptions) {
    this.name = options.name;
    this.queue = new SplitQueue(options.memory, () => this.state.queue);
    this.timer = options.clock.timer(options.name, () => this.work());
  }

  reset(): void {
    this.timer.cancel();
    Object.assign(this.state, powerOn());
    this.options.irq.set(false);
  }

  // ------------------------------------------------------------------------------- work

  private notify(): void {
    if (this.queue.hasWork && this.timer.deadlineNs === Infinity) this.after(DISK_COMMAND_NS);
  }

  private after(ns: number): void {
    this.timer.arm(this.options.clock.nowNs() + ns);
  }

  /** One request; the next takes its own time. */
  private work(): void {
    try {
      const chain = this.queue.take();
      if (!chain) return;
      const done = this.options.device.perform(chain);
      if (!done) throw new BrokenQueue('a chain is no request');
      if (this.queue.give(chain.head, done.written)) this.interrupt(ISR_QUEUE);
      if (this.queue.hasWork) this.after(DISK_COMMAND_NS + done.sectors * DISK_SECTOR_NS);
    } catch (error) {
      if (!(error instanceof BrokenQueue)) throw error;
      this.state.queue.enabled = false;
      this.state.status |= STATUS_NEEDS_RESET;
      this.interrupt(ISR_CONFIG);
    }
  }

  private interrupt(cause: number): void {
    this.state.isr |= cause;
    this.options.irq.set(true);
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
    const accepted = (this.state.features & ~FEATURES) === 0n ? value : value & ~STATUS_FEATURES_OK;
    this.state.status = accepted | (this.state.status & STATUS_NEEDS_RESET);
  }

  // ------------------------------------------------------------------------------- legacy ports

  readonly legacy = {
    read: (offset: number, size: AccessSize): number | undefined => {
      const { state } = this;
      switch (offset) {
        case LEGACY.FEATURES:
          return Number(LEGACY_FEATURES);
        case LEGACY.DRIVER_FEATURES:
          return Number(state.features & 0xffff_ffffn);
        case LEGACY.PFN:
          return state.queueSelect === 0 && state.queue.enabled ? Math.floor(state.queue.descriptors / PAGE_BYTES) : 0;
        case LEGACY.SIZE:
          return state.queueSelect === 0 ? state.queue.size : 0;
        case LEGACY.SELECT:
          return state.queueSelect;
        case LEGACY.STATUS:
          return state.status;
        case LEGACY.ISR:
          return this.takeIsr();
        default:
          return offset >= LEGACY.CONFIG ? this.readConfig(offset - LEGACY.CONFIG, size) : 0;
      }
    },
    write: (offset: number, _size: AccessSize, value: number): boolean => {
      const { state } = this;
      if (offset === LEGACY.DRIVER_FEATURES) state.features = BigInt(value >>> 0);
      else if (offset === LEGACY.PFN) this.setLegacyQueue(value >>> 0);
      else if (offset === LEGACY.SELECT) state.queueSelect = value & 0xffff;
      else if (offset === LEGACY.NOTIFY) this.notify();
      else if (offset === LEGACY.STATUS) this.setStatus(value & 0xff);
      return true;
    },
  };

  /** Descriptors, available ring, and on the next page the used ring. 0 takes the queue away. */
  private setLegacyQueue(frame: number): void {
    const { state } = this;
    if (state.queueSelect !== 0) return;
    if (frame === 0) {
      state.queue = resetQueue();
      return;
    }
    const descriptors = frame * PAGE_BYTES;
    const available = descriptors + 16 * state.queue.size;
    const used = Math.ceil((available + 6 + 2 * state.queue.size) / PAGE_BYTES) * PAGE_BYTES;
    Object.assign(state.queue, { enabled: true, descriptors, available, used, next: 0 });
  }

  // ------------------------------------------------------------------------------- modern structures

  readonly common = {
    read: (offset: number): number => {
      const { state } = this;
      const isFirst = state.queueSelect === 0;
      const { queue } = state;
      switch (offset) {
        case COMMON.FEATURE_SELECT:
          return state.featureSelect;
        case COMMON.FEATURES:
          return featureWord(FEATURES, state.featureSelect);
        case COMMON.DRIVER_FEATURE_SELECT:
          return state.driverFeatureSelect;
        case COMMON.DRIVER_FEATURES:
          return featureWord(state.features, state.driverFeatureSelect);
        case COMMON.CONFIG_VECTOR:
        case COMMON.VECTOR:
          return NO_VECTOR;
        case COMMON.QUEUES:
          return 1;
        case COMMON.STATUS:
          return state.status;
        case COMMON.SELECT:
          return state.queueSelect;
        case COMMON.SIZE:
          return isFirst ? queue.size : 0;
        case COMMON.ENABLE:
          return isFirst && queue.enabled ? 1 : 0;
        default:
          return isFirst ? readAddress(queue, offset) : 0;
      }
    },
    write: (offset: number, _size: AccessSize, value: number): boolean => {
      const { state } = this;
      if (offset === COMMON.FEATURE_SELECT) state.featureSelect = value >>> 0;
      else if (offset === COMMON.DRIVER_FEATURE_SELECT) state.driverFeatureSelect = value >>> 0;
      else if (offset === COMMON.DRIVER_FEATURES) this.setFeatureWord(value >>> 0);
      else if (offset === COMMON.STATUS) this.setStatus(value & 0xff);
      else if (offset === COMMON.SELECT) state.queueSelect = value & 0xffff;
      else if (state.queueSelect === 0) this.writeQueue(offset, value >>> 0);
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
    const { queue } = this.state;
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
