import type { TraceSink } from '../../../trace/sink';
import type { Bus, Line, Resettable, Stateful } from '../../bus/types';
import type { Clock } from '../../clock/clock';
import type { Core, PhysicalMemory } from '../../core-host/types';
import type { VcpuScheduler } from '../vcpu-scheduler';

/** What the common chips need of the machine they are in; MachineBase has it. */
export interface ChipsetHost {
  readonly core: Core;
  readonly memory: PhysicalMemory;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly vcpus: VcpuScheduler;
  /** FERR#, to be connected. */
  floatErrorLine: Line;
  register<D extends Stateful & Partial<Resettable>>(device: D): D;
  requestReset(source: string): void;
  requestShutdown(source: string, reason: number): void;
}
