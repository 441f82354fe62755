/** PCI INTx to I/O APIC pins 16-47 on Xen (xen/include/asm-x86/hvm/irq.h: hvm_pci_intx_gsi), each a wired OR of slots' pins. */
import type { Line } from '../../bus/types';

const FIRST_GSI = 16;
const GSIS = 32;

function gsiOf(device: number, pin: number): number {
  return FIRST_GSI + ((device * 4 + (device >> 3) + pin) % GSIS);
}

/** PIRQ line of a slot's pin (hvm_pci_intx_link). */
export function xenPirq(device: number, pin: number): number {
  return (device + pin) & 3;
}

export class PciGsiRouter {
  readonly name = 'pci-gsi-router';
  /** Asserted pins, as device * 4 + pin. */
  readonly state: { asserted: number[] } = { asserted: [] };

  constructor(private readonly line: (gsi: number) => Line) {}

  reset(): void {
    this.state.asserted = [];
  }

  readonly setPin = (device: number, pin: number, level: boolean): void => {
    const key = device * 4 + pin;
    const others = this.state.asserted.filter((asserted) => asserted !== key);
    this.state.asserted = level ? [...others, key] : others;
    const gsi = gsiOf(device, pin);
    this.line(gsi).set(this.state.asserted.some((asserted) => gsiOf(asserted >> 2, asserted & 3) === gsi));
  };
}
