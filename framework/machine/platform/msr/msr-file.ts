/** The model-specific registers that the core does not keep itself. */
import type { Resettable, Stateful } from '../../bus/types';
import { readMachineCheckBank, writeMachineCheckBank } from './machine-check';
import { readMtrr, resetMtrrs, writeMtrr, type MtrrState } from './mtrr';
import type { VendorMsrs } from './vendor-msrs';

const IA32_MCG_CAP = 0x179;

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
  readonly vendor: VendorMsrs;
  readonly vcpus: number;
  readonly physicalAddressBits: number;
  readonly tscKhz: number;
  /** Absent: the CPU has no local APIC. */
  readonly apic: ApicRegisters | undefined;
  /** Machine-check banks; none when absent. */
  readonly machineCheckBanks?: number;
  /** A register switches MONITOR and MWAIT; absent: the CPU has neither them nor the registers of its C-states. */
  readonly monitor?: (vcpu: number, enabled: boolean) => void;
}

function resetCpu({ vendor, monitor }: MsrFileOptions): CpuMsrs {
  return { mtrrs: resetMtrrs(), plain: vendor.reset(monitor !== undefined) };
}

export class MsrFile implements Stateful<{ cpus: CpuMsrs[] }>, Resettable {
  readonly name = 'msr-file';
  readonly state: { cpus: CpuMsrs[] };

  constructor(private readonly options: MsrFileOptions) {
    this.state = { cpus: Array.from({ length: options.vcpus }, () => resetCpu(options)) };
  }

  reset(): void {
    this.state.cpus = this.state.cpus.map(() => resetCpu(this.options));
  }

  /** MONITOR and MWAIT are there and on. */
  monitorEnabled(vcpu: number): boolean {
    const { vendor, monitor } = this.options;
    return monitor !== undefined && vendor.isMonitorOn(this.state.cpus[vcpu]!.plain[vendor.monitorSwitch]!);
  }

  /** undefined: no such register, #GP. */
  read(vcpu: number, msr: number): bigint | undefined {
    const cpu = this.state.cpus[vcpu]!;
    const { machineCheckBanks = 0, vendor, tscKhz, apic } = this.options;
    if (msr === IA32_MCG_CAP) return BigInt(machineCheckBanks);
    const known = readMtrr(cpu.mtrrs, msr) ?? cpu.plain[msr] ?? readMachineCheckBank(machineCheckBanks, msr);
    return known ?? vendor.read(msr, tscKhz) ?? apic?.read(vcpu, msr);
  }

  /** false: #GP. */
  write(vcpu: number, msr: number, value: bigint): boolean {
    const { mtrrs, plain } = this.state.cpus[vcpu]!;
    const { machineCheckBanks = 0, vendor, physicalAddressBits, apic, monitor } = this.options;
    const known = writeMtrr(mtrrs, msr, value, physicalAddressBits) ?? writeMachineCheckBank(machineCheckBanks, msr, value);
    if (known !== undefined) return known;
    if (vendor.ignored.includes(msr)) return true;
    if (plain[msr] === undefined) return apic?.write(vcpu, msr, value) ?? false;
    const kept = vendor.kept(msr, value);
    if (kept === undefined) return false;
    plain[msr] = kept;
    if (msr === vendor.monitorSwitch) monitor?.(vcpu, vendor.isMonitorOn(kept));
    return true;
  }
}
