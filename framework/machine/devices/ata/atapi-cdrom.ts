/**
 * An ATAPI CD-ROM drive with a data disc or none: ATA/ATAPI-7 packet feature set and the mandatory MMC commands. Not modelled: audio,
 * write commands, overlapped commands, ejecting by the guest, and its lock of the tray (whoever changes the disc does so all the same).
 */
import {
  COMMAND_DEVICE_RESET,
  COMMAND_PACKET,
  REASON_COMMAND,
  STATUS_BSY,
  STATUS_DRDY,
  STATUS_DRQ,
  STATUS_DSC,
  STATUS_ERR,
} from '../../bus/ata';
import type { BlockSource } from '../../bus/types';
import { DISK_COMMAND_NS, DISK_SECTOR_NS } from '../../clock/costs';
import { Drive, powerOnDrive, type DriveState } from './drive';
import { identifyCdrom, type DriveStrings } from './identify';
import {
  answerPacket,
  CD_BLOCK_BYTES,
  MEDIA_EVENT,
  type MediaEvent,
  MEDIUM_CHANGED,
  type PacketAnswer,
  RESET_HAPPENED,
  type Sense,
} from './packets';

const PACKET_BYTES = 12;
/** Interrupt reason, in the count register: data, or with REASON_COMMAND the end, to the host. */
const REASON_TO_HOST = 0x02;
const FEATURE_DMA = 0x01;
/** Signature of a packet device. */
const SIGNATURE = { count: 1, lbaLow: 1, lbaMid: 0x14, lbaHigh: 0xeb };
/** Sectors of 512 bytes in a CD block, for the transfer events. */
const SECTORS_PER_BLOCK = CD_BLOCK_BYTES / 512;

export interface AtapiState extends DriveState {
  packet: Uint8Array;
  /** Answer of the command under way and how much of it the host has. */
  answer: Uint8Array;
  answered: number;
  sense: Sense;
  /** First CD block of the data in `answer`, -1 when it is not disc data. */
  blockLba: number;
  useDma: boolean;
  /** UNIT ATTENTION is pending: after power-on, a reset or a change of the disc. */
  attention: Sense | undefined;
  /** Which of the discs is in; -1: none. */
  inserted: number;
  mediaEvent: MediaEvent;
}

const NO_SENSE: Sense = { key: 0, code: 0, qualifier: 0 };

export class AtapiCdrom extends Drive {
  readonly state: AtapiState;

  constructor(
    /** Those that go into it; the first is in at power-on unless the drive is `empty`. */
    private readonly discs: readonly BlockSource[],
    private readonly strings: DriveStrings,
    empty = false,
  ) {
    super();
    this.state = {
      ...powerOnDrive(),
      packet: new Uint8Array(PACKET_BYTES),
      answer: new Uint8Array(0),
      answered: 0,
      sense: NO_SENSE,
      blockLba: -1,
      useDma: false,
      attention: RESET_HAPPENED,
      inserted: empty ? -1 : 0,
      mediaEvent: MEDIA_EVENT.none,
    };
    this.reset(true);
  }

  reset(hardware: boolean): void {
    Object.assign(this.state, powerOnDrive(), SIGNATURE, { status: 0, sense: NO_SENSE, answered: 0, blockLba: -1 });
    if (hardware) this.state.attention = RESET_HAPPENED;
  }

  /** What is in. */
  get disc(): BlockSource | undefined {
    return this.discs[this.state.inserted];
  }

  /** Someone takes out what is in, and puts in the disc of that number; -1: none. */
  insert(number: number): void {
    const { state } = this;
    state.inserted = number;
    state.mediaEvent = this.disc ? MEDIA_EVENT.newMedia : MEDIA_EVENT.removal;
    if (this.disc) state.attention = MEDIUM_CHANGED;
  }

  execute(command: number): void {
    const { state } = this;
    Object.assign(state, { command, error: 0, position: 0, end: 0, step: 'none' });
    switch (command) {
      case COMMAND_PACKET:
        state.useDma = (state.features & FEATURE_DMA) !== 0;
        return this.beginNow('packet');
      case 0xa1: // IDENTIFY PACKET DEVICE
        return this.beginNow('data-in');
      case COMMAND_DEVICE_RESET:
        return this.reset(false);
      case 0xec: // IDENTIFY DEVICE: not for a packet device, signature in the task file
        Object.assign(state, SIGNATURE);
        return this.fail();
      case 0xef: // SET FEATURES: transfer modes only
        return (state.features & 0xff) === 0x03 ? this.complete() : this.fail();
      case 0xe0:
      case 0xe1:
      case 0xe2:
      case 0xe3:
      case 0xe7:
        return this.complete();
      case 0xe5: // CHECK POWER MODE
        state.count = 0xff;
        return this.complete();
      default:
        return this.fail();
    }
  }

