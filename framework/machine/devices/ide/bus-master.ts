/**
 * Bus-master IDE registers and PRD walking of both channels (Programming Interface for Bus Master IDE Controller 1.0; 82371SB
 * datasheet, 2.3). Data moves in one piece when the drive is ready.
 */
import type { AtaDma } from '../../bus/ata';
import type { AccessSize, DmaMemory, Resettable, Stateful } from '../../bus/types';

const COMMAND_START = 0x01;
/** Direction: the controller writes memory (a disk read). */
const COMMAND_TO_MEMORY = 0x08;
const STATUS_ACTIVE = 0x01;
const STATUS_ERROR = 0x02;
const STATUS_INTERRUPT = 0x04;
const STATUS_CAPABLE = 0x60;

const PRD_BYTES = 8;
const PRD_END = 0x80;
/** A PRD table lies within 64 KiB. */
const PRD_MAX = 0x1_0000 / PRD_BYTES;
const SECTOR_BYTES = 512;

interface ChannelState {
  command: number;
  status: number;
  table: number;
}

interface Piece {
  readonly gpa: number;
  readonly length: number;
}

function powerOnChannel(): ChannelState {
  return { command: 0, status: 0, table: 0 };
}

export class IdeBusMaster implements Stateful<{ channels: [ChannelState, ChannelState] }>, Resettable {
  readonly name = 'ide-bus-master';
  readonly state: { channels: [ChannelState, ChannelState] } = { channels: [powerOnChannel(), powerOnChannel()] };
  private readonly started: (() => void)[] = [];

  constructor(private readonly memory: DmaMemory) {}

  reset(): void {
    this.state.channels = [powerOnChannel(), powerOnChannel()];
  }

  /** The DMA side of a channel; `started` is called when the guest sets the start bit. */
  channel(index: 0 | 1): AtaDma & { onStart(started: () => void): void; deviceInterrupt(): void } {
    return {
      onStart: (started) => {
        this.started[index] = started;
      },
      deviceInterrupt: () => {
        this.of(index).status |= STATUS_INTERRUPT;
      },
      ready: (toMemory) => {
        const { command, status } = this.of(index);
        return (status & STATUS_ACTIVE) !== 0 && ((command & COMMAND_TO_MEMORY) !== 0) === toMemory;
      },
      toMemory: (bytes) => {
        const pieces = this.pieces(index, bytes.length);
        let offset = 0;
        for (const { gpa, length } of pieces.list) {
          this.memory.write(gpa, bytes.subarray(offset, offset + length));
          offset += length;
        }
        return pieces.complete ? sectorAddresses(pieces.list) : undefined;
      },
      fromMemory: (length) => {
        const pieces = this.pieces(index, length);
        if (!pieces.complete) return undefined;
        const bytes = new Uint8Array(length);
        let offset = 0;
        for (const piece of pieces.list) {
          bytes.set(this.memory.read(piece.gpa, piece.length), offset);
          offset += piece.length;
        }
        return { bytes, gpas: sectorAddresses(pieces.list) };
      },
    };
  }

  private of(index: number): ChannelState {
    return this.state.channels[index === 0 ? 0 : 1];
  }

  /** The memory that the PRD table gives for `length` bytes; the channel goes inactive when the table's end is reached. */
  private pieces(index: number, length: number): { readonly list: Piece[]; readonly complete: boolean } {
    const channel = this.of(index);
    const list: Piece[] = [];
    let left = length;
    for (let entry = 0; entry < PRD_MAX && left > 0; entry++) {
      const prd = this.memory.read(channel.table + entry * PRD_BYTES, PRD_BYTES);
      const view = new DataView(prd.buffer, prd.byteOffset, PRD_BYTES);
      const gpa = view.getUint32(0, true) & 0xffff_fffe;
      const bytes = view.getUint16(4, true) & 0xfffe;
      const take = Math.min(left, bytes === 0 ? 0x1_0000 : bytes);
      list.push({ gpa: gpa >>> 0, length: take });
      left -= take;
      if (view.getUint8(7) & PRD_END) {
        channel.status &= ~STATUS_ACTIVE;
        break;
      }
    }
    return { list, complete: left === 0 };
  }

  /** Offset 0-15 of the register block. */
  read(offset: number, size: AccessSize): number | undefined {
    const channel = this.of(offset >> 3);
    const register = offset & 7;
    if (register >= 4) {
      const shifted = Math.floor(channel.table / 2 ** (8 * (register - 4)));
      return size === 4 ? shifted : shifted % 2 ** (8 * size);
    }
    if (size !== 1) return undefined;
    if (register === 0) return channel.command;
    return register === 2 ? channel.status : 0;
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    const index = offset >> 3;
    const channel = this.of(index);
    const register = offset & 7;
    if (register >= 4) {
      const bytes = new DataView(new ArrayBuffer(4));
      bytes.setUint32(0, channel.table, true);
      for (let i = 0; i < size && register - 4 + i < 4; i++) bytes.setUint8(register - 4 + i, (value >>> (8 * i)) & 0xff);
      channel.table = (bytes.getUint32(0, true) & 0xffff_fffc) >>> 0;
      return true;
    }
    if (size !== 1) return false;
    if (register === 0) this.command(index, value);
    else if (register === 2) {
      const cleared = value & (STATUS_ERROR | STATUS_INTERRUPT);
      channel.status = (channel.status & ~cleared & ~STATUS_CAPABLE) | (value & STATUS_CAPABLE);
    }
    return true;
  }

  private command(index: number, value: number): void {
    const channel = this.of(index);
    const starts = (value & COMMAND_START) !== 0 && (channel.command & COMMAND_START) === 0;
    channel.command = value & (COMMAND_START | COMMAND_TO_MEMORY);
    if (!(value & COMMAND_START)) channel.status &= ~STATUS_ACTIVE;
    if (!starts) return;
    channel.status |= STATUS_ACTIVE;
    this.started[index]?.();
  }
}

/** Where each 512 bytes of a transfer begin in memory. */
function sectorAddresses(pieces: readonly Piece[]): number[] {
  const addresses: number[] = [];
  let offset = 0;
  for (const { gpa, length } of pieces) {
    const first = (SECTOR_BYTES - (offset % SECTOR_BYTES)) % SECTOR_BYTES;
    for (let at = first; at < length; at += SECTOR_BYTES) addresses.push(gpa + at);
    offset += length;
  }
  return addresses;
}
