/** What the controller does to a frame before it goes out: checksums, TCP segmentation, a VLAN tag (SDM chapter 3.3 to 3.6). */

/** A context descriptor. */
export interface OffloadContext {
  ipStart: number;
  ipOffset: number;
  ipEnd: number;
  tcpStart: number;
  tcpOffset: number;
  tcpEnd: number;
  payloadBytes: number;
  headerBytes: number;
  segmentBytes: number;
  isTcp: boolean;
  isIpv4: boolean;
}

const VLAN_AT = 12;
const FIN_AND_PUSH = 0x09;

/** One's complement sum of big-endian words; an odd last byte counts as the high one. */
function sum(bytes: Uint8Array, first: number, end: number, from = 0): number {
  let total = from;
  for (let at = first; at < end; at += 2) total += (bytes[at]! << 8) | (at + 1 < end ? bytes[at + 1]! : 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

function put16(bytes: Uint8Array, at: number, value: number): void {
  if (at + 1 >= bytes.length) return;
  bytes[at] = (value >> 8) & 0xff;
  bytes[at + 1] = value & 0xff;
}

function get16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** Sums from `start` to `end` (0: the last byte) and puts the complement at `offset`; what stands there is summed with the rest. */
export function insertChecksum(frame: Uint8Array, start: number, offset: number, end: number): void {
  put16(frame, offset, ~sum(frame, start, end === 0 ? frame.length : Math.min(end + 1, frame.length)) & 0xffff);
}

export function insertVlan(frame: Uint8Array, etherType: number, tag: number): Uint8Array {
  const tagged = new Uint8Array(frame.length + 4);
  tagged.set(frame.subarray(0, VLAN_AT));
  put16(tagged, VLAN_AT, etherType);
  put16(tagged, VLAN_AT + 2, tag);
  tagged.set(frame.subarray(VLAN_AT), VLAN_AT + 4);
  return tagged;
}

/** Cuts a message with one header into frames of `segmentBytes` of payload, each with lengths, numbers and flags of its own. */
export function segments(message: Uint8Array, context: OffloadContext): Uint8Array[] {
  const { headerBytes, segmentBytes } = context;
  if (segmentBytes === 0 || headerBytes >= message.length) return [message];
  const frames: Uint8Array[] = [];
  for (let at = headerBytes; at < message.length; at += segmentBytes) {
    const payload = message.subarray(at, at + segmentBytes);
    const frame = new Uint8Array(headerBytes + payload.length);
    frame.set(message.subarray(0, headerBytes));
    frame.set(payload, headerBytes);
    fixHeaders(frame, context, { index: frames.length, offset: at - headerBytes, isLast: at + segmentBytes >= message.length });
    frames.push(frame);
  }
  return frames;
}

function fixHeaders(frame: Uint8Array, context: OffloadContext, piece: { index: number; offset: number; isLast: boolean }): void {
  const { ipStart, tcpStart, isIpv4, isTcp, tcpOffset } = context;
  if (isIpv4) {
    put16(frame, ipStart + 2, frame.length - ipStart);
    put16(frame, ipStart + 4, get16(frame, ipStart + 4) + piece.index);
  } else {
    put16(frame, ipStart + 4, frame.length - ipStart - 40);
  }
  const bytes = frame.length - tcpStart;
  if (isTcp) {
    const sequence = get16(frame, tcpStart + 4) * 0x1_0000 + get16(frame, tcpStart + 6) + piece.offset;
    put16(frame, tcpStart + 4, Math.floor(sequence / 0x1_0000));
    put16(frame, tcpStart + 6, sequence);
    if (!piece.isLast) frame[tcpStart + 13]! &= ~FIN_AND_PUSH;
  } else {
    put16(frame, tcpStart + 4, bytes);
  }
  // The driver's sum over the pseudo-header leaves out the length, which differs from piece to piece.
  put16(frame, tcpOffset, sum(new Uint8Array(0), 0, 0, get16(frame, tcpOffset) + bytes));
}
