/** What stands on the ISA bridge of every PC of ours, and the machine-wide objects, as AML. */
import {
  ACCESS,
  type Aml,
  and,
  arg,
  device,
  dwordField,
  eisaId,
  field,
  integer,
  method,
  name,
  or,
  packageOf,
  path,
  REGION,
  region,
  returnOf,
  store,
  string,
  when,
} from './aml';
import { LPT1, UARTS } from '../chipset/uarts';
import { interrupts, io, irq, memory32, resources } from './resources';

export function legacyDevices({ uarts, printer }: { readonly uarts: number; readonly printer: boolean }): Aml {
  const named = (at: string, id: string, ...crs: readonly Aml[]): Aml =>
    device(at, name('_HID', eisaId(id)), name('_CRS', resources(...crs)));
  return [
    ...named('RTC', 'PNP0B00', io(0x70, 8), irq(8)),
    ...named('KBD', 'PNP0303', io(0x60, 1), io(0x64, 1), irq(1)),
    ...named('MOU', 'PNP0F13', irq(12)),
    ...UARTS.slice(0, uarts).flatMap(({ base, irq: line }, index) =>
      device(
        `COM${index + 1}`,
        name('_HID', eisaId('PNP0501')),
        name('_UID', integer(index + 1)),
        name('_CRS', resources(io(base, 8), irq(line))),
      ),
    ),
    ...(printer ? named('LPT1', 'PNP0400', io(LPT1.base, 8), irq(LPT1.irq)) : []),
  ];
}

export const hpetDevice = (gpa: number): Aml =>
  device('HPET', name('_HID', eisaId('PNP0103')), name('_UID', integer(0)), name('_CRS', resources(memory32(gpa, 0x400))));

/** Processor devices whose _UID is their number in the MADT. */
export const processors = (count: number): Aml =>
  Array.from({ length: count }, (_, index) =>
    device(`C${index.toString(16).toUpperCase().padStart(3, '0')}`, name('_HID', string('ACPI0007')), name('_UID', integer(index))),
  ).flat();

/** \_PIC: an OS says which interrupt model it uses. */
export const interruptModel = (): Aml => [...name('PICF', integer(0)), ...method('_PIC', 1, store(arg(0), path('PICF')))];

/** A sleep state whose SLP_TYP is the same for PM1a and PM1b. */
export const sleepState = (state: string, type: number): Aml =>
  name(state, packageOf(integer(type), integer(type), integer(0), integer(0)));

const ROUTE_DISABLED = 0x80;

/** Four PIRQ routing registers of a PIIX or ICH bridge at `offset` of its configuration space, as PRQ0-PRQ3 or from another number on. */
export function routingRegisters(offset: number, at = 'PRCS', first = 0): Aml {
  const unit = (index: number) => [`PRQ${first + index}`, 8] as const;
  return [...region(at, REGION.pciConfig, offset, 4), ...field(at, ACCESS.byte, unit(0), unit(1), unit(2), unit(3))];
}

/** An interrupt link over a routing register (PNP0C0F). */
export function link(at: string, uid: number, register: string, choices: readonly number[]): Aml {
  const route = path(register);
  const INTERRUPT_IN_TEMPLATE = 5;
  return device(
    at,
    name('_HID', eisaId('PNP0C0F')),
    name('_UID', integer(uid)),
    name('_PRS', resources(interrupts(...choices))),
    method('_STA', 0, when(and(route, integer(ROUTE_DISABLED)), returnOf(integer(0x09))), returnOf(integer(0x0b))),
    method('_DIS', 0, or(route, integer(ROUTE_DISABLED), route)),
    name('PRR0', resources(interrupts(0))),
    method(
      '_CRS',
      0,
      dwordField(path('PRR0'), INTERRUPT_IN_TEMPLATE, 'PRRI'),
      store(and(route, integer(0x0f)), path('PRRI')),
      returnOf(path('PRR0')),
    ),
    method('_SRS', 1, dwordField(arg(0), INTERRUPT_IN_TEMPLATE, 'PRRI'), store(path('PRRI'), route)),
  );
}

/** A link that always is one interrupt. */
export function fixedLink(at: string, uid: number, gsi: number): Aml {
  return device(
    at,
    name('_HID', eisaId('PNP0C0F')),
    name('_UID', integer(uid)),
    name('_PRS', resources(interrupts(gsi))),
    name('_CRS', resources(interrupts(gsi))),
    method('_STA', 0, returnOf(integer(0x0b))),
    method('_SRS', 1),
    method('_DIS', 0),
  );
}
