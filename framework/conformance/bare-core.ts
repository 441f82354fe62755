import { createCore } from '../machine/core-host/create-core';
import { SILENT_HOOKS } from '../machine/core-host/silent-hooks';
import type { Core } from '../machine/core-host/types';
import { CPU_MODELS, DEFAULT_CPU } from '../machine/platform/cpu-model/models';

/** A CPU after RESET, with `ramPages` pages of RAM from 0 and nothing else. */
export function createBareCore(ramPages: number, model: keyof typeof CPU_MODELS = DEFAULT_CPU): Core {
  const core = createCore({ vcpus: 1, hooks: SILENT_HOOKS, ...CPU_MODELS[model], physicalAddressBits: 40 });
  core.memory.populate(0, ramPages);
  core.reset(0, true);
  return core;
}
