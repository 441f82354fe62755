/** The command packets of a CD-ROM drive (MMC-5; SPC-3 for INQUIRY, REQUEST SENSE, MODE SENSE). */
import type { BlockSource } from '../../bus/types';

export const CD_BLOCK_BYTES = 2048;
/** Most blocks that one READ moves; more than any host asks for. */
const MAX_BLOCKS = 0x8000;

export interface Sense {
  readonly key: number;
  readonly code: number;
  readonly qualifier: number;
}

export interface PacketAnswer {
  readonly data: Uint8Array;
  readonly sense: Sense;
  /** The data are blocks of the disc, from this one. */
  readonly blockLba?: number;
  readonly clearsAttention?: boolean;
  readonly clearsEvent?: boolean;
}

/** What the answer to a packet depends on, beside the disc. */
export interface PacketContext {
  readonly sense: Sense;
  /** UNIT ATTENTION that no command has told the host of. */
  readonly attention: Sense | undefined;
  readonly mediaEvent: MediaEvent;
}

/** Media events of GET EVENT STATUS NOTIFICATION (MMC-5, 6.7.2.5). */
export const MEDIA_EVENT = { none: 0, newMedia: 2, removal: 3 } as const;
export type MediaEvent = (typeof MEDIA_EVENT)[keyof typeof MEDIA_EVENT];

const GOOD: Sense = { key: 0, code: 0, qualifier: 0 };
const ILLEGAL_COMMAND: Sense = { key: 5, code: 0x20, qualifier: 0 };
const ILLEGAL_FIELD: Sense = { key: 5, code: 0x24, qualifier: 0 };
const OUT_OF_RANGE: Sense = { key: 5, code: 0x21, qualifier: 0 };
export const RESET_HAPPENED: Sense = { key: 6, code: 0x29, qualifier: 0 };
/** Not ready to ready: the medium may have changed. */
export const MEDIUM_CHANGED: Sense = { key: 6, code: 0x28, qualifier: 0 };
const NO_MEDIUM: Sense = { key: 2, code: 0x3a, qualifier: 0 };

const TEST_UNIT_READY = 0x00;
const REQUEST_SENSE = 0x03;
const INQUIRY = 0x12;
const START_STOP = 0x1b;
const PREVENT_REMOVAL = 0x1e;
const READ_CAPACITY = 0x25;
const READ_10 = 0x28;
const SEEK = 0x2b;
const READ_TOC = 0x43;
const GET_CONFIGURATION = 0x46;
const GET_EVENT_STATUS = 0x4a;
const MODE_SENSE_10 = 0x5a;
const READ_12 = 0xa8;
const SET_CD_SPEED = 0xbb;
const MECHANISM_STATUS = 0xbd;

function ok(bytes: readonly number[], allocation: number): PacketAnswer {
  return { data: Uint8Array.from(bytes).slice(0, allocation), sense: GOOD };
}

function bad(sense: Sense): PacketAnswer {
  return { data: new Uint8Array(0), sense };
}

function be32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function be16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff];
}

function ascii(text: string, length: number): number[] {
  return Array.from(text.padEnd(length).slice(0, length), (letter) => letter.charCodeAt(0));
}

function blocks(disc: BlockSource): number {
  return Math.ceil(disc.sizeBytes / CD_BLOCK_BYTES);
}

function read(disc: BlockSource, lba: number, count: number): PacketAnswer {
  if (lba + count > blocks(disc) || count > MAX_BLOCKS) return bad(OUT_OF_RANGE);
  const data = new Uint8Array(count * CD_BLOCK_BYTES);
  const offset = lba * CD_BLOCK_BYTES;
  const present = Math.min(data.length, disc.sizeBytes - offset);
  if (present > 0) data.set(disc.read(offset, present));
  return { data, sense: GOOD, blockLba: lba };
}

function inquiry(allocation: number): PacketAnswer {
  const header = [0x05, 0x80, 0x00, 0x21, 31, 0, 0, 0];
  return ok([...header, ...ascii('QEMU', 8), ...ascii('QEMU DVD-ROM', 16), ...ascii('2.5+', 4)], allocation);
}

function senseData({ key, code, qualifier }: Sense, allocation: number): PacketAnswer {
  return ok([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, code, qualifier, 0, 0, 0, 0], allocation);
}

/** A position in the table of contents: minutes, seconds, frames with the two seconds of lead-in, or a block number. */
function tocAddress(lba: number, msf: boolean): number[] {
  if (!msf) return be32(lba);
  const frames = lba + 150;
  return [0, Math.floor(frames / 4500) & 0xff, Math.floor(frames / 75) % 60, frames % 75];
}

