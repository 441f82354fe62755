import { hex } from '../../quantities/hex';
import type { EventKind, TraceEvent } from '../../trace/events';

/** One thing on a track: from `atNs` on, for `ns` (0: a moment). */
export interface Slice {
  readonly name: string;
  readonly atNs: number;
  readonly ns: number;
  readonly args?: Readonly<Record<string, number | string>>;
}

/** Makes the slices of one track from the events in order; `end` closes what is open. */
export interface Track {
  readonly name: string;
  feed(event: TraceEvent): Slice | undefined;
  end?(atNs: number): Slice | undefined;
}

/** A state that lasts until the next: CPU mode, POST code. */
class StateTrack implements Track {
  #name: string | undefined;
  #sinceNs = 0;

  constructor(
    readonly name: string,
    private readonly stateOf: (event: TraceEvent) => string | undefined,
    initial?: string,
  ) {
    this.#name = initial;
  }

  feed(event: TraceEvent): Slice | undefined {
    const next = this.stateOf(event);
    if (next === undefined || next === this.#name) return undefined;
    const slice = this.end(event.atNs);
    this.#name = next;
    this.#sinceNs = event.atNs;
    return slice;
  }

  end(atNs: number): Slice | undefined {
    return this.#name === undefined ? undefined : { name: this.#name, atNs: this.#sinceNs, ns: atNs - this.#sinceNs };
  }
}

/** Moments: one slice an event. */
class MomentTrack implements Track {
  constructor(
    readonly name: string,
    private readonly sliceOf: (event: TraceEvent) => Omit<Slice, 'atNs' | 'ns'> | undefined,
  ) {}

  feed(event: TraceEvent): Slice | undefined {
    const slice = this.sliceOf(event);
    return slice && { ...slice, atNs: event.atNs, ns: 0 };
  }
}

const LINE_MAX = 200;

/** Lines of text, each from its first byte to its last. */
class TextTrack implements Track {
  #text = '';
  #sinceNs = 0;
  #lastNs = 0;

  constructor(
    readonly name: string,
    private readonly byteOf: (event: TraceEvent) => number | undefined,
  ) {}

  feed(event: TraceEvent): Slice | undefined {
    const byte = this.byteOf(event);
    if (byte === undefined) return undefined;
    if (byte === 10 || byte === 13) return this.end();
    if (this.#text === '') this.#sinceNs = event.atNs;
    this.#lastNs = event.atNs;
    this.#text += String.fromCharCode(byte);
    return this.#text.length >= LINE_MAX ? this.end() : undefined;
  }

  end(): Slice | undefined {
    const name = this.#text;
    this.#text = '';
    return name === '' ? undefined : { name, atNs: this.#sinceNs, ns: this.#lastNs - this.#sinceNs };
  }
}

function cpuMode(event: TraceEvent): string | undefined {
  return event.kind === 'mode' && event.vcpu === 0 ? `${event.mode}${event.paging === 1 ? ', paging' : ''}` : undefined;
}

function biosCall(event: TraceEvent): Omit<Slice, 'atNs' | 'ns'> | undefined {
  if (event.kind !== 'software-interrupt') return undefined;
  const { vector, ax, bx, cx, dx } = event;
  return { name: `INT ${vector.toString(16)}h AX=${hex(ax, 4)}`, args: { bx: hex(bx), cx: hex(cx), dx: hex(dx) } };
}

function disk(event: TraceEvent): Omit<Slice, 'atNs' | 'ns'> | undefined {
  if (event.kind !== 'disk-read' && event.kind !== 'disk-write') return undefined;
  const { lba, count, gpa, controller } = event;
  return { name: `${event.kind.slice(5)} ${event.disk} lba ${lba}`, args: { count, gpa: hex(gpa), controller } };
}

function pci(event: TraceEvent): Omit<Slice, 'atNs' | 'ns'> | undefined {
  if (event.kind !== 'pci-config-read' && event.kind !== 'pci-config-write') return undefined;
  const { bdf, register, size, value } = event;
  const place = `${hex(bdf >> 8).slice(2)}:${hex((bdf >> 3) & 31).slice(2)}.${bdf & 7}`;
  return { name: `${event.kind.slice(11)} ${place} ${hex(register)}`, args: { size, value: hex(value) } };
}

function machine(event: TraceEvent): Omit<Slice, 'atNs' | 'ns'> | undefined {
  if (event.kind === 'reset') return { name: `reset by ${event.source}` };
  if (event.kind === 'shutdown') return { name: `shutdown by ${event.source}` };
  return event.kind === 'triple-fault' || event.kind === 'halted' ? { name: event.kind } : undefined;
}

/** What the tracks are made of. */
export const TRACK_KINDS: readonly EventKind[] = [
  ...(['mode', 'post', 'software-interrupt', 'disk-read', 'disk-write', 'serial', 'debug-console'] as const),
  ...(['pci-config-read', 'pci-config-write', 'reset', 'shutdown', 'triple-fault', 'halted'] as const),
];

/** A fresh set of tracks for one run, in the order of showing. */
export function tracks(): Track[] {
  return [
    new StateTrack('CPU mode', cpuMode, 'real'),
    new StateTrack('POST', (event) => (event.kind === 'post' ? hex(event.code, 2) : undefined)),
    new MomentTrack('BIOS calls', biosCall),
    new MomentTrack('Disk', disk),
    new TextTrack('Serial', (event) => (event.kind === 'serial' && event.uart === 0 ? event.byte : undefined)),
    new TextTrack('Debug console', (event) => (event.kind === 'debug-console' ? event.byte : undefined)),
    new MomentTrack('PCI', pci),
    new MomentTrack('Machine', machine),
  ];
}
