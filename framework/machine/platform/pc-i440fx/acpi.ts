/** The ACPI tables of an i440FX machine, for firmware to place: see acpi/table-set. */
import { type Aml, device, eisaId, integer, name, packageOf, path, scope } from '../acpi/aml';
import { join } from '../acpi/bytes';
import { fadt, FADT_FLAG } from '../acpi/fadt';
import { fixedLink, hpetDevice, interruptModel, legacyDevices, link, processors, routingRegisters, sleepState } from '../acpi/isa-devices';
import { madt } from '../acpi/madt';
import { busWindow, highWindow, io, ioWindow, memoryWindow, resources } from '../acpi/resources';
import { hpet, table, waet } from '../acpi/table';
import { tableFiles, type TableFiles } from '../acpi/table-set';

const DSDT_REVISION = 1;
const ISA_BRIDGE = 0x0001_0000;
/** PIRQRC[A:D] of the PIIX3. */
const ROUTING = 0x60;
const CHOICES = [5, 10, 11];
const LINKS = ['LNKA', 'LNKB', 'LNKC', 'LNKD'] as const;
const DEVICES = 32;
/** The last byte below the I/O APIC that the host bridge passes on. */
const WINDOW_LAST = 0xfebf_ffff;
export const IO_APIC_ID = 0;

export interface PcAcpiOptions {
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
  readonly sciIrq: number;
  /** Where the PIIX4's power management block decodes. */
  readonly pmBase: number;
  readonly smiCommand: number;
  readonly acpiEnable: number;
  readonly acpiDisable: number;
  readonly gpeBase: number;
  readonly gpeBytes: number;
  readonly softOff: number;
}

/** Which link an interrupt pin of a slot goes to; the power management function of slot 1 is the SCI's own. */
function routing(swizzle: (slot: number, pin: number) => number): Aml {
  const entries: Aml[] = [];
  for (let slot = 1; slot < DEVICES; slot++) {
    for (let pin = 0; pin < 4; pin++) {
      const target = slot === 1 && pin === 0 ? 'LNKS' : LINKS[swizzle(slot, pin)]!;
      entries.push(packageOf(integer(slot * 0x1_0000 + 0xffff), integer(pin), path(`\\_SB.${target}`), integer(0)));
    }
  }
  return name('_PRT', packageOf(...entries));
}

function dsdt(options: PcAcpiOptions): readonly number[] {
  const windows = resources(
    busWindow(0, 0xff),
    io(0xcf8, 8),
    ioWindow(0, 0xcf7),
    ioWindow(0xd00, 0xffff),
    memoryWindow(0xa_0000, 0xb_ffff),
    memoryWindow(options.below4GiB, WINDOW_LAST),
    highWindow(options.above4GiB, options.physicalAddressBits),
  );
  const bridge = device('ISA', name('_ADR', integer(ISA_BRIDGE)), routingRegisters(ROUTING), legacyDevices(options));
  const root = device(
    'PCI0',
    name('_HID', eisaId('PNP0A03')),
    name('_UID', integer(0)),
    name('_CRS', windows),
    routing((slot, pin) => (pin + slot - 1) & 3),
    bridge,
  );
  const links = join(...LINKS.map((at, index) => link(at, index, `\\_SB.PCI0.ISA.PRQ${index}`, CHOICES)));
  return table('DSDT', DSDT_REVISION, [
    ...interruptModel(),
    ...scope(
      '\\_SB',
      root,
      links,
      fixedLink('LNKS', LINKS.length, options.sciIrq),
      options.hpet ? hpetDevice(options.hpet.gpa) : [],
      processors(options.vcpus),
    ),
    ...sleepState('\\_S5', options.softOff),
  ]);
}

export function pcAcpi(options: PcAcpiOptions): TableFiles {
  const apicIds = Array.from({ length: options.vcpus }, (_, vcpu) => options.apicId(vcpu));
  const { wbinvd, c1, noSleepButton, rtcWakesS4, usePlatformClock } = FADT_FLAG;
  return tableFiles({
    dsdt: dsdt(options),
    fadt: fadt({ ...options, flags: wbinvd | c1 | noSleepButton | rtcWakesS4 | usePlatformClock }),
    others: [
      ...(options.apic ? [madt({ apicIds, ioApicId: IO_APIC_ID, levelIrqs: [options.sciIrq, ...CHOICES] })] : []),
      ...(options.hpet ? [hpet(options.hpet.eventTimerBlock, options.hpet.gpa)] : []),
      waet(),
    ],
  });
}
