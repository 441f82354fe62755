import type { Diagnostic, Span } from './diagnostic';

export interface RenderOptions {
  /** ANSI colours. */
  readonly colour?: boolean;
  /** Shown instead of the absolute path: makes paths relative to it. */
  readonly relativeTo?: string;
}

const RED = 31;
const BLUE = 34;
const CYAN = 36;
const BOLD = 1;

/** `error[code]: what`, the place with its source line and a caret, then the notes and how to fix it. No trailing newline. */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const paint = (style: number, text: string): string => (options.colour ? `\u001b[${style}m${text}\u001b[0m` : text);
  const lines = [`${paint(RED, `error[${diagnostic.code}]`)}${paint(BOLD, `: ${printable(diagnostic.what)}`)}`];
  const { span } = diagnostic;
  const margin = ' '.repeat(span ? String(span.line).length : 1);
  if (span) lines.push(...renderPlace(span, margin, paint, options.relativeTo));
  for (const note of diagnostic.notes) lines.push(...renderNote(note.kind, note.text, margin, paint));
  if (diagnostic.fixme !== undefined) lines.push(...renderNote('fixme', diagnostic.fixme, margin, paint));
  return lines.join('\n');
}

/** Several diagnostics with a blank line between them. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)).join('\n\n');
}

/** `file:line:column`. */
function renderLocation(span: Span, relativeTo?: string): string {
  return `${shortened(span.file, relativeTo)}:${span.line}:${span.column}`;
}

function renderPlace(span: Span, margin: string, paint: (style: number, text: string) => string, relativeTo?: string): string[] {
  const bar = paint(BLUE, '|');
  const indent = Math.max(0, span.column - (span.textColumn ?? 1));
  const cut = (span.textColumn ?? 1) > 1;
  return [
    `${margin}${paint(BLUE, '-->')} ${renderLocation(span, relativeTo)}`,
    `${margin} ${bar}`,
    `${paint(BLUE, String(span.line))} ${bar} ${cut ? '…' : ''}${printable(span.text)}`.trimEnd(),
    `${margin} ${bar} ${' '.repeat(indent + (cut ? 1 : 0))}${paint(RED, '^'.repeat(Math.max(1, span.length)))}`,
  ];
}

function renderNote(kind: string, text: string, margin: string, paint: (style: number, text: string) => string): string[] {
  const [first = '', ...rest] = text.split('\n').map(printable);
  const label = `${margin} ${paint(BLUE, '=')} ${paint(CYAN, `${kind}:`)} `;
  return [label + first, ...rest.map((line) => `${margin}   ${' '.repeat(kind.length + 2)}${line}`)];
}

function shortened(file: string, relativeTo: string | undefined): string {
  if (relativeTo === undefined) return file;
  const prefix = relativeTo.endsWith('/') ? relativeTo : `${relativeTo}/`;
  return file.startsWith(prefix) ? file.slice(prefix.length) : file;
}

/** Control characters but tab, zero-width characters, and those that change the direction of text. */
const UNPRINTABLE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/** Control characters would let a spec or guest write to the user's terminal; each becomes one visible character. */
function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(UNPRINTABLE, '\ufffd');
}
