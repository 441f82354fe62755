import { createCore } from '../machine/core-host/create-core';
import type { Core, CoreHooks } from '../machine/core-host/types';
import { CPU_MODELS, DEFAULT_CPU } from '../machine/platform/cpu-model/models';

/** No device answers: reads of ports and holes give all ones. */
function bareHooks(): CoreHooks {
  return {
    portRead: (_port, size) => (size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1),
    portWrite: () => undefined,
    mmioRead: (_gpa, size) => (size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1),
    mmioWrite: () => undefined,
    cpuid: (_leaf, _subleaf, out) => out.fill(0),
    readMsr: () => undefined,
    writeMsr: () => false,
    readTsc: () => 0n,
    vmcall: () => false,
    acknowledgeInterrupt: () => 0,
    controlRegister: () => undefined,
    modeChanged: () => undefined,
    exception: () => undefined,
    softwareInterrupt: () => undefined,
    undefinedOpcode: () => undefined,
    executionWatch: () => undefined,
    memoryWatch: () => undefined,
    sensitiveInstruction: () => undefined,
  };
}

/** A CPU after RESET, with `ramPages` pages of RAM from 0 and nothing else. */
export function createBareCore(ramPages: number, model: keyof typeof CPU_MODELS = DEFAULT_CPU): Core {
  const core = createCore({ vcpus: 1, hooks: bareHooks(), ...CPU_MODELS[model], physicalAddressBits: 40 });
  core.memory.populate(0, ramPages);
  core.reset(0, true);
  return core;
}
