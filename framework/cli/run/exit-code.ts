import { CODES, EXIT, type DiagnosticCode } from '../../diagnostics/codes';
import type { Diagnostic } from '../../diagnostics/diagnostic';

/** The class that stands for several failures: what stopped Milepost first, then what the guests did, worst first. */
const WORST_FIRST: readonly number[] = [EXIT.badSpec, EXIT.couldNotRun, EXIT.guestCrash, EXIT.hang, EXIT.failed];

/** The exit code of a whole run from the codes of its specs; `ran` counts those that were not skipped. */
export function overallExit(codes: readonly number[], ran: number): number {
  const worst = WORST_FIRST.find((code) => codes.includes(code));
  if (worst !== undefined) return worst;
  return ran === 0 ? EXIT.nothingRan : EXIT.passed;
}

/** The exit code of the class of a code. */
export function exitOf(code: DiagnosticCode): number {
  return CODES[code].exit;
}

/** The exit code of a spec that could not be planned. */
export function exitOfAll(diagnostics: readonly Diagnostic[]): number {
  return overallExit(
    diagnostics.map(({ code }) => exitOf(code)),
    1,
  );
}
