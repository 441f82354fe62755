/**
 * The xenstore ring page (docs/misc/xenstore-ring.txt): requests at 0, replies at 400h, their indices at 800h. The indices
 * run freely and are masked; the guest may write a message in any number of pieces and may leave the reply ring full.
 */
import { PAGE_BYTES } from '../../../../quantities/units';
import type { Gfn } from '../../../../quantities/units';
import type { PhysicalMemory } from '../../../core-host/types';
import type { XenstoreServer } from './server';
import { HEADER_BYTES, PAYLOAD_MAX, bytesToText, decodeHeader, encodeMessage, textToBytes } from './wire';
import type { Message } from './wire';

const RING_BYTES = 1024;
const REQUESTS = 0;
const REPLIES = 1024;
const REQ_CONS = 2048;
const REQ_PROD = 2052;
const RSP_CONS = 2056;
const RSP_PROD = 2060;
const SERVER_FEATURES = 2064;
const CONNECTION = 2068;
const FEATURE_RECONNECTION = 1;
const CONNECTED = 0;
/** What the rings are filled with when they start anew: a message type that is never valid. */
const INVALID = 0xff;
/** With that many messages waiting, no further request is read. */
const MAX_WAITING = 1024;

export interface XenstoreRingState {
  /** Bytes of the request under way. */
  incoming: string;
  /** Replies and events that are not wholly in the ring yet. */
  outgoing: string[];
  /** The guest broke the protocol: it is not listened to any more. */
  broken: boolean;
}

export class XenstoreRing {
  readonly name = 'xenstore-ring';
  readonly state: XenstoreRingState = { incoming: '', outgoing: [], broken: false };
  private readonly base: number;

  constructor(
    private readonly memory: PhysicalMemory,
    gfn: Gfn,
    private readonly server: () => XenstoreServer,
    /** Raises the guest's event channel. */
    private readonly notify: () => void,
  ) {
    this.base = gfn * PAGE_BYTES;
  }

  reset(): void {
    Object.assign(this.state, { incoming: '', outgoing: [], broken: false });
  }

  /** xenstored takes the connection on: it says what it can do. */
  introduce(): void {
    this.setIndex(SERVER_FEATURES, FEATURE_RECONNECTION);
  }

  readonly send = (message: Message): void => {
    this.state.outgoing.push(bytesToText(encodeMessage(message)));
  };

  /** The guest sent an event: reads all it can and answers. */
  process(): void {
    if (this.state.broken) return;
    if (this.index(CONNECTION) !== CONNECTED) {
      this.reconnect();
      return;
    }
    for (;;) {
      const read = this.readRequests();
      const written = this.flush();
      if (!read && !written) return;
    }
  }

  private index(offset: number): number {
    return new DataView(this.memory.read(this.base + offset, 4).buffer).getUint32(0, true);
  }

  private setIndex(offset: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
    this.memory.write(this.base + offset, bytes);
  }

  private reconnect(): void {
    for (const offset of [REQ_CONS, REQ_PROD, RSP_CONS, RSP_PROD]) this.setIndex(offset, 0);
    this.memory.write(this.base + REQUESTS, new Uint8Array(2 * RING_BYTES).fill(INVALID));
    this.setIndex(CONNECTION, CONNECTED);
    this.state.incoming = '';
    this.state.outgoing = [];
    this.server().disconnect();
    this.notify();
  }

  /** Copies from or to a ring, across its end. */
  private pieces(start: number, length: number): { at: number; count: number }[] {
    const at = start % RING_BYTES;
    const first = Math.min(length, RING_BYTES - at);
    return first === length
      ? [{ at, count: length }]
      : [
          { at, count: first },
          { at: 0, count: length - first },
        ];
  }

  /** Takes what the request under way still needs from the ring, and serves it when it is whole. */
  private readRequests(): boolean {
    let progress = false;
    while (this.state.outgoing.length < MAX_WAITING) {
      const wanted = this.missingBytes();
      if (wanted > 0 && !this.take(wanted)) return progress;
      progress = true;
      if (this.missingBytes() === 0) this.serve();
    }
    return progress;
  }

  private missingBytes(): number {
    const { incoming } = this.state;
    if (incoming.length < HEADER_BYTES) return HEADER_BYTES - incoming.length;
    return HEADER_BYTES + this.payloadBytes() - incoming.length;
  }

  private payloadBytes(): number {
    return Math.min(PAYLOAD_MAX, decodeHeader(textToBytes(this.state.incoming.slice(0, HEADER_BYTES))).length);
  }

  /** false: the ring is empty, or its indices are impossible. */
  private take(wanted: number): boolean {
    const consumed = this.index(REQ_CONS);
    const available = (this.index(REQ_PROD) - consumed) >>> 0;
    if (available > RING_BYTES) {
      this.state.broken = true;
      return false;
    }
    const length = Math.min(wanted, available);
    if (length === 0) return false;
    for (const { at, count } of this.pieces(consumed, length)) {
      this.state.incoming += bytesToText(this.memory.read(this.base + REQUESTS + at, count));
    }
    this.setIndex(REQ_CONS, consumed + length);
    this.notify();
    return true;
  }

  private serve(): void {
    const { incoming } = this.state;
    const header = decodeHeader(textToBytes(incoming.slice(0, HEADER_BYTES)));
    this.state.incoming = '';
    this.server().request({ ...header, payload: incoming.slice(HEADER_BYTES) }, this.send);
  }

  /** Writes as much as fits. */
  flush(): boolean {
    let progress = false;
    for (let next = this.state.outgoing[0]; next !== undefined; next = this.state.outgoing[0]) {
      const produced = this.index(RSP_PROD);
      const used = (produced - this.index(RSP_CONS)) >>> 0;
      if (used > RING_BYTES) {
        this.state.broken = true;
        return progress;
      }
      const length = Math.min(next.length, RING_BYTES - used);
      if (length === 0) return progress;
      this.put(produced, next.slice(0, length));
      if (length === next.length) this.state.outgoing.shift();
      else this.state.outgoing[0] = next.slice(length);
      progress = true;
    }
    return progress;
  }

  private put(produced: number, text: string): void {
    const bytes = textToBytes(text);
    let done = 0;
    for (const { at, count } of this.pieces(produced, bytes.length)) {
      this.memory.write(this.base + REPLIES + at, bytes.subarray(done, done + count));
      done += count;
    }
    this.setIndex(RSP_PROD, produced + bytes.length);
    this.notify();
  }
}
