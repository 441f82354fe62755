import type { DiagnosticCode } from './codes';

/** A place in a source file, self-contained: the line's text comes along, so that rendering reads no file. */
export interface Span {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** Characters under the caret, at least 1, within this line. */
  readonly length: number;
  /** The source line without its end, or a part of it around the column when it is very long. */
  readonly text: string;
  /** Column of the first character of `text`; 1 unless said. */
  readonly textColumn?: number;
}

/** A line under the source: `= closest: …`. */
export interface Note {
  readonly kind: 'closest' | 'guest' | 'note';
  readonly text: string;
}

/** What went wrong, where, and how to fix it: the same for a bad spec and a missed milestone. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** One line, no full stop. */
  readonly what: string;
  readonly span?: Span;
  readonly notes: readonly Note[];
  readonly fixme?: string;
}

interface Extras {
  readonly span?: Span | undefined;
  readonly fixme?: string | undefined;
  readonly notes?: readonly Note[];
}

/** Builds a diagnostic; absent extras stay absent. */
export function diagnostic(code: DiagnosticCode, what: string, extras: Extras = {}): Diagnostic {
  return {
    code,
    what,
    notes: extras.notes ?? [],
    ...(extras.span && { span: extras.span }),
    ...(extras.fixme !== undefined && { fixme: extras.fixme }),
  };
}
