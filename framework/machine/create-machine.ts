import type { TraceSink } from '../trace/sink';
import { PcMachine } from './platform/pc-i440fx/pc-machine';
import { createXenHvm } from './platform/xen-hvm/create';
import type { Machine, MachineConfig } from './types';

/** Builds a machine in its power-on state. @throws RangeError and Error for a configuration that no machine can have. */
export function createMachine(config: MachineConfig, trace: TraceSink): Machine {
  return config.platform === 'pc' ? new PcMachine(config, trace) : createXenHvm(config, trace);
}
