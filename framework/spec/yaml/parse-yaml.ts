import { Composer, isAlias, isMap, isScalar, isSeq, Parser, type CST, type Document, type ErrorCode, type Pair } from 'yaml';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { SourceText } from '../../diagnostics/source-text';
import type { MapEntry, Node } from './tree';

const MAX_BYTES = 256 * 1024;
const MAX_NODES = 20_000;
const MAX_DEPTH = 32;
const MAX_REPORTED = 5;

export type YamlResult = { readonly ok: true; readonly root: Node } | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** YAML text -> tree with places, in time and memory bounded by MAX_*; whatever the text is, it never throws. */
export function parseYaml(source: SourceText): YamlResult {
  const early = refuseEarly(source);
  if (early) return { ok: false, diagnostics: [early] };
  const tokens = [...new Parser().parse(source.text)];
  // The composer is recursive, so depth is measured before it runs.
  const deep = tooDeepAt(tokens);
  if (deep !== undefined) return { ok: false, diagnostics: [tooDeep(source, deep)] };
  const documents = [...new Composer(COMPOSE).compose(tokens, true, source.text.length)];
  const [document, second] = documents;
  if (!document) return { ok: false, diagnostics: [emptyText(source)] };
  const errors = syntaxErrors(document, source);
  if (errors.length === 0 && second) {
    const at = second.range[0];
    errors.push(
      diagnostic('yaml-syntax', 'a second document begins here', { span: source.span(at, at + 3), fixme: 'one file holds one spec' }),
    );
  }
  if (errors.length > 0) return { ok: false, diagnostics: errors };
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return { ok: false, diagnostics: [emptyText(source)] };
  return new Converter(source, document).run();
}

/** uniqueKeys is off because the library's message has no place for the first of the two keys; `convertMap` looks for them. */
const COMPOSE = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;

/** Offset of the first collection nested deeper than MAX_DEPTH. */
function tooDeepAt(tokens: readonly CST.Token[]): number | undefined {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection') continue;
    for (const item of token.items) {
      for (const inner of [item.key, item.value]) if (inner) open.push({ token: inner, depth: depth + 1 });
    }
  }
  return undefined;
}

/** Text in two-byte characters, read as if it were UTF-8. */
const UTF_16 = /^\ufffd{0,2}(?:[\t\n\r -~]\0[\t\n\r -~]\0|\0[\t\n\r -~]\0[\t\n\r -~])/;

function refuseEarly(source: SourceText): Diagnostic | undefined {
  const { text } = source;
  if (text.length > MAX_BYTES) {
    return diagnostic('too-large', `the file is ${Math.ceil(text.length / 1024)} KiB long; a spec may have ${MAX_BYTES / 1024} KiB`, {
      span: source.span(0, 1),
    });
  }
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    const fixme = UTF_16.test(text) ? 'it looks like UTF-16: save it as UTF-8' : 'a spec is a text file in UTF-8';
    return diagnostic('not-text', 'the file holds NUL bytes, so it is not text', { span: source.span(nul, nul + 1), fixme });
  }
  const broken = text.indexOf('\ufffd');
  if (broken >= 0)
    return diagnostic('not-text', 'the file is not valid UTF-8', { span: source.span(broken, broken + 1), fixme: 'save it as UTF-8' });
  return undefined;
}

function emptyText(source: SourceText): Diagnostic {
  return diagnostic('missing-key', 'the file is empty', { span: source.span(0, 1), fixme: 'a spec begins with version: 1' });
}

function syntaxErrors(document: Document.Parsed, source: SourceText): Diagnostic[] {
  const found = [...document.errors, ...document.warnings].slice(0, MAX_REPORTED);
  return found.map((error) => {
    const what = error.message.replace(/\s+/g, ' ').replace(/\.$/, '');
    return diagnostic('yaml-syntax', what.slice(0, 200), {
      span: source.span(error.pos[0], error.pos[1]),
      fixme: what.includes(' end with a ') ? SYNTAX_FIXES.MISSING_CHAR : SYNTAX_FIXES[error.code],
    });
  });
}

