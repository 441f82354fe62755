import { diagnostic } from '../diagnostics/diagnostic';
import type { Diagnostic } from '../diagnostics/diagnostic';
import { createMachine } from '../machine/create-machine';
import { DomainBuildError } from '../machine/platform/xen-hvm/builder/layout';
import { KernelError } from '../machine/loaders/kernel/types';
import type { Machine } from '../machine/types';
import type { FileAccess } from '../plan/file-access';
import { loadGuest, LoadError } from '../plan/load';
import type { Plan } from '../plan/types';
import { Recorder } from '../trace/recorder';
import { collectResult } from './collect-result';
import { ConsoleLog } from './console-log';
import { FaultChain } from './fault-chain';
import { finishedRun } from './finished-run';
import { GuestRun } from './guest-run';
import { nodeFiles } from './node-files';
import { notStarted } from './not-started';
import type { RunOptions } from './options';
import { ProgressGuard } from './progress-guard';
import type { FinishedRun } from './result';

/**
 * Boots a plan's guest and says what came of it. Never throws for what a guest or a file does: a guest that cannot be
 * started gives outcome `could-not-run`. What the result holds follows from the plan alone, but for `wallMs`.
 */
export function runPlan(plan: Plan, options: RunOptions = {}, files: FileAccess = nodeFiles()): FinishedRun {
  if (plan.skip !== undefined) return skipped(plan, plan.skip.value);
  const recorder = new Recorder(options.trace === 'milestones' ? 'needed' : 'full');
  let machine: Machine;
  try {
    machine = createMachine(loadGuest(plan.guest, files), recorder);
  } catch (error) {
    return failed(plan, error);
  }
  const { core, clock } = machine;
  recorder.stamp = {
    instructions: () => core.instructions(),
    nowNs: (instructions) => clock.nsAt(instructions),
    vcpu: () => core.current,
  };
  try {
    return boot(plan, machine, recorder, options);
  } catch (error) {
    return failed(plan, error);
  }
}

function boot(plan: Plan, machine: Machine, recorder: Recorder, options: RunOptions): FinishedRun {
  const consoles = new ConsoleLog(recorder);
  const faults = new FaultChain(recorder);
  const guard = new ProgressGuard(options, plan.milestones.length);
  const run = new GuestRun(plan, machine, recorder, guard);
  guard.watch(run, plan.milestones);
  const end = run.run();
  const wallMs = guard.wallMs();
  const result = collectResult({ plan, machine, recorder, run, end, consoles, faults, wallMs });
  return finishedRun(result, recorder.store);
}

function skipped({ name, specPath, tags }: Plan, skipReason: string): FinishedRun {
  return finishedRun(notStarted({ name, file: specPath, tags, outcome: 'skipped', diagnostics: [], skipReason }));
}

function failed(plan: Plan, error: unknown): FinishedRun {
  const { name, specPath, tags } = plan;
  return finishedRun(notStarted({ name, file: specPath, tags, outcome: 'could-not-run', diagnostics: [cause(plan, error)] }));
}

function cause({ guest }: Plan, error: unknown): Diagnostic {
  if (error instanceof LoadError) return error.diagnostic;
  if (error instanceof DomainBuildError)
    return diagnostic('image-bad', `no guest can be built: ${error.message}`, { span: guest.firmware.loaderSpan });
  const { kernel } = guest;
  if (error instanceof KernelError && kernel)
    return diagnostic('image-bad', `the kernel ${kernel.image.name} cannot be started: ${error.message}`, { span: kernel.span });
  const text = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 4) : [];
  return diagnostic('internal', text, { notes: stack.map((line) => ({ kind: 'note', text: line.trim() })) });
}
