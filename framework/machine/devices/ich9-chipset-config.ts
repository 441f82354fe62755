/**
 * Chipset configuration registers of the ICH9 behind RCBA, 16 KiB (datasheet 316972, chapter 10): which PIRQ each INTx pin of devices 25-31
 * is, the NO_REBOOT strap, and memory for the rest.
 */
import type { AccessSize, Resettable, Stateful } from '../bus/types';

const BYTES = 0x4000;
/** D31IR, D30IR, D29IR, D28IR, D27IR, D26IR, D25IR by device number. */
const INTERRUPT_ROUTES: Readonly<Record<number, number>> = {
  31: 0x3140,
  29: 0x3144,
  28: 0x3146,
  27: 0x3148,
  26: 0x314c,
  25: 0x3150,
};
/** INTA-INTD to PIRQA-PIRQD. */
const ROUTE_RESET = 0x3210;
/** Interrupt pins: one for each function, as the datasheet has them. */
const PIN_RESETS: readonly (readonly [offset: number, value: number])[] = [
  [0x3100, 0x0304_2101],
  [0x3108, 0x1000_4321],
  [0x310c, 0x0021_4321],
  [0x3110, 0x0000_0001],
  [0x3114, 0x3000_0321],
  [0x3118, 0x0000_0001],
];
/** General control and status: NO_REBOOT, set by strap. */
const GCS = 0x3410;
const NO_REBOOT = 0x20;

function resetRegisters(): Uint8Array {
  const bytes = new Uint8Array(BYTES);
  const view = new DataView(bytes.buffer);
  for (const offset of Object.values(INTERRUPT_ROUTES)) view.setUint16(offset, ROUTE_RESET, true);
  for (const [offset, value] of PIN_RESETS) view.setUint32(offset, value, true);
  view.setUint32(GCS, NO_REBOOT, true);
  return bytes;
}

export class Ich9ChipsetConfig implements Stateful<{ registers: Uint8Array }>, Resettable {
  readonly name = 'ich9-chipset-config';
  readonly state = { registers: resetRegisters() };

  /** `rerouted`: a DxxIR register may have changed. */
  constructor(private readonly rerouted: () => void) {}

  reset(): void {
    this.state.registers = resetRegisters();
    this.rerouted();
  }

  /** PIRQ 0-7 of a device's pin (0 = INTA). Devices below 25 and the PCI bridge (30) have PIRQE-H. */
  pirq(device: number, pin: number): number {
    const at = INTERRUPT_ROUTES[device];
    if (at === undefined) return device === 30 ? pin + 4 : ((device + pin) & 3) + 4;
    const { registers } = this.state;
    return ((registers[at]! | (registers[at + 1]! << 8)) >> (4 * pin)) & 7;
  }

  get noReboot(): boolean {
    return (this.state.registers[GCS]! & NO_REBOOT) !== 0;
  }

  read(offset: number, size: AccessSize): number | undefined {
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + (this.state.registers[offset + index] ?? 0xff);
    return value;
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    for (let index = 0; index < size && offset + index < BYTES; index++) {
      this.state.registers[offset + index] = (value >>> (8 * index)) & 0xff;
    }
    this.rerouted();
    return true;
  }
}
