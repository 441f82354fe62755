import type { Diagnostic } from '../diagnostics/diagnostic';
import type { Plan, Planned } from '../plan/types';
import { EXPECT_PREFIX, NEVER_PREFIX } from '../report/spec-tests';
import type { SpecOutline } from './spec-global';

/** Diagnostics that mean "not on this machine" rather than "wrong". In CI they fail all the same. */
const ABSENT: ReadonlySet<Diagnostic['code']> = new Set<Diagnostic['code']>(['firmware-missing']);

/** Whether this is a CI run, in which nothing may be missing. */
export function isCi(): boolean {
  const ci = process.env['CI'];
  return ci !== undefined && ci !== '' && ci !== 'false';
}

/** Why a spec does not boot here, without that being a failure; undefined when it is to be booted (or to fail). */
export function skipReason(planned: Planned, ci: boolean): string | undefined {
  if (planned.ok) return planned.plan.skip?.value;
  if (ci || !isAbsent(planned)) return undefined;
  return planned.diagnostics.map(({ what }) => what).join('; ');
}

/** Whether everything that is wrong with a spec is that something is not installed. */
export function isAbsent(planned: Planned): boolean {
  return !planned.ok && planned.diagnostics.every(({ code }) => ABSENT.has(code));
}

/** The tests of a spec, named before the boot. `file` is the title of a spec that cannot be read. */
export function outlineOf(planned: Planned, file: string, ci: boolean): SpecOutline {
  const reason = skipReason(planned, ci);
  const name = planned.ok ? planned.plan.name : file;
  return {
    title: reason === undefined ? name : `${name} (skipped: ${reason})`,
    skipped: reason !== undefined,
    tests: planned.ok ? planTests(planned.plan) : ['the spec can be booted'],
  };
}

function planTests({ milestones, never, expect }: Plan): string[] {
  return [
    ...milestones.map(({ label }) => label),
    ...never.map(({ label }) => `${NEVER_PREFIX}${label}`),
    ...expect.map(({ label }) => `${EXPECT_PREFIX}${label}`),
  ];
}