  advance(): void {
    const { state } = this;
    switch (state.step) {
      case 'packet':
        state.count = REASON_COMMAND;
        return this.offer(new Uint8Array(PACKET_BYTES), false);
      case 'data-in':
        return this.offer(identifyCdrom(this.strings), true);
      case 'data-out': // next piece of the answer
        return this.offerPiece();
      case 'dma':
      case 'dma-wait':
        return this.dma();
      case 'dma-done':
      case 'complete':
        return this.finish();
      default:
        return;
    }
  }

  protected dataTouched(): void {
    const { state } = this;
    if (state.command !== COMMAND_PACKET || state.blockLba < 0) return;
    const offset = state.answered - state.end + state.position;
    if (offset % CD_BLOCK_BYTES !== 0) return;
    const lba = (state.blockLba + offset / CD_BLOCK_BYTES) * SECTORS_PER_BLOCK;
    this.host.transferred(false, lba, SECTORS_PER_BLOCK, this.host.dataTarget() ?? -1);
  }

  protected blockDone(): void {
    const { state } = this;
    if (state.command !== COMMAND_PACKET) {
      Object.assign(state, { status: STATUS_DRDY | STATUS_DSC, position: 0, end: 0 });
    } else if (state.count === REASON_COMMAND) this.takePacket();
    else if (state.answered < state.answer.length) this.begin('data-out', DISK_SECTOR_NS);
    else this.begin('complete', DISK_SECTOR_NS);
  }

  private takePacket(): void {
    const { state } = this;
    state.packet = state.buffer.slice(0, PACKET_BYTES);
    const answer = answerPacket(state.packet, this.disc, state);
    if (answer.clearsAttention) state.attention = undefined;
    if (answer.clearsEvent) state.mediaEvent = MEDIA_EVENT.none;
    state.sense = answer.sense;
    state.blockLba = answer.blockLba ?? -1;
    state.answer = answer.data;
    state.answered = 0;
    state.status = STATUS_BSY;
    this.schedule(answer);
  }

  private schedule({ data, sense }: PacketAnswer): void {
    if (sense.key !== 0 || data.length === 0) return this.begin('complete', DISK_SECTOR_NS);
    return this.begin(this.state.useDma ? 'dma' : 'data-out', DISK_COMMAND_NS);
  }

  /** The next piece is as long as the byte count limit in LBA mid and high allows. */
  private offerPiece(): void {
    const { state } = this;
    const asked = (state.lbaMid & 0xff) | ((state.lbaHigh & 0xff) << 8);
    const limit = asked === 0 || asked === 0xffff ? 0xfffe : asked & ~1 || 2;
    const piece = state.answer.slice(state.answered, state.answered + limit);
    state.answered += piece.length;
    state.lbaMid = piece.length & 0xff;
    state.lbaHigh = piece.length >> 8;
    state.count = REASON_TO_HOST;
    this.offer(piece, true);
  }

  private dma(): void {
    const { state, host } = this;
    if (!host.dma.ready(true)) {
      state.step = 'dma-wait';
      return;
    }
    const gpas = host.dma.toMemory(state.answer);
    if (!gpas) {
      Object.assign(state, { step: 'none', status: STATUS_DRDY | STATUS_DSC | STATUS_DRQ });
      return;
    }
    if (state.blockLba >= 0) {
      host.transferred(false, state.blockLba * SECTORS_PER_BLOCK, Math.ceil(state.answer.length / 512), gpas[0] ?? -1);
    }
    state.answered = state.answer.length;
    this.begin('dma-done', Math.ceil(state.answer.length / 512) * DISK_SECTOR_NS);
  }

  /** Status phase: reason "command, to the host"; the sense key stands in the error register. */
  private finish(): void {
    const { state } = this;
    state.count = REASON_COMMAND | REASON_TO_HOST;
    state.answer = new Uint8Array(0);
    state.error = state.sense.key << 4;
    this.complete(STATUS_DRDY | STATUS_DSC | (state.sense.key === 0 ? 0 : STATUS_ERR));
  }
}
