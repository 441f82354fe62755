import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { SourceText } from '../../diagnostics/source-text';

export interface Token {
  readonly kind: 'name' | 'string' | 'number' | 'punctuation' | 'newline' | 'end';
  /** Strings: with quotes and escapes resolved. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const PATTERNS: readonly (readonly [Token['kind'] | 'skip', RegExp])[] = [
  ['skip', /[ \t\r]+|#[^\n]*|\\\r?\n/y],
  ['newline', /\n|;/y],
  ['number', /0x[0-9a-fA-F]+|[0-9]+/y],
  ['name', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['punctuation', /\+=|[=[\],]/y],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'/y],
];

/** The tokens of an xl.cfg (xl.cfg(5), "Syntax"), or the first place that is none. */
export function tokenize(source: SourceText): Token[] | Diagnostic {
  const tokens: Token[] = [];
  const { text } = source;
  let at = 0;
  while (at < text.length) {
    const token = nextToken(text, at);
    if (!token) {
      const open = text[at] === '"' || text[at] === "'";
      return diagnostic('xl-syntax', open ? 'this string is not closed in its line' : `unexpected character ${JSON.stringify(text[at])}`, {
        span: source.span(at, at + 1),
        fixme: open ? 'close it with the same quote' : 'xl.cfg: name = "text", name = 1, name = [ "a", "b" ]',
      });
    }
    if (token.kind !== 'skip')
      tokens.push({ kind: token.kind, text: token.kind === 'string' ? unquote(token.text) : token.text, start: at, end: token.end });
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', start: at, end: at });
  return tokens;
}

function nextToken(
  text: string,
  at: number,
): { readonly kind: Token['kind'] | 'skip'; readonly text: string; readonly end: number } | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { kind, text: match[0], end: pattern.lastIndex };
  }
  return undefined;
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)/g, (_, escape: string) => {
    if (/^x[0-9a-fA-F]/.test(escape)) return String.fromCharCode(parseInt(escape.slice(1), 16));
    if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8) & 0xff);
    return SIMPLE_ESCAPES[escape] ?? escape;
  });
}
