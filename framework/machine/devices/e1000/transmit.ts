import type { DmaMemory } from '../../bus/types';
import { insertChecksum, insertVlan, type OffloadContext, segments } from './offload';
import * as R from './registers';
import { address, type Ring } from './ring';
import type { E1000State } from './state';

/** Command byte of every descriptor. */
const EOP = 0x01;
const IC = 0x04;
const TSE = 0x04;
const RS = 0x08;
const DEXT = 0x20;
const VLE = 0x40;
const DONE = new Uint8Array([1]);
const TYPE_DATA = 1;
/** POPTS of a data descriptor. */
const IXSM = 0x01;
const TXSM = 0x02;
/** The most that a message gathered from descriptors may have: PAYLEN has 20 bits, and there is a header. */
const MAX_BYTES = 0x11_0000;
const LEAST_BYTES = 60;

export interface TransmitHost {
  readonly memory: DmaMemory;
  readonly state: E1000State;
  readonly ring: Ring;
  /** A whole frame without its check sequence. */
  send(frame: Uint8Array): void;
}

/** Works off the transmit ring. Interrupt causes that come of it. */
export function transmit(host: TransmitHost): number {
  const { ring } = host;
  if (!(host.state.file[R.TCTL / 4]! & R.TCTL_EN) || ring.available === 0) return 0;
  let causes = R.CAUSE.TXQE;
  for (let left = ring.available; left > 0; left--) {
    const descriptor = ring.read();
    const command = descriptor.getUint8(11);
    if (!(command & DEXT)) legacy(host, descriptor, command);
    else if (descriptor.getUint8(10) >> 4 === TYPE_DATA) data(host, descriptor, command);
    else setContext(host.state, descriptor);
    if (command & RS) {
      ring.write(12, DONE);
      causes |= R.CAUSE.TXDW;
    }
    ring.advance();
  }
  return causes;
}

function legacy(host: TransmitHost, descriptor: DataView, command: number): void {
  const { state } = host;
  gather(host, descriptor, descriptor.getUint16(8, true));
  if (!(command & EOP)) return;
  const frame = take(state);
  if (command & IC) insertChecksum(frame, descriptor.getUint8(13), descriptor.getUint8(10), 0);
  finish(host, frame, command, descriptor);
}

function data(host: TransmitHost, descriptor: DataView, command: number): void {
  const { state } = host;
  if (state.gathered.length === 0) {
    state.options = descriptor.getUint8(13);
    state.isSegmented = (command & TSE) !== 0;
  }
  gather(host, descriptor, descriptor.getUint32(8, true) & 0xf_ffff);
  if (!(command & EOP)) return;
  const message = take(state);
  const { context, options } = state;
  for (const frame of state.isSegmented ? segments(message, context) : [message]) {
    if (options & TXSM) insertChecksum(frame, context.tcpStart, context.tcpOffset, context.tcpEnd);
    if (options & IXSM) insertChecksum(frame, context.ipStart, context.ipOffset, context.ipEnd);
    finish(host, frame, command, descriptor);
  }
}

function gather({ memory, state }: TransmitHost, descriptor: DataView, length: number): void {
  const room = Math.max(0, Math.min(length, MAX_BYTES - state.gathered.length));
  for (const byte of memory.read(address(descriptor), room)) state.gathered.push(byte);
}

function take(state: E1000State): Uint8Array {
  const frame = Uint8Array.from(state.gathered);
  state.gathered = [];
  return frame;
}

function finish(host: TransmitHost, frame: Uint8Array, command: number, descriptor: DataView): void {
  const { ctrl, file } = host.state;
  if (frame.length === 0) return;
  const isTagged = command & VLE && ctrl & R.CTRL_VME;
  const tagged = isTagged ? insertVlan(frame, file[R.VET / 4]! & 0xffff, descriptor.getUint16(14, true)) : frame;
  const isPadded = file[R.TCTL / 4]! & R.TCTL_PSP && tagged.length < LEAST_BYTES;
  const padded = isPadded ? new Uint8Array(LEAST_BYTES) : tagged;
  if (isPadded) padded.set(tagged);
  host.send(padded);
}

function setContext(state: E1000State, descriptor: DataView): void {
  const command = descriptor.getUint8(11);
  state.context = {
    ipStart: descriptor.getUint8(0),
    ipOffset: descriptor.getUint8(1),
    ipEnd: descriptor.getUint16(2, true),
    tcpStart: descriptor.getUint8(4),
    tcpOffset: descriptor.getUint8(5),
    tcpEnd: descriptor.getUint16(6, true),
    payloadBytes: descriptor.getUint32(8, true) & 0xf_ffff,
    headerBytes: descriptor.getUint8(13),
    segmentBytes: descriptor.getUint16(14, true),
    isTcp: (command & 0x01) !== 0,
    isIpv4: (command & 0x02) !== 0,
  } satisfies OffloadContext;
}
