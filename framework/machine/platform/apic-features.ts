/** What the CPU model says of its local APICs, and their registers for the MSR file. */
import type { Clock } from '../clock/clock';
import { FEATURE2_TSC_DEADLINE, FEATURE2_X2APIC } from '../core/layout/features';
import type { Core } from '../core-host/types';
import { readApicMsr, writeApicMsr } from '../devices/local-apic/apic-msrs';
import type { LocalApic } from '../devices/local-apic/local-apic';
import type { LocalApicOptions } from '../devices/local-apic/options';
import type { ApicRegisters } from './msr/msr-file';
import { vcpuTsc } from './time-stamp';

export type ApicFeatures = Pick<LocalApicOptions, 'x2apic' | 'tsc'>;

interface ApicHost {
  readonly core: Core;
  readonly clock: Clock;
}

/** By vCPU. */
export function apicFeatures({ core, clock }: ApicHost, features2: number, tscKhz: number): (vcpu: number) => ApicFeatures {
  return (vcpu) => ({
    x2apic: (features2 & FEATURE2_X2APIC) !== 0,
    ...(features2 & FEATURE2_TSC_DEADLINE ? { tsc: vcpuTsc(core, clock, tscKhz, vcpu) } : {}),
  });
}

/** undefined: there are none. */
export function apicRegisters(apics: readonly LocalApic[]): ApicRegisters | undefined {
  if (apics.length === 0) return undefined;
  return {
    read: (vcpu, msr) => readApicMsr(apics[vcpu]!, msr),
    write: (vcpu, msr, value) => writeApicMsr(apics[vcpu]!, msr, value),
  };
}
