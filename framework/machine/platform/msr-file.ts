/** The model-specific registers that the core does not keep itself (SDM vol. 4, tables 2-2 and 2-3 for family 6). */
import type { Resettable, Stateful } from '../bus/types';
import { readMachineCheckBank, writeMachineCheckBank } from './machine-check';
import { readMtrr, resetMtrrs, writeMtrr, type MtrrState } from './mtrr';

const IA32_PLATFORM_ID = 0x17;
const EBL_CR_POWERON = 0x2a;
const IA32_FEATURE_CONTROL = 0x3a;
const IA32_BIOS_UPDT_TRIG = 0x79;
const IA32_BIOS_SIGN_ID = 0x8b;
const MSR_PLATFORM_INFO = 0xce;
const MSR_PKG_CST_CONFIG_CONTROL = 0xe2;
const IA32_MCG_CAP = 0x179;
const IA32_MCG_STATUS = 0x17a;
const IA32_PERF_STATUS = 0x198;
const IA32_PERF_CTL = 0x199;
const IA32_THERM_INTERRUPT = 0x19b;
const IA32_THERM_STATUS = 0x19c;
const IA32_MISC_ENABLE = 0x1a0;
const IA32_DEBUGCTL = 0x1d9;
const MSR_POWER_CTL = 0x1fc;
const LAST_BRANCH_FROM = 0x1db;
const LAST_EXCEPTION_TO = 0x1de;

/** Locked, VMX off. */
const FEATURE_CONTROL_LOCKED = 1n;
/** Fast strings on, no branch trace storage, no PEBS. */
const MISC_ENABLE_RESET = 0x1801n;
const MISC_ENABLE_WRITABLE = 0x44_0000n | 0x1n | 0x8n;
const MISC_ENABLE_MONITOR = 1n << 18n;
const DEBUGCTL_WRITABLE = 0x3n;

interface CpuMsrs {
  mtrrs: MtrrState;
  /** Registers that keep what is written, by number. */
  plain: Record<number, bigint>;
}

/** The registers of the local APICs. */
export interface ApicRegisters {
  /** undefined: #GP. */
  read(vcpu: number, msr: number): bigint | undefined;
  /** false: #GP. */
  write(vcpu: number, msr: number, value: bigint): boolean;
}

export interface MsrFileOptions {
  readonly vcpus: number;
  readonly physicalAddressBits: number;
  readonly tscKhz: number;
  /** Absent: the CPU has no local APIC. */
  readonly apic: ApicRegisters | undefined;
  /** Machine-check banks; none when absent. */
  readonly machineCheckBanks?: number;
  /** IA32_MISC_ENABLE switches MONITOR and MWAIT; absent: the CPU has neither them nor the registers of its C-states. */
  readonly monitor?: (vcpu: number, enabled: boolean) => void;
}

function resetCpu({ monitor }: MsrFileOptions): CpuMsrs {
  return {
    mtrrs: resetMtrrs(),
    plain: {
      [IA32_BIOS_SIGN_ID]: 0n,
      [IA32_MCG_STATUS]: 0n,
      [IA32_PERF_CTL]: 0n,
      [IA32_THERM_INTERRUPT]: 0n,
      [IA32_MISC_ENABLE]: MISC_ENABLE_RESET | (monitor ? MISC_ENABLE_MONITOR : 0n),
      [IA32_DEBUGCTL]: 0n,
      [EBL_CR_POWERON]: 0n,
      ...(monitor ? { [MSR_PKG_CST_CONFIG_CONTROL]: 0n, [MSR_POWER_CTL]: 0n } : {}),
    },
  };
}

export class MsrFile implements Stateful<{ cpus: CpuMsrs[] }>, Resettable {
  readonly name = 'msr-file';
  readonly state: { cpus: CpuMsrs[] };
  private readonly busRatio: number;

  constructor(private readonly options: MsrFileOptions) {
    this.state = { cpus: Array.from({ length: options.vcpus }, () => resetCpu(options)) };
    this.busRatio = Math.max(1, Math.round(options.tscKhz / 133_333)) & 0xff;
  }

  reset(): void {
    this.state.cpus = this.state.cpus.map(() => resetCpu(this.options));
  }

  /** IA32_MISC_ENABLE has MONITOR and MWAIT on. */
  monitorEnabled(vcpu: number): boolean {
    return (this.state.cpus[vcpu]!.plain[IA32_MISC_ENABLE]! & MISC_ENABLE_MONITOR) !== 0n;
  }

  /** undefined: no such register, #GP. */
  read(vcpu: number, msr: number): bigint | undefined {
    const cpu = this.state.cpus[vcpu]!;
    const banks = this.options.machineCheckBanks ?? 0;
    const known = readMtrr(cpu.mtrrs, msr) ?? cpu.plain[msr] ?? readMachineCheckBank(banks, msr);
    if (known !== undefined) return known;
    switch (msr) {
      case IA32_FEATURE_CONTROL:
        return FEATURE_CONTROL_LOCKED;
      case MSR_PLATFORM_INFO: // maximum non-turbo ratio of the 133 MHz bus clock
        return BigInt(this.busRatio) << 8n;
      case IA32_PERF_STATUS:
        return BigInt(this.busRatio) << 8n;
      case IA32_MCG_CAP:
        return BigInt(banks);
      case IA32_PLATFORM_ID:
      case IA32_THERM_STATUS:
        return 0n;
      default:
        return msr >= LAST_BRANCH_FROM && msr <= LAST_EXCEPTION_TO ? 0n : this.options.apic?.read(vcpu, msr);
    }
  }

  /** false: #GP. */
  write(vcpu: number, msr: number, value: bigint): boolean {
    const cpu = this.state.cpus[vcpu]!;
    const mtrr = writeMtrr(cpu.mtrrs, msr, value, this.options.physicalAddressBits);
    const known = mtrr ?? writeMachineCheckBank(this.options.machineCheckBanks ?? 0, msr, value);
    if (known !== undefined) return known;
    switch (msr) {
      case IA32_BIOS_UPDT_TRIG: // no microcode update is ever accepted
        return true;
      case IA32_MISC_ENABLE:
        cpu.plain[msr] = (value & MISC_ENABLE_WRITABLE) | (MISC_ENABLE_RESET & ~MISC_ENABLE_WRITABLE);
        this.options.monitor?.(vcpu, (value & MISC_ENABLE_MONITOR) !== 0n);
        return true;
      case IA32_DEBUGCTL:
        if (value & ~DEBUGCTL_WRITABLE) return false;
        cpu.plain[msr] = value;
        return true;
      case IA32_BIOS_SIGN_ID:
      case IA32_MCG_STATUS:
      case IA32_PERF_CTL:
      case IA32_THERM_INTERRUPT:
      case EBL_CR_POWERON:
        cpu.plain[msr] = value;
        return true;
      case MSR_PKG_CST_CONFIG_CONTROL:
      case MSR_POWER_CTL:
        if (this.options.monitor === undefined) return false;
        cpu.plain[msr] = value;
        return true;
      default:
        return this.options.apic?.write(vcpu, msr, value) ?? false;
    }
  }
}
