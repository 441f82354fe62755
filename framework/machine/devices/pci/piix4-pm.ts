/**
 * Intel 82371AB (PIIX4) function 3, power management: its configuration side. Datasheet 290562, section 7.1. The ACPI registers
 * behind PMBASE and the SMBus host behind SMBBASE are other chips, told where they stand. Of the sources of SMIs there are APM writes.
 */
import { PciFunction, type PciRegister } from './pci-function';

const PMBASE = 0x40;
const DEVACTB = 0x58;
/** DEVACTB: SMI on APMC (port B2h) writes. */
const APMC_EN = 0x0200_0000;
const PMREGMISC = 0x80;
const PMIOSE = 1;
const SMBBASE = 0x90;
const SMBHSTCFG = 0xd2;

const MEDIUM: readonly number[] = [0x44, 0x48, 0x4c, 0x50, 0x54, 0x5c, 0x60, 0x64, 0x68, 0x6c, 0x70, 0x74, 0x78, 0x7c];

const REGISTERS: readonly PciRegister[] = [
  { offset: PMBASE, size: 4, reset: 1, writable: 0xffc0 },
  // CNTA, CNTB, GPICTL, DEVRESD, DEVACTA, DEVRESA…J
  ...MEDIUM.map((offset): PciRegister => ({ offset, size: 4, reset: 0, writable: 0xffff_ffff })),
  { offset: DEVACTB, size: 4, reset: 0, writable: 0xffff_ffff },
  { offset: PMREGMISC, size: 1, reset: 0, writable: PMIOSE },
  { offset: SMBBASE, size: 4, reset: 1, writable: 0xfff0 },
  { offset: SMBHSTCFG, size: 1, reset: 0, writable: 0x0f },
  { offset: 0xd3, size: 4, reset: 0, writable: 0xffff_ffff }, // SMBSLVC, SMBSHDW1-2, SMBREV
];

export interface Piix4PmWiring {
  /** The ACPI register block decodes at `base` (64 ports), or nowhere. */
  mapPm(base: number | undefined): void;
  /** The SMBus host registers decode at `base` (16 ports), or nowhere. */
  mapSmbus?(base: number | undefined): void;
}

export class Piix4Pm extends PciFunction {
  private toldPm: number | undefined;
  private toldSmbus: number | undefined;

  constructor(
    private readonly wiring: Piix4PmWiring,
    subsystem: { readonly vendorId: number; readonly id: number } = { vendorId: 0, id: 0 },
  ) {
    super(
      'piix4-pm',
      {
        vendorId: 0x8086,
        deviceId: 0x7113,
        revision: 3,
        classCode: 0x068000,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        interruptPin: 1,
        commandWritable: 0x0001,
        status: 0x0280,
      },
      [],
      REGISTERS,
    );
  }

  /** An APM write is to cause an SMI. */
  get apmcEnabled(): boolean {
    return (this.readConfig(DEVACTB, 4) & APMC_EN) !== 0;
  }

  protected override configChanged(): void {
    const pm = this.state.config[PMREGMISC]! & PMIOSE ? this.readConfig(PMBASE, 4) & 0xffc0 : undefined;
    if (pm !== this.toldPm) this.wiring.mapPm((this.toldPm = pm));
    const smbus = this.state.config[SMBHSTCFG]! & 1 ? this.readConfig(SMBBASE, 4) & 0xfff0 : undefined;
    if (smbus !== this.toldSmbus) this.wiring.mapSmbus?.((this.toldSmbus = smbus));
  }
}
