import type { TraceSink } from '../../../trace/sink';
import type { Machine, MachineConfig } from '../../types';
import { buildDomain } from './builder/domain';
import { guestMemoryMap, memoryLayout } from './builder/layout';
import { XenDevices } from './devices';
import { pvhKind } from './pvh/builder';
import type { XenGuestKind } from './guest-kind';
import { XenMachine } from './xen-machine';

/**
 * Builds a domain up to its first instruction.
 * @throws DomainBuildError for a configuration that no tool stack could build.
 */
export function createXenHvm(config: MachineConfig, trace: TraceSink): Machine {
  return new XenMachine(config, trace, config.platform === 'xen-pvh' ? pvhKind(config) : hvmKind(config));
}

function hvmKind(config: MachineConfig): XenGuestKind {
  const layout = memoryLayout(config, config.mmioHoleBytes);
  let devices: XenDevices | undefined;
  return {
    layout,
    memoryMap: guestMemoryMap(layout),
    hardware: (host, xen) => (devices = new XenDevices(host, config, layout, xen.p2m)),
    build: buildDomain,
    kernelStart: () => devices?.kernel?.start,
  };
}
