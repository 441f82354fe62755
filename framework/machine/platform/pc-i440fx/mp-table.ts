/** The tables of the MultiProcessor Specification 1.4, chapter 4, as a PC BIOS leaves them: kernels older than ACPI find CPUs and interrupts there. */
import type { Gpa } from '../../../quantities/units';
import { ascii, little } from '../acpi/bytes';
import type { ConfigAccess } from './pci-resources';

const REVISION = 4;
const HEADER_BYTES = 44;
const FLOATING_BYTES = 16;
const FLOATING_CHECKSUM = 10;
const HEADER_CHECKSUM = 7;
const LOCAL_APIC_GPA = 0xfee0_0000;
const LOCAL_APIC_VERSION = 0x14;
const IO_APIC_GPA = 0xfec0_0000;
const IO_APIC_VERSION = 0x11;
const ENABLED = 1;
const BOOT_PROCESSOR = 2;
const PROCESSOR = 0;
const BUS = 1;
const IO_APIC = 2;
const IO_INTERRUPT = 3;
const LOCAL_INTERRUPT = 4;
const VECTORED = 0;
const NMI = 1;
const EXT_INT = 3;
/** As the bus has it. */
const CONFORMS = 0;
const LEVEL_HIGH = 0x0d;
const PCI_BUS = 0;
const ISA_BUS = 1;
const ISA_IRQS = 16;
/** The second 8259A's place at the first. */
const CASCADE = 2;
/** The PIT's IRQ0 is on pin 2. */
const TIMER_PIN = 2;
const ALL_LOCAL_APICS = 0xff;
const FUNCTIONS = 0x100;
const VENDOR_ID = 0x00;
const ABSENT = 0xffff;
const INTERRUPT_LINE = 0x3c;
const INTERRUPT_PIN = 0x3d;

export interface MpTableFacts {
  /** Of each vCPU. */
  readonly apicIds: readonly number[];
  readonly ioApicId: number;
  /** EAX and EDX of CPUID's leaf 1. */
  readonly signature: number;
  readonly features: number;
  readonly pci: Pick<ConfigAccess, 'readConfig'>;
}

/** Floating pointer and configuration table in a row, for `gpa`, which is a multiple of 16. */
export function mpTable(facts: MpTableFacts, gpa: Gpa): Uint8Array {
  const entries = [...processors(facts), ...buses(), ioApic(facts), ...interrupts(facts)];
  const body = entries.flat();
  const header = [
    ...ascii('PCMP'),
    ...little(HEADER_BYTES + body.length, 2),
    ...[REVISION, 0],
    ...ascii('MILEPOST', 8),
    ...ascii('PC', 12, 0x20),
    ...little(0, 6), // no OEM table
    ...little(entries.length, 2),
    ...little(LOCAL_APIC_GPA, 4),
    ...little(0, 4), // no extended entries
  ];
  const config = Uint8Array.from([...header, ...body]);
  const floating = Uint8Array.from([...ascii('_MP_'), ...little(gpa + FLOATING_BYTES, 4), 1, REVISION, 0, 0, 0, 0, 0, 0]);
  config[HEADER_CHECKSUM] = complement(config);
  floating[FLOATING_CHECKSUM] = complement(floating);
  return Uint8Array.from([...floating, ...config]);
}

function complement(bytes: Uint8Array): number {
  return -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

function processors({ apicIds, signature, features }: MpTableFacts): number[][] {
  return apicIds.map((id, index) => [
    ...[PROCESSOR, id, LOCAL_APIC_VERSION, ENABLED | (index === 0 ? BOOT_PROCESSOR : 0)],
    ...little(signature, 4),
    ...little(features, 4),
    ...little(0, 8),
  ]);
}

function buses(): number[][] {
  return [
    [BUS, PCI_BUS, ...ascii('PCI', 6, 0x20)],
    [BUS, ISA_BUS, ...ascii('ISA', 6, 0x20)],
  ];
}

function ioApic({ ioApicId }: MpTableFacts): number[] {
  return [IO_APIC, ioApicId, IO_APIC_VERSION, ENABLED, ...little(IO_APIC_GPA, 4)];
}

/** PCI functions by the line that they were given, then what ISA has left, then the pins of the local APICs. */
function interrupts({ pci, ioApicId }: MpTableFacts): number[][] {
  const entries: number[][] = [];
  const known = new Set<number>();
  const shared = new Set<number>();
  for (let bdf = 0; bdf < FUNCTIONS; bdf++) {
    if (pci.readConfig(bdf, VENDOR_ID, 2) === ABSENT) continue;
    const pin = pci.readConfig(bdf, INTERRUPT_PIN, 1);
    const line = pci.readConfig(bdf, INTERRUPT_LINE, 1);
    const source = ((bdf >> 3) << 2) | (pin - 1);
    if (pin === 0 || line >= ISA_IRQS || known.has(source)) continue;
    known.add(source);
    shared.add(line);
    entries.push([IO_INTERRUPT, VECTORED, ...little(LEVEL_HIGH, 2), PCI_BUS, source, ioApicId, line]);
  }
  for (let irq = 0; irq < ISA_IRQS; irq++) {
    if (irq === CASCADE || shared.has(irq)) continue;
    entries.push([IO_INTERRUPT, VECTORED, ...little(CONFORMS, 2), ISA_BUS, irq, ioApicId, irq === 0 ? TIMER_PIN : irq]);
  }
  entries.push([LOCAL_INTERRUPT, EXT_INT, ...little(CONFORMS, 2), ISA_BUS, 0, 0, 0]);
  entries.push([LOCAL_INTERRUPT, NMI, ...little(CONFORMS, 2), ISA_BUS, 0, ALL_LOCAL_APICS, 1]);
  return entries;
}
