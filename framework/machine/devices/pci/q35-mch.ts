/**
 * Intel Q35 MCH (82Q35), the host bridge at 00:00.0: 8086:29C0. Intel 3 Series Express Chipset datasheet 316966, chapter 5, and the
 * register for larger TSEGs that QEMU puts at 50h. Not modelled: DRAM controller and DMI registers (MCHBAR, DMIBAR, EPBAR keep what is
 * written), graphics memory, D_CLS, SMRAM errors.
 */
import { PamRegisters, type PamArea } from './pam';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';
import { D_CLS, D_LCK, D_OPEN, G_SMRAME, type SmramSettings } from './smram';

/** TSEG size in MiB behind TSEG_SZ = 3 (QEMU's register). */
const EXT_TSEG_MBYTES = 0x50;
const EXT_TSEG = 16;
const PCIEXBAR = 0x60;
const PAM0 = 0x90;
const PAM6 = 0x96;
const SMRAM = 0x9d;
const ESMRAMC = 0x9e;
/** ESMRAMC: high SMRAM, TSEG size, TSEG enable; caching bits are read-only ones. */
const H_SMRAME = 0x80;
const E_SMERR = 0x40;
const ESMRAMC_CACHE = 0x38;
const TSEG_SIZE = 0x06;
const T_EN = 0x01;
const MIB = 0x10_0000;
/** Buses that PCIEXBAR's length field covers. */
const LENGTH_BUSES = [256, 128, 64, 64] as const;

export interface Q35MchWiring {
  pam(area: PamArea): void;
  smram(settings: SmramSettings): void;
  /** PCIEXBAR: where configuration space stands in memory, for how many buses. */
  ecam(base: number | undefined, buses: number): void;
}

interface Q35MchState extends PciFunctionState {
  /** D_LCK was set: frozen until reset. */
  smramLocked: boolean;
}

const REGISTERS: readonly PciRegister[] = [
  { offset: 0x40, size: 4, reset: 0, writable: 0xffff_f001 }, // EPBAR
  { offset: 0x48, size: 4, reset: 0, writable: 0xffff_c001 }, // MCHBAR
  { offset: EXT_TSEG_MBYTES, size: 2, reset: EXT_TSEG, writable: 0 },
  { offset: PCIEXBAR, size: 4, reset: 0xb000_0000, writable: 0xfc00_0007 },
  { offset: PCIEXBAR + 4, size: 4, reset: 0, writable: 0x0000_000f },
  { offset: 0x68, size: 4, reset: 0, writable: 0xffff_f001 }, // DMIBAR
  { offset: PAM0, size: 1, reset: 0, writable: 0x30 },
  { offset: PAM0 + 1, size: 2, reset: 0, writable: 0x3333 },
  { offset: PAM0 + 3, size: 4, reset: 0, writable: 0x3333_3333 },
  { offset: SMRAM, size: 1, reset: 0x02, writable: D_OPEN | D_CLS | D_LCK | G_SMRAME },
  { offset: ESMRAMC, size: 1, reset: ESMRAMC_CACHE, writable: H_SMRAME | TSEG_SIZE | T_EN },
  { offset: 0xa0, size: 2, reset: 0x0001, writable: 0x07ff }, // TOM
  { offset: 0xa2, size: 2, reset: 0, writable: 0xffff }, // TOUUD
  { offset: 0xa4, size: 4, reset: 0, writable: 0xfff0_0000 }, // GBSM
  { offset: 0xa8, size: 4, reset: 0, writable: 0xfff0_0000 }, // BGSM
  { offset: 0xac, size: 4, reset: 0, writable: 0xfff0_0000 }, // TSEGMB
  { offset: 0xb0, size: 2, reset: 0x0010, writable: 0xfff0 }, // TOLUD
  { offset: 0xdc, size: 4, reset: 0, writable: 0xffff_ffff }, // SKPD
];

export class Q35Mch extends PciFunction<Q35MchState> {
  private readonly pam: PamRegisters;
  private toldSmram = '';
  private toldEcam = '';

  constructor(
    private readonly wiring: Q35MchWiring,
    subsystem: { readonly vendorId: number; readonly id: number },
  ) {
    super(
      'q35-mch',
      {
        vendorId: 0x8086,
        deviceId: 0x29c0,
        revision: 0,
        classCode: 0x060000,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        command: 0x0006,
        commandWritable: 0x0140,
        status: 0x0080,
      },
      [],
      REGISTERS,
      { smramLocked: false },
    );
    this.pam = new PamRegisters((area) => wiring.pam(area));
  }

  override reset(): void {
    this.state.smramLocked = false;
    super.reset();
  }

  override writeConfig(register: number, size: number, value: number): void {
    const before = this.state.config.slice(SMRAM, ESMRAMC + 1);
    super.writeConfig(register, size, value);
    if (register > ESMRAMC || register + size <= SMRAM) return;
    const { config } = this.state;
    if (this.state.smramLocked) config.set(before, SMRAM);
    else if (config[SMRAM]! & D_LCK) {
      this.state.smramLocked = true;
      config[SMRAM]! &= ~D_OPEN;
    }
    config[ESMRAMC]! &= ~E_SMERR;
    this.tellSmram();
  }

  protected override configChanged(register: number, size: number): void {
    const touches = (first: number, last: number): boolean => register <= last && register + size > first;
    if (touches(PAM0, PAM6)) this.pam.update(this.state.config.subarray(PAM0, PAM6 + 1));
    if (touches(PCIEXBAR, PCIEXBAR + 7)) this.tellEcam();
    this.tellSmram();
  }

  /** What PCIEXBAR says: where configuration space would stand in memory, for how many buses, and whether it does. */
  get ecam(): { readonly base: number; readonly buses: number; readonly isEnabled: boolean } {
    const low = this.readConfig(PCIEXBAR, 4);
    const buses = LENGTH_BUSES[((low >> 1) & 3) as 0 | 1 | 2 | 3];
    const base = ((low & 0xf000_0000) >>> 0) + this.readConfig(PCIEXBAR + 4, 4) * 2 ** 32;
    return { base, buses, isEnabled: (low & 1) !== 0 };
  }

  private tellEcam(): void {
    const { base: at, buses, isEnabled } = this.ecam;
    const base = isEnabled ? at : undefined;
    const told = `${base} ${buses}`;
    if (told === this.toldEcam) return;
    this.toldEcam = told;
    this.wiring.ecam(base, buses);
  }

  private tellSmram(): void {
    const smram = this.state.config[SMRAM]!;
    const extended = this.state.config[ESMRAMC]!;
    const enabled = (smram & G_SMRAME) !== 0;
    const sizes = [MIB, 2 * MIB, 8 * MIB, EXT_TSEG * MIB] as const;
    const settings: SmramSettings = {
      enabled,
      open: enabled && (smram & D_OPEN) !== 0,
      high: enabled && (extended & H_SMRAME) !== 0,
      tsegBytes: enabled && extended & T_EN ? sizes[((extended & TSEG_SIZE) >> 1) as 0 | 1 | 2 | 3] : 0,
    };
    const told = JSON.stringify(settings);
    if (told === this.toldSmram) return;
    this.toldSmram = told;
    this.wiring.smram(settings);
  }
}
