/**
 * How event channel upcalls reach the guest as an interrupt (HVM_PARAM_CALLBACK_IRQ; xen/arch/x86/hvm/irq.c of 4.17): a
 * GSI, an INTx pin of a PCI device, or a vector that every vCPU gets directly.
 */
import type { Line } from '../../bus/types';

type Via =
  | { readonly kind: 'none' }
  | { readonly kind: 'gsi'; readonly gsi: number }
  | { readonly kind: 'intx'; readonly device: number; readonly pin: number }
  | { readonly kind: 'vector'; readonly vector: number };

export interface CallbackViaHost {
  /** Global system interrupts 0-47. */
  gsi(gsi: number): Line;
  setPciPin(device: number, pin: number, level: boolean): void;
  /** evtchn_upcall_pending of a vCPU. */
  upcallPending(vcpu: number): boolean;
  /** Delivers a vector to a vCPU as its local APIC would. */
  injectVector(vcpu: number, vector: number): void;
  readonly vcpus: number;
}

const TYPE_SHIFT = 56n;
const TYPE_GSI = 0;
const TYPE_PCI_INTX = 1;
const TYPE_VECTOR = 2;
const GSIS = 48;

function parseVia(value: bigint): Via {
  const low = Number(value & 0xffffn);
  switch (Number(value >> TYPE_SHIFT)) {
    case TYPE_GSI: {
      const gsi = low & 0xff;
      return gsi === 0 || gsi >= GSIS ? { kind: 'none' } : { kind: 'gsi', gsi };
    }
    case TYPE_PCI_INTX:
      return { kind: 'intx', device: (low >> 11) & 31, pin: low & 3 };
    case TYPE_VECTOR:
      return { kind: 'vector', vector: low & 0xff };
    default:
      return { kind: 'none' };
  }
}

export class CallbackVia {
  readonly name = 'callback-via';
  readonly state: { via: Via; asserted: boolean } = { via: { kind: 'none' }, asserted: false };

  constructor(private readonly host: CallbackViaHost) {}

  reset(): void {
    Object.assign(this.state, { via: { kind: 'none' }, asserted: false });
  }

  set(value: bigint): void {
    this.drive(false);
    this.state.via = parseVia(value);
    for (let vcpu = 0; vcpu < this.host.vcpus; vcpu++) this.upcall(vcpu);
  }

  /** A vCPU's upcall became pending, or the guest may have taken it. */
  upcall(vcpu: number): void {
    const { via } = this.state;
    if (via.kind === 'vector') {
      if (this.host.upcallPending(vcpu)) this.host.injectVector(vcpu, via.vector);
    } else if (vcpu === 0) {
      this.drive(this.host.upcallPending(0));
    }
  }

  /** Xen looks at the flag whenever the guest comes back to it: a line that is high falls once the flag is clear. */
  refresh(): void {
    if (this.state.asserted && !this.host.upcallPending(0)) this.drive(false);
  }

  private drive(level: boolean): void {
    const { via, asserted } = this.state;
    if (asserted === level) return;
    this.state.asserted = level;
    if (via.kind === 'gsi') this.host.gsi(via.gsi).set(level);
    else if (via.kind === 'intx') this.host.setPciPin(via.device, via.pin, level);
  }
}
