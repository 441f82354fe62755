import type { End } from './guest-run';
import type { ExpectationResult, Outcome } from './result';

/** SHUTDOWN_crash of Xen's public/sched.h. */
export const SHUTDOWN_CRASH = 3;

/** The outcome of a run that ended so. */
export function outcomeOf(end: End, expectations: readonly ExpectationResult[]): Outcome {
  switch (end.kind) {
    case 'complete':
      return expectations.every(({ status }) => status === 'met') ? 'passed' : 'failed';
    case 'milestone-timeout':
    case 'never':
      return 'failed';
    case 'reset':
    case 'shutdown':
    case 'triple-fault':
      return end.isDeclared === true ? 'failed' : 'guest-crash';
    case 'halted':
    case 'hang':
      return end.isDeclared === true ? 'failed' : 'hang';
    case 'budget':
    case 'wall-limit':
      return 'budget';
    case 'not-started':
      return 'could-not-run';
  }
}
