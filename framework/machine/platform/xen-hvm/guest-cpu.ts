import { FEATURE2_X2APIC, FEATURE_MONITOR } from '../../core/layout/features';
import type { MachineConfig } from '../../types';
import { type CpuKind, configuredCpu } from '../cpu-model/models';

/** What Xen shows of the CPU: it emulates x2APIC mode whatever the hardware has, and keeps MONITOR and MWAIT from guests. */
export function guestCpu(config: MachineConfig): CpuKind {
  const model = configuredCpu(config);
  return { ...model, features: model.features & ~FEATURE_MONITOR, features2: model.features2 | FEATURE2_X2APIC };
}
