import { diagnostic, type Diagnostic, type Span } from '../../diagnostics/diagnostic';
import type { SourceText } from '../../diagnostics/source-text';
import { tokenize, type Token } from './tokens';

/** A value of an xl.cfg: text (numbers too, as written), or a list of values. */
export type XlValue =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly XlValue[]; readonly span: Span };

export interface XlSetting {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: XlValue;
}

const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 8;

/** The settings of an xl.cfg in order; a later one of the same name replaces the earlier, `+=` appends, as in xl. */
export function parseXl(source: SourceText): readonly XlSetting[] | Diagnostic {
  if (source.text.length > MAX_BYTES)
    return diagnostic('too-large', `the xl.cfg is longer than ${MAX_BYTES / 1024} KiB`, { span: source.span(0, 1) });
  const tokens = tokenize(source);
  if (!Array.isArray(tokens)) return tokens;
  try {
    return new Parser(source, tokens).settings();
  } catch (error) {
    if (error instanceof Unexpected) return error.diagnostic;
    throw error;
  }
}

class Unexpected extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.what);
  }
}

class Parser {
  private at = 0;

  constructor(
    private readonly source: SourceText,
    private readonly tokens: readonly Token[],
  ) {}

  settings(): XlSetting[] {
    const found = new Map<string, XlSetting>();
    for (;;) {
      this.skipNewlines();
      const token = this.take();
      if (token.kind === 'end') return [...found.values()];
      if (token.kind !== 'name') throw this.unexpected(token, 'the name of a setting');
      const operator = this.take();
      if (operator.text !== '=' && operator.text !== '+=') throw this.unexpected(operator, `= after ${token.text}`);
      const value = this.value(0);
      const end = this.take();
      if (end.kind !== 'newline' && end.kind !== 'end') throw this.unexpected(end, 'the end of the line');
      const before = operator.text === '+=' ? found.get(token.text)?.value : undefined;
      found.set(token.text, { name: token.text, nameSpan: this.spanOf(token), value: before ? appended(before, value) : value });
    }
  }

  private value(depth: number): XlValue {
    const token = this.take();
    if (token.kind === 'string' || token.kind === 'number' || token.kind === 'name') {
      return { kind: 'text', text: token.text, quoted: token.kind === 'string', span: this.spanOf(token) };
    }
    if (token.text !== '[' || depth >= MAX_DEPTH) throw this.unexpected(token, 'a value: text in quotes, a number, or a list');
    const items: XlValue[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.peek().text === ']' && this.peek().kind === 'punctuation') break;
      items.push(this.value(depth + 1));
      this.skipNewlines();
      const next = this.peek();
      if (next.text === ',' && next.kind === 'punctuation') this.take();
      else if (next.text !== ']') throw this.unexpected(next, ', or ] in the list');
    }
    const close = this.take();
    return { kind: 'list', items, span: this.source.span(token.start, close.end) };
  }

  private skipNewlines(): void {
    while (this.peek().kind === 'newline') this.at++;
  }

  private peek(): Token {
    const token = this.tokens[this.at] ?? this.tokens[this.tokens.length - 1];
    if (!token) throw new Error('an xl.cfg has at least its end');
    return token;
  }

  private take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  private spanOf(token: Token): Span {
    return this.source.span(token.start, Math.max(token.end, token.start + 1));
  }

  private unexpected(token: Token, wanted: string): Unexpected {
    const found =
      token.kind === 'end'
        ? 'the file ends'
        : token.kind === 'newline'
          ? 'the line ends'
          : `${JSON.stringify(token.text.slice(0, 40))} stands`;
    return new Unexpected(diagnostic('xl-syntax', `${found} here instead of ${wanted}`, { span: this.spanOf(token) }));
  }
}

function appended(before: XlValue, added: XlValue): XlValue {
  if (before.kind === 'list') return { ...before, items: [...before.items, ...(added.kind === 'list' ? added.items : [added])] };
  return added.kind === 'text' ? { ...before, text: before.text + added.text } : added;
}
