/** The ACPI tables of a Q35 machine, for firmware to place: see acpi/table-set. */
import { type Aml, device, eisaId, integer, method, name, packageOf, path, returnOf, scope, when } from '../acpi/aml';
import { join } from '../acpi/bytes';
import { fadt, FADT_FLAG } from '../acpi/fadt';
import { fixedLink, hpetDevice, interruptModel, legacyDevices, link, processors, routingRegisters, sleepState } from '../acpi/isa-devices';
import { madt } from '../acpi/madt';
import { operatingSystemCapabilities } from '../acpi/pcie-root';
import { busWindow, highWindow, io, ioWindow, memory32, memoryWindow, resources } from '../acpi/resources';
import { hpet, mcfg, table, waet } from '../acpi/table';
import { tableFiles, type TableFiles } from '../acpi/table-set';
import { ACPI_DISABLE, ACPI_ENABLE, FIRST_PIRQ_PIN, GPE0, GPE_BYTES, SCI_IRQ, SLEEP_SOFT_OFF, SMI_COMMAND } from './ich9';

const DSDT_REVISION = 1;
const ISA_BRIDGE = 0x001f_0000;
/** PIRQ[A:D]_ROUT and PIRQ[E:H]_ROUT of the ICH9. */
const ROUTING = [0x60, 0x68] as const;
const CHOICES = [5, 10, 11];
const PIRQS = Array.from('ABCDEFGH');
const DEVICES = 32;
const FIRST_CHIPSET_DEVICE = 25;
const PCI_BRIDGE = 30;
/** The last byte below the I/O APIC that the host bridge passes on. */
const WINDOW_LAST = 0xfebf_ffff;
const BUS_BYTES = 0x10_0000;
const IO_APIC_ID = 0;
const RESET = { port: 0xcf9, value: 0x0f } as const;

export interface Q35AcpiOptions {
  readonly vcpus: number;
  readonly uarts: number;
  readonly printer: boolean;
  readonly apicId: (vcpu: number) => number;
  /** First address that is not RAM below 4 GiB. */
  readonly below4GiB: number;
  readonly above4GiB: number;
  readonly physicalAddressBits: number;
  readonly apic: boolean;
  readonly hpet: { readonly gpa: number; readonly eventTimerBlock: number } | undefined;
  /** Configuration space in memory, below 4 GiB when firmware has turned it on. */
  readonly ecam: { readonly base: number; readonly buses: number };
  /** Where the ICH9's ACPI block decodes. */
  readonly pmBase: number;
}

/** PIRQ 0-7 of a slot's pin, with the routes of devices 25-31 as they are out of reset (datasheet 316972, 10.1.43 on). */
function pirq(slot: number, pin: number): number {
  if (slot < FIRST_CHIPSET_DEVICE) return ((slot + pin) & 3) + 4;
  return slot === PCI_BRIDGE ? pin + 4 : pin;
}

function routes(at: string, prefix: string): Aml {
  const entries = Array.from({ length: 4 * DEVICES }, (_, index) => {
    const slot = index >> 2;
    const pin = index & 3;
    return packageOf(integer(slot * 0x1_0000 + 0xffff), integer(pin), path(`\\_SB.${prefix}${PIRQS[pirq(slot, pin)]!}`), integer(0));
  });
  return name(at, packageOf(...entries));
}

/** Through the 8259A pair by links over the routing registers; with I/O APICs each PIRQ is a pin of its own. */
const routing = (): Aml => [
  ...routes('PRTP', 'LNK'),
  ...routes('PRTA', 'GSI'),
  ...method('_PRT', 0, when(path('\\PICF'), returnOf(path('PRTA'))), returnOf(path('PRTP'))),
];

function root({ below4GiB, above4GiB, physicalAddressBits, ecam, uarts, printer }: Q35AcpiOptions): Aml {
  const ecamEnd = ecam.base + ecam.buses * BUS_BYTES;
  const windows = resources(
    busWindow(0, ecam.buses - 1),
    io(0xcf8, 8),
    ioWindow(0, 0xcf7),
    ioWindow(0xd00, 0xffff),
    memoryWindow(0xa_0000, 0xb_ffff),
    memoryWindow(below4GiB, ecam.base - 1),
    memoryWindow(ecamEnd, WINDOW_LAST),
    highWindow(above4GiB, physicalAddressBits),
  );
  const bridge = device(
    'ISA',
    name('_ADR', integer(ISA_BRIDGE)),
    routingRegisters(ROUTING[0]),
    routingRegisters(ROUTING[1], 'PRCT', 4),
    legacyDevices({ uarts, printer }),
  );
  return device(
    'PCI0',
    name('_HID', eisaId('PNP0A08')),
    name('_CID', eisaId('PNP0A03')),
    name('_UID', integer(0)),
    name('_CRS', windows),
    operatingSystemCapabilities(),
    routing(),
    bridge,
  );
}

/** Configuration space in memory is the board's, not a window for BARs. */
const boardMemory = ({ ecam }: Q35AcpiOptions): Aml =>
  device('DRAC', name('_HID', eisaId('PNP0C01')), name('_CRS', resources(memory32(ecam.base, ecam.buses * BUS_BYTES))));

function dsdt(options: Q35AcpiOptions): readonly number[] {
  const links = PIRQS.map((letter, index) => link(`LNK${letter}`, index, `\\_SB.PCI0.ISA.PRQ${index}`, CHOICES));
  const pins = PIRQS.map((letter, index) => fixedLink(`GSI${letter}`, PIRQS.length + index, FIRST_PIRQ_PIN + index));
  return table('DSDT', DSDT_REVISION, [
    ...interruptModel(),
    ...scope(
      '\\_SB',
      root(options),
      boardMemory(options),
      join(...links),
      join(...pins),
      options.hpet ? hpetDevice(options.hpet.gpa) : [],
      processors(options.vcpus),
    ),
    ...sleepState('\\_S5', SLEEP_SOFT_OFF),
  ]);
}

export function q35Acpi(options: Q35AcpiOptions): TableFiles {
  const apicIds = Array.from({ length: options.vcpus }, (_, vcpu) => options.apicId(vcpu));
  const { wbinvd, c1, noSleepButton, rtcWakesS4, resetRegister, usePlatformClock } = FADT_FLAG;
  return tableFiles({
    dsdt: dsdt(options),
    fadt: fadt({
      sciIrq: SCI_IRQ,
      smiCommand: SMI_COMMAND,
      acpiEnable: ACPI_ENABLE,
      acpiDisable: ACPI_DISABLE,
      pmBase: options.pmBase,
      gpeBase: options.pmBase + GPE0,
      gpeBytes: 2 * GPE_BYTES,
      flags: wbinvd | c1 | noSleepButton | rtcWakesS4 | resetRegister | usePlatformClock,
      reset: RESET,
    }),
    others: [
      ...(options.apic ? [madt({ apicIds, ioApicId: IO_APIC_ID, levelIrqs: [SCI_IRQ, ...CHOICES] })] : []),
      ...(options.hpet ? [hpet(options.hpet.eventTimerBlock, options.hpet.gpa)] : []),
      mcfg(options.ecam.base, options.ecam.buses),
      waet(),
    ],
  });
}
