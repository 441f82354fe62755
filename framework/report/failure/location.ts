import type { Diagnostic, Span } from '../../diagnostics/diagnostic';
import { diagnostic } from '../../diagnostics/diagnostic';
import { renderDiagnostic } from '../../diagnostics/render';
import type { ResultSpan, RunResult } from '../../run/result';
import { shownPath } from '../commands';
import type { ReportContext } from '../context';
import { causeOf } from './cause';

/** The failed condition as a diagnostic of the spec: the line, the caret, what came closest, what to try. */
export function locationLines(result: RunResult, context: ReportContext): string[] {
  const found = failureDiagnostic(result, context);
  return found ? renderDiagnostic(found).trimEnd().split('\n') : [];
}

function failureDiagnostic(result: RunResult, context: ReportContext): Diagnostic | undefined {
  const cause = causeOf(result);
  if (!cause) return undefined;
  const { closest, fixme } = cause.explanation;
  const [cpu] = result.cpus;
  return diagnostic(cause.code, cause.what, {
    span: cause.span && sourceSpan(cause.span, context),
    fixme,
    notes: [
      ...(closest === undefined ? [] : [{ kind: 'closest' as const, text: closest }]),
      ...(cpu ? [{ kind: 'guest' as const, text: `${result.end.text}; vCPU ${cpu.vcpu} ${cpu.activity} at ${cpu.at}` }] : []),
    ],
  });
}

/** A span of the result together with its source line. */
function sourceSpan(span: ResultSpan, context: ReportContext): Span {
  const text = context.specText?.split(/\r?\n/)[span.line - 1] ?? '';
  const length = Math.max(1, Math.min(span.endColumn, text.length + 1) - span.column);
  return { file: shownPath(span.file, context.cwd), line: span.line, column: span.column, length, text };
}
