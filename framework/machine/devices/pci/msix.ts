/**
 * MSI-X (PCI Local Bus Specification 3.0, 6.8.2): a table of messages and the bits of those that wait for their mask to go, behind a BAR
 * of 4 KiB.
 */
import type { MessageSink } from '../../bus/message-signalled';
import type { AccessSize, Resettable, Stateful } from '../../bus/types';
import type { WindowTarget } from './bar-window';
import type { PciRegister } from './pci-function';

const CAPABILITY = 0x11;
const CAPABILITY_BYTES = 12;
const [ENABLE, FUNCTION_MASK] = [0x8000, 0x4000] as const;
const ENTRY_DWORDS = 4;
const [ADDRESS, ADDRESS_HIGH, DATA, CONTROL] = [0, 1, 2, 3] as const;
const MASKED = 1;
export const MSIX_BAR_BYTES = 0x1000;
const PENDING_BITS = 0x800;

interface MsixState {
  enabled: boolean;
  functionMasked: boolean;
  /** Four dwords a vector. */
  entries: number[];
  pending: boolean[];
}

export interface MsixOptions {
  readonly name: string;
  /** At most 32. */
  readonly vectors: number;
  readonly send: MessageSink;
}

export class MsixTable implements WindowTarget, Stateful<MsixState>, Resettable {
  readonly name: string;
  readonly vectors: number;
  readonly state: MsixState;
  private readonly send: MessageSink;

  constructor({ name, vectors, send }: MsixOptions) {
    this.name = name;
    this.vectors = vectors;
    this.send = send;
    this.state = powerOn(vectors);
  }

  reset(): void {
    Object.assign(this.state, powerOn(this.vectors));
  }

  /** The capability at `at`, its table and pending bits behind BAR `bar`. */
  capability(at: number, next: number, bar: number): PciRegister[] {
    return [
      {
        offset: at,
        size: 4,
        reset: CAPABILITY | (next << 8) | ((this.vectors - 1) << 16),
        writable: ((ENABLE | FUNCTION_MASK) << 16) >>> 0,
      },
      { offset: at + 4, size: 4, reset: bar, writable: 0 },
      { offset: at + CAPABILITY_BYTES - 4, size: 4, reset: PENDING_BITS | bar, writable: 0 },
    ];
  }

  get enabled(): boolean {
    return this.state.enabled;
  }

  /** Message control as the function's configuration space has it now. */
  configure(control: number): void {
    this.state.enabled = (control & ENABLE) !== 0;
    this.state.functionMasked = (control & FUNCTION_MASK) !== 0;
    this.sendPending();
  }

  /** What the vector is for has happened. */
  signal(vector: number): void {
    if (!this.enabled || vector >= this.vectors) return;
    this.state.pending[vector] = true;
    this.sendPending();
  }

  read(offset: number, size: AccessSize): number | undefined {
    if (size !== 4 || offset & 3) return undefined;
    if (offset === PENDING_BITS) return this.state.pending.reduce((bits, isPending, vector) => bits + (isPending ? 2 ** vector : 0), 0);
    return this.state.entries[offset / 4] ?? 0;
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    if (size !== 4 || offset & 3) return false;
    const index = offset / 4;
    if (index >= this.state.entries.length) return true; // the pending bits are read-only
    const field = index % ENTRY_DWORDS;
    this.state.entries[index] = field === ADDRESS ? (value & ~3) >>> 0 : field === CONTROL ? value & MASKED : value >>> 0;
    if (field === CONTROL) this.sendPending();
    return true;
  }

  private sendPending(): void {
    const { enabled, functionMasked, entries, pending } = this.state;
    if (!enabled || functionMasked) return;
    for (let vector = 0; vector < this.vectors; vector++) {
      const at = vector * ENTRY_DWORDS;
      if (!pending[vector] || entries[at + CONTROL]! & MASKED) continue;
      pending[vector] = false;
      this.send(entries[at + ADDRESS]! + entries[at + ADDRESS_HIGH]! * 2 ** 32, entries[at + DATA]!);
    }
  }
}

function powerOn(vectors: number): MsixState {
  return {
    enabled: false,
    functionMasked: false,
    entries: Array.from({ length: vectors * ENTRY_DWORDS }, (_, index) => (index % ENTRY_DWORDS === CONTROL ? MASKED : 0)),
    pending: Array.from({ length: vectors }, () => false),
  };
}
