import type { TraceSink } from '../trace/sink';
import { PcMachine } from './platform/pc-i440fx/pc-machine';
import { Q35Machine } from './platform/pc-q35/q35-machine';
import { createXenHvm } from './platform/xen-hvm/create';
import type { Machine, MachineConfig } from './types';

/** Builds a machine in its power-on state. @throws RangeError and Error for a configuration that no machine can have. */
export function createMachine(config: MachineConfig, trace: TraceSink): Machine {
  switch (config.platform) {
    case 'pc':
      return new PcMachine(config, trace);
    case 'q35':
      return new Q35Machine(config, trace);
    case 'xen-hvm':
    case 'xen-pvh':
      return createXenHvm(config, trace);
  }
}