const SYNTAX_FIXES: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MISSING_CHAR: 'close the quote or bracket that was opened before here',
  BAD_INDENT: 'line it up with the entries above it',
  BLOCK_AS_IMPLICIT_KEY: 'quote the text: a colon followed by a space ends a key',
  MULTILINE_IMPLICIT_KEY: 'quote the text, or put a space after the colon of the key',
  BAD_SCALAR_START: 'quote the text: it begins with a character that YAML reserves',
  TAG_RESOLVE_FAILED: 'tags (!name) mean nothing in a spec',
};

function tooDeep(source: SourceText, at: number): Diagnostic {
  return diagnostic('too-deep', `lists and maps are nested more than ${MAX_DEPTH} deep`, { span: source.span(at, at + 1) });
}

class Refused extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.what);
  }
}

class Converter {
  private nodes = 0;
  private readonly found: Diagnostic[] = [];

  constructor(
    private readonly source: SourceText,
    private readonly document: Document.Parsed,
  ) {}

  run(): YamlResult {
    try {
      const root = this.convert(this.document.contents, 0, 0);
      return this.found.length > 0 ? { ok: false, diagnostics: this.found.slice(0, MAX_REPORTED) } : { ok: true, root };
    } catch (error) {
      if (error instanceof Refused) return { ok: false, diagnostics: [error.diagnostic] };
      throw error;
    }
  }

  private convert(node: unknown, depth: number, fallback: number): Node {
    if (isAlias(node)) return this.convert(node.resolve(this.document), depth + 1, node.range?.[0] ?? fallback);
    const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
    const start = range?.[0] ?? fallback;
    const span = this.source.span(start, range?.[1] ?? start);
    if (depth > MAX_DEPTH) throw new Refused(tooDeep(this.source, start));
    if (++this.nodes > MAX_NODES) {
      throw new Refused(diagnostic('too-large', `more than ${MAX_NODES} values, aliases counted each time`, { span }));
    }
    if (isSeq(node)) return { kind: 'list', span, items: node.items.map((item) => this.convert(item, depth + 1, start)) };
    if (isMap(node)) return { kind: 'map', span, entries: this.convertMap(node.items, depth, start) };
    if (!isScalar(node)) return { kind: 'scalar', value: null, text: '', span };
    const value = node.value;
    if (typeof value === 'string') return { kind: 'scalar', value, text: value, span };
    if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'scalar', value, text: node.source ?? String(value), span };
    return { kind: 'scalar', value: null, text: '', span };
  }

  private convertMap(pairs: readonly Pair[], depth: number, start: number): MapEntry[] {
    const seen = new Map<string, MapEntry>();
    for (const pair of pairs) {
      const keyNode = this.convert(pair.key, depth + 1, start);
      if (keyNode.kind !== 'scalar' || keyNode.text === '') {
        throw new Refused(diagnostic('yaml-syntax', 'a key must be a word', { span: keyNode.span }));
      }
      const entry = { key: keyNode.text, keySpan: keyNode.span, value: this.convert(pair.value, depth + 1, endOf(pair, start)) };
      const first = seen.get(entry.key);
      if (first) {
        const notes = [{ kind: 'note' as const, text: `first written in line ${first.keySpan.line}` }];
        this.found.push(
          diagnostic('duplicate-key', `the key ${JSON.stringify(entry.key)} stands here twice`, {
            span: entry.keySpan,
            notes,
            fixme: 'keep one of them',
          }),
        );
      } else seen.set(entry.key, entry);
    }
    return [...seen.values()];
  }
}

function endOf(pair: Pair, fallback: number): number {
  return isScalar(pair.key) ? (pair.key.range?.[0] ?? fallback) : fallback;
}
