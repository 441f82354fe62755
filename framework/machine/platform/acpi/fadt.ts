/** Fixed ACPI description table (ACPI 1.0b, 5.2.5; later fields ACPI 6.5, 5.2.9). */
import { little } from './bytes';
import { ioAddress, table } from './table';

/** Fixed feature flags. */
export const FADT_FLAG = {
  wbinvd: 1 << 0,
  c1: 1 << 2,
  noSleepButton: 1 << 5,
  rtcWakesS4: 1 << 7,
  timer32: 1 << 8,
  resetRegister: 1 << 10,
  usePlatformClock: 1 << 15,
} as const;

export interface FadtOptions {
  readonly sciIrq: number;
  readonly smiCommand: number;
  readonly acpiEnable: number;
  readonly acpiDisable: number;
  /** Base of the PM1a block: events at + 0, control at + 4, timer at + 8. */
  readonly pmBase: number;
  readonly gpeBase: number;
  readonly gpeBytes: number;
  readonly flags: number;
  /** Present: a table of revision 3 with a reset register; absent: revision 1, without the extended fields. */
  readonly reset?: { readonly port: number; readonly value: number };
}

const CENTURY = 0x32;
const DUAL_APIC = 1;
/** Legacy devices and an 8042. */
const BOOT_ARCHITECTURE = 3;
/** C2 and C3 are not there. */
const NO_C2 = 0xfff;
const NO_C3 = 0xfff;

function fixedPart(options: FadtOptions): number[] {
  const { pmBase, gpeBase, gpeBytes } = options;
  return [
    ...little(0, 4), // FACS
    ...little(0, 4), // DSDT
    options.reset ? 0 : DUAL_APIC,
    0,
    ...little(options.sciIrq, 2),
    ...little(options.smiCommand, 4),
    options.acpiEnable,
    options.acpiDisable,
    ...[0, 0], // S4BIOS_REQ, PSTATE_CNT
    ...[pmBase, 0, pmBase + 4, 0, 0, pmBase + 8, gpeBase, 0].flatMap((port) => little(port, 4)),
    ...[4, 2, 0, 4, gpeBytes, 0, 0, 0],
    ...little(NO_C2, 2),
    ...little(NO_C3, 2),
    ...[0, 0, 0, 0], // flush size and stride: WBINVD does it
    ...[0, 0], // duty cycle
    ...[0, 0, CENTURY],
    ...little(options.reset ? BOOT_ARCHITECTURE : 0, 2),
    0,
    ...little(options.flags, 4),
  ];
}

function extendedPart(options: FadtOptions, reset: { readonly port: number; readonly value: number }): number[] {
  const { pmBase, gpeBase, gpeBytes } = options;
  const none = new Array<number>(12).fill(0);
  return [
    ...ioAddress(reset.port, 8),
    reset.value,
    ...[0, 0, 0],
    ...little(0, 8), // X_FIRMWARE_CTRL: the 32-bit field has it
    ...little(0, 8), // X_DSDT
    ...ioAddress(pmBase, 32),
    ...none,
    ...ioAddress(pmBase + 4, 16),
    ...none,
    ...none,
    ...ioAddress(pmBase + 8, 32),
    ...ioAddress(gpeBase, 8 * gpeBytes),
    ...none,
  ];
}

export function fadt(options: FadtOptions): readonly number[] {
  const { reset } = options;
  return table('FACP', reset ? 3 : 1, [...fixedPart(options), ...(reset ? extendedPart(options, reset) : [])]);
}