function readToc(packet: Uint8Array, disc: BlockSource, allocation: number): PacketAnswer {
  const msf = (packet[1]! & 2) !== 0;
  const format = packet[2]! & 0x0f || packet[9]! >> 6;
  if (format === 1) return ok([0, 10, 1, 1, 0, 0x14, 1, 0, ...tocAddress(0, msf)], allocation);
  if (format !== 0) return bad(ILLEGAL_FIELD);
  const leadOut = [0, 0x16, 0xaa, 0, ...tocAddress(blocks(disc), msf)];
  const tracks = packet[6]! <= 1 ? [0, 0x14, 1, 0, ...tocAddress(0, msf), ...leadOut] : leadOut;
  return ok([...be16(tracks.length + 2), 1, 1, ...tracks], allocation);
}

/** Capabilities page (2Ah) and error recovery page (01h). */
function modeSense(packet: Uint8Array, allocation: number): PacketAnswer {
  const page = packet[2]! & 0x3f;
  const recovery = [0x01, 6, 0, 5, 0, 0, 0, 0];
  const capabilities = [0x2a, 18, 0x3b, 0, 0x71, 0x60, 0x29, 0, ...be16(706), ...be16(2), ...be16(512), ...be16(706), 0, 0, 0, 0];
  const pages = page === 0x01 ? recovery : page === 0x2a ? capabilities : page === 0x3f ? [...recovery, ...capabilities] : undefined;
  if (!pages) return bad(ILLEGAL_FIELD);
  return ok([...be16(pages.length + 6), 0x70, 0, 0, 0, 0, 0, ...pages], allocation);
}

/** Profiles DVD-ROM and CD-ROM (current, with a disc in), core, removable medium. */
function configuration(hasDisc: boolean, allocation: number): PacketAnswer {
  const features = [0, 0, 3, 8, 0, 0x10, 0, 0, 0, 8, hasDisc ? 1 : 0, 0, 0, 1, 3, 8, 0, 0, 0, 2, 1, 0, 0, 0, 0, 3, 3, 4, 0x29, 0, 0, 0];
  return ok([...be32(features.length + 4), 0, 0, ...be16(hasDisc ? 8 : 0), ...features], allocation);
}

/** Commands about the disc, which fail without one. */
const NEEDS_DISC: readonly number[] = [TEST_UNIT_READY, SEEK, READ_CAPACITY, READ_10, READ_12, READ_TOC];

/** Commands that a pending UNIT ATTENTION does not stop. */
const UNAFFECTED: readonly number[] = [REQUEST_SENSE, INQUIRY, GET_CONFIGURATION, GET_EVENT_STATUS];

export function answerPacket(packet: Uint8Array, disc: BlockSource | undefined, context: PacketContext): PacketAnswer {
  const command = packet[0]!;
  if (context.attention && !UNAFFECTED.includes(command)) return { ...bad(context.attention), clearsAttention: true };
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const allocation16 = view.getUint16(7);
  if (NEEDS_DISC.includes(command)) return disc ? discAnswer(packet, view, disc) : bad(NO_MEDIUM);
  switch (command) {
    case START_STOP:
    case PREVENT_REMOVAL:
    case SET_CD_SPEED:
      return ok([], 0);
    case REQUEST_SENSE:
      return { ...senseData(context.attention ?? context.sense, packet[4]!), clearsAttention: true };
    case INQUIRY:
      return inquiry(packet[4]!);
    case GET_CONFIGURATION:
      return configuration(disc !== undefined, allocation16);
    case GET_EVENT_STATUS: // media class: what happened, and whether a disc is present
      if (!(packet[1]! & 1)) return bad(ILLEGAL_FIELD);
      return { ...ok([0, 6, 4, 0x10, context.mediaEvent, disc ? 2 : 0, 0, 0], allocation16), clearsEvent: true };
    case MODE_SENSE_10:
      return modeSense(packet, allocation16);
    case MECHANISM_STATUS:
      return ok([0, 0, 0, 0, 0, 1, 0, 0], view.getUint16(8));
    default:
      return bad(ILLEGAL_COMMAND);
  }
}

function discAnswer(packet: Uint8Array, view: DataView, disc: BlockSource): PacketAnswer {
  switch (packet[0]) {
    case READ_CAPACITY:
      return ok([...be32(blocks(disc) - 1), ...be32(CD_BLOCK_BYTES)], 8);
    case READ_10:
      return read(disc, view.getUint32(2), view.getUint16(7));
    case READ_12:
      return read(disc, view.getUint32(2), view.getUint32(6));
    case READ_TOC:
      return readToc(packet, disc, view.getUint16(7));
    default: // TEST UNIT READY, SEEK
      return ok([], 0);
  }
}
