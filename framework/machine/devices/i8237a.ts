import type { AccessSize, DmaMemory, Line, PortDevice, Resettable, Stateful } from '../bus/types';

/** Registers of the first (8-bit) controller are at 00h-0Fh, of the second (16-bit) at C0h-DEh, every other port. */
const SECOND_BASE = 0xc0;
const SECOND_LAST = 0xdf;
const FIRST_LAST = 0x0f;
/** Command register (data sheet 231466, fig. 6). */
const COMMAND_DISABLE = 0x04;
/** Mode register: 1-0 channel, 3-2 transfer, 4 autoinitialise, 5 address decrement, 7-6 demand/single/block/cascade. */
const MODE_TRANSFER = 0x0c;
const TRANSFER_WRITE = 0x04; // device to memory
const TRANSFER_READ = 0x08; // memory to device
const MODE_AUTOINIT = 0x10;
const MODE_DECREMENT = 0x20;
const MODE_CASCADE = 0xc0;
/** The address register wraps; the page register stays. */
const ADDRESSES = 0x1_0000;

interface ChannelState {
  baseAddress: number;
  baseCount: number;
  address: number;
  count: number;
  mode: number;
}

interface ControllerState {
  command: number;
  /** DREQ pins. */
  requests: number;
  softwareRequests: number;
  masks: number;
  terminalCounts: number;
  /** Byte pointer flip-flop: the next access is the high byte. */
  high: boolean;
  temporary: number;
}

export interface I8237aState {
  channels: ChannelState[];
  controllers: ControllerState[];
}

export interface I8237aOptions {
  readonly name: string;
  readonly memory: DmaMemory;
  /** Address bits 23-16 of a channel (its page register). */
  readonly page: (channel: number) => number;
  /** A channel may run: DREQ or request set, unmasked. Devices start their transfer on it; index = channel. */
  readonly acknowledge?: readonly (((channel: number) => void) | undefined)[];
}

function powerOn(): I8237aState {
  return {
    channels: Array.from({ length: 8 }, () => ({ baseAddress: 0, baseCount: 0, address: 0, count: 0, mode: 0 })),
    controllers: Array.from({ length: 2 }, () => ({
      command: 0,
      requests: 0,
      softwareRequests: 0,
      masks: 0x0f,
      terminalCounts: 0,
      high: false,
      temporary: 0,
    })),
  };
}

/**
 * The two cascaded 8237A DMA controllers of a PC/AT (data sheet 231466): channels 0-3 move bytes, 5-7 words, 4 is the cascade. Devices
 * move their data by `transfer` when their channel is ready. Not modelled: memory-to-memory transfers, priorities
 * and timing (a transfer is over at once), verify cycles beyond counting.
 */
export class I8237a implements PortDevice, Stateful<I8237aState>, Resettable {
  readonly name: string;
  readonly portRegions = [
    { first: 0x00, last: FIRST_LAST, name: 'dma 1' },
    { first: SECOND_BASE, last: SECOND_LAST, name: 'dma 2' },
  ];
  readonly state = powerOn();

  constructor(private readonly options: I8237aOptions) {
    this.name = options.name;
  }

  reset(): void {
    Object.assign(this.state, powerOn());
  }

  /** DREQ of a channel. */
  request(channel: number): Line {
    return {
      set: (high) => {
        const controller = this.controller(channel >> 2);
        const bit = 1 << (channel & 3);
        controller.requests = high ? controller.requests | bit : controller.requests & ~bit;
        if (high) this.offer(channel);
      },
    };
  }

  /** The channel is requested, unmasked, its controller is on, and the cascade lets it through. */
  ready(channel: number): boolean {
    const controller = this.controller(channel >> 2);
    const bit = 1 << (channel & 3);
    if (controller.command & COMMAND_DISABLE || controller.masks & bit) return false;
    if (((controller.requests | controller.softwareRequests) & bit) === 0) return false;
    return channel >= 4 || this.cascadeOpen();
  }

  /**
   * Moves up to `bytes.length` bytes between a device and memory in the direction that the guest programmed, until terminal count.
   * Device to memory takes from `bytes`, memory to device fills it, verify only counts.
   *
   * @returns bytes moved, whether TC was reached, and the first address, unless the channel only verifies.
   */
  transfer(
    channel: number,
    bytes: Uint8Array,
  ): { readonly moved: number; readonly terminalCount: boolean; readonly gpa: number | undefined } {
    if (!this.ready(channel)) return { moved: 0, terminalCount: false, gpa: undefined };
    const state = this.channel(channel);
    const gpa = state.mode & MODE_TRANSFER ? this.gpa(channel, state) : undefined;
    const unit = channel < 4 ? 1 : 2;
    const units = Math.min(Math.floor(bytes.length / unit), state.count + 1);
    for (let done = 0; done < units;) {
      const isDown = (state.mode & MODE_DECREMENT) !== 0;
      const run = isDown ? 1 : Math.min(units - done, ADDRESSES - state.address);
      this.move(channel, state, bytes.subarray(done * unit, (done + run) * unit));
      state.address = (state.address + (isDown ? -1 : run)) & 0xffff;
      done += run;
    }
    state.count = (state.count - units) & 0xffff;
    const terminalCount = units > 0 && state.count === 0xffff;
    if (terminalCount) this.finish(channel, state);
    return { moved: units * unit, terminalCount, gpa };
  }

