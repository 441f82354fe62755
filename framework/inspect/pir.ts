import { byteSum, ByteView } from './byte-view';

export const PIR_SIGNATURE = '$PIR';
const HEADER_BYTES = 32;
const SLOT_BYTES = 16;

interface PirSlot {
  readonly bus: number;
  /** Device and function as PCI has them: device << 3 | function. */
  readonly devfn: number;
  /** Link value and bitmap of usable IRQs of INTA# to INTD#. */
  readonly pins: readonly { readonly link: number; readonly irqs: number }[];
  readonly slot: number;
}

export interface Pir {
  readonly bytes: Uint8Array;
  readonly sum: number;
  readonly version: number;
  readonly routerBus: number;
  readonly routerDevfn: number;
  /** Vendor in the low, device in the high half. */
  readonly compatibleRouter: number;
  readonly slots: readonly PirSlot[];
}

/** The length a `$PIR` header claims, or 0 when it is none. */
export function pirLength(header: Uint8Array): number {
  const view = new ByteView(header);
  return view.text(0, 4) === PIR_SIGNATURE && view.has(0, 8) ? view.u16(6) : 0;
}

/** PCI IRQ routing table (Microsoft's $PIR specification); undefined when the bytes are none. */
export function parsePir(bytes: Uint8Array): Pir | undefined {
  const length = pirLength(bytes);
  if (length < HEADER_BYTES || length > bytes.length) return undefined;
  const view = new ByteView(bytes.subarray(0, length));
  const slots: PirSlot[] = [];
  for (let at = HEADER_BYTES; at + SLOT_BYTES <= length; at += SLOT_BYTES) {
    const pins = [0, 1, 2, 3].map((pin) => ({ link: view.u8(at + 2 + pin * 3), irqs: view.u16(at + 3 + pin * 3) }));
    slots.push({ bus: view.u8(at), devfn: view.u8(at + 1), pins, slot: view.u8(at + 14) });
  }
  return {
    bytes: view.bytes,
    sum: byteSum(view.bytes),
    version: view.u16(4),
    routerBus: view.u8(8),
    routerDevfn: view.u8(9),
    compatibleRouter: view.u32(12),
    slots,
  };
}
