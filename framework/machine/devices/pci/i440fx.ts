/**
 * Intel 82441FX PMC (i440FX), the host bridge at 00:00.0. Datasheet 290549, section 3.
 * Not modelled: DRAM timing and row boundaries (registers keep what is written), ECC, D_CLS.
 */
import { PamRegisters, type PamArea } from './pam';
import { PciFunction, type PciFunctionState, type PciRegister } from './pci-function';
import { D_CLS, D_LCK, D_OPEN, G_SMRAME, type SmramSettings } from './smram';

const PAM0 = 0x59;
const PAM6 = 0x5f;
const SMRAM = 0x72;

export interface I440FxWiring {
  /** The attributes of a PAM area changed. */
  pam(area: PamArea): void;
  smram(settings: SmramSettings): void;
}

interface I440FxState extends PciFunctionState {
  /** SMRAM register frozen by D_LCK until reset. */
  smramLocked: boolean;
}

const REGISTERS: readonly PciRegister[] = [
  { offset: 0x50, size: 2, reset: 0x0040, writable: 0xffff }, // PMCCFG
  { offset: 0x52, size: 1, reset: 0, writable: 0xff }, // DETURBO
  { offset: 0x53, size: 1, reset: 0x80, writable: 0xff }, // DBC
  { offset: 0x54, size: 1, reset: 0, writable: 0xff }, // AXC
  { offset: 0x55, size: 2, reset: 0, writable: 0xffff }, // DRT
  { offset: 0x57, size: 1, reset: 0x01, writable: 0xff }, // DRAMC
  { offset: 0x58, size: 1, reset: 0, writable: 0xff }, // DRAMT
  { offset: PAM0, size: 1, reset: 0, writable: 0xf0 },
  { offset: PAM0 + 1, size: 2, reset: 0, writable: 0xffff },
  { offset: PAM0 + 3, size: 4, reset: 0, writable: 0xffff_ffff },
  { offset: 0x60, size: 4, reset: 0x0202_0202, writable: 0xffff_ffff }, // DRB0-3
  { offset: 0x64, size: 4, reset: 0x0202_0202, writable: 0xffff_ffff }, // DRB4-7
  { offset: 0x68, size: 1, reset: 0, writable: 0xff }, // FDHC
  { offset: 0x70, size: 1, reset: 0, writable: 0xff }, // MTT
  { offset: 0x71, size: 1, reset: 0x10, writable: 0xff }, // CLT
  { offset: SMRAM, size: 1, reset: 0x02, writable: D_OPEN | D_CLS | D_LCK | G_SMRAME },
  { offset: 0x90, size: 1, reset: 0, writable: 0xff }, // ERRCMD
  { offset: 0x91, size: 1, reset: 0, writable: 0xff }, // ERRSTS
  { offset: 0x93, size: 1, reset: 0, writable: 0x0f }, // TRC
];

export class I440Fx extends PciFunction<I440FxState> {
  private readonly pam: PamRegisters;
  private toldSmram = 0;

  constructor(
    private readonly wiring: I440FxWiring,
    subsystem: { readonly vendorId: number; readonly id: number } = { vendorId: 0, id: 0 },
  ) {
    super(
      'i440fx',
      {
        vendorId: 0x8086,
        deviceId: 0x1237,
        revision: 2,
        classCode: 0x060000,
        subsystemVendorId: subsystem.vendorId,
        subsystemId: subsystem.id,
        command: 0x0006,
        commandWritable: 0x0140,
        status: 0x0280,
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
    const before = this.state.config[SMRAM]!;
    super.writeConfig(register, size, value);
    if (this.state.smramLocked) {
      // Locked: only D_CLS follows writes, D_OPEN stays 0.
      this.state.config[SMRAM] = (before & ~D_CLS) | (this.state.config[SMRAM]! & D_CLS);
    } else if (this.state.config[SMRAM]! & D_LCK) {
      this.state.smramLocked = true;
      this.state.config[SMRAM]! &= ~D_OPEN;
    }
    this.tellSmram();
  }

  protected override configChanged(register: number, size: number): void {
    if (register <= PAM6 && register + size > PAM0) this.pam.update(this.state.config.subarray(PAM0, PAM6 + 1));
    this.tellSmram();
  }

  private tellSmram(): void {
    const bits = this.state.config[SMRAM]! & (D_OPEN | G_SMRAME);
    if (bits === this.toldSmram) return;
    this.toldSmram = bits;
    this.wiring.smram({ enabled: (bits & G_SMRAME) !== 0, open: bits === (D_OPEN | G_SMRAME), high: false, tsegBytes: 0 });
  }
}