  private channel(index: number): ChannelState {
    return this.state.channels[index]!;
  }

  private controller(index: number): ControllerState {
    return this.state.controllers[index]!;
  }

  private cascadeOpen(): boolean {
    const second = this.controller(1);
    return (this.channel(4).mode & MODE_CASCADE) === MODE_CASCADE && (second.masks & 1) === 0 && (second.command & COMMAND_DISABLE) === 0;
  }

  /** Word channels drive address bits 16-1; bit 0 of their page is not used. */
  private gpa(channel: number, state: ChannelState): number {
    const page = this.options.page(channel);
    return channel < 4 ? (page << 16) | state.address : ((page & 0xfe) << 16) | (state.address << 1);
  }

  /** Units at ascending addresses. */
  private move(channel: number, state: ChannelState, units: Uint8Array): void {
    const gpa = this.gpa(channel, state);
    switch (state.mode & MODE_TRANSFER) {
      case TRANSFER_WRITE:
        this.options.memory.write(gpa, units);
        return;
      case TRANSFER_READ:
        units.set(this.options.memory.read(gpa, units.length));
        return;
      default: // verify
    }
  }

  /** TC: the channel starts over (autoinitialise) or is masked. */
  private finish(channel: number, state: ChannelState): void {
    const controller = this.controller(channel >> 2);
    const bit = 1 << (channel & 3);
    controller.terminalCounts |= bit;
    controller.softwareRequests &= ~bit;
    if (state.mode & MODE_AUTOINIT) {
      state.address = state.baseAddress;
      state.count = state.baseCount;
    } else controller.masks |= bit;
  }

  private offer(channel: number): void {
    if (this.ready(channel)) this.options.acknowledge?.[channel]?.(channel);
  }

  private offerAll(): void {
    for (let channel = 0; channel < 8; channel++) this.offer(channel);
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    const second = port >= SECOND_BASE;
    const register = second ? (port - SECOND_BASE) >> 1 : port;
    const index = second ? 1 : 0;
    if (register < 8) return this.readChannel(index, register);
    const controller = this.controller(index);
    switch (register) {
      case 8: {
        const status = controller.terminalCounts | ((controller.requests | controller.softwareRequests) << 4);
        controller.terminalCounts = 0;
        return status;
      }
      case 13:
        return controller.temporary;
      case 15:
        return controller.masks | 0xf0;
      default:
        return 0xff; // write-only
    }
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const second = port >= SECOND_BASE;
    const register = second ? (port - SECOND_BASE) >> 1 : port;
    const index = second ? 1 : 0;
    if (register < 8) this.writeChannel(index, register, value);
    else this.writeControl(index, register, value);
    this.offerAll();
    return true;
  }

  private readChannel(index: number, register: number): number {
    const controller = this.controller(index);
    const channel = this.channel(index * 4 + (register >> 1));
    const value = register & 1 ? channel.count : channel.address;
    const byte = controller.high ? value >> 8 : value & 0xff;
    controller.high = !controller.high;
    return byte;
  }

  /** Base and current registers are written together, low byte first. */
  private writeChannel(index: number, register: number, value: number): void {
    const controller = this.controller(index);
    const channel = this.channel(index * 4 + (register >> 1));
    const merge = (old: number): number => (controller.high ? (old & 0x00ff) | (value << 8) : (old & 0xff00) | value);
    if (register & 1) channel.count = channel.baseCount = merge(channel.baseCount);
    else channel.address = channel.baseAddress = merge(channel.baseAddress);
    controller.high = !controller.high;
  }

  private writeControl(index: number, register: number, value: number): void {
    const controller = this.controller(index);
    const bit = 1 << (value & 3);
    const on = (value & 4) !== 0;
    switch (register) {
      case 8:
        controller.command = value;
        break;
      case 9:
        controller.softwareRequests = on ? controller.softwareRequests | bit : controller.softwareRequests & ~bit;
        break;
      case 10:
        controller.masks = on ? controller.masks | bit : controller.masks & ~bit;
        break;
      case 11:
        this.channel(index * 4 + (value & 3)).mode = value & 0xfc;
        break;
      case 12:
        controller.high = false;
        break;
      case 13: // master clear: as a hardware reset
        Object.assign(controller, powerOn().controllers[index], { requests: controller.requests });
        break;
      case 14:
        controller.masks = 0;
        break;
      default:
        controller.masks = value & 0x0f;
    }
  }
}
