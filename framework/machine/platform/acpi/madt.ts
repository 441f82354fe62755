/** Multiple APIC description table (ACPI 6.5, 5.2.12). */
import { little } from './bytes';
import { table } from './table';

const LOCAL_APIC_GPA = 0xfee0_0000;
const IO_APIC_GPA = 0xfec0_0000;
const PCAT_COMPATIBLE = 1;
const ENABLED = 1;
const ALL_PROCESSORS = 0xff;
/** MPS INTI flags: level triggered, active high. */
const LEVEL_HIGH = 0x0d;
const ISA_BUS = 0;

export interface MadtOptions {
  /** Local APIC ID of each vCPU. */
  readonly apicIds: readonly number[];
  readonly ioApicId: number;
  /** ISA interrupts that PCI devices share. */
  readonly levelIrqs: readonly number[];
}

function override(irq: number, gsi: number, flags: number): number[] {
  return [2, 10, ISA_BUS, irq, ...little(gsi, 4), ...little(flags, 2)];
}

export function madt({ apicIds, ioApicId, levelIrqs }: MadtOptions): readonly number[] {
  return table('APIC', 1, [
    ...little(LOCAL_APIC_GPA, 4),
    ...little(PCAT_COMPATIBLE, 4),
    ...apicIds.flatMap((id, processor) => [0, 8, processor, id, ...little(ENABLED, 4)]),
    ...[1, 12, ioApicId, 0, ...little(IO_APIC_GPA, 4), ...little(0, 4)],
    // The PIT's IRQ0 is on pin 2.
    ...override(0, 2, 0),
    ...levelIrqs.flatMap((irq) => override(irq, irq, LEVEL_HIGH)),
    // NMI on LINT1 of every processor.
    ...[4, 6, ALL_PROCESSORS, ...little(0, 2), 1],
  ]);
}
