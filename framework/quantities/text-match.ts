import { bad, good, type Parsed } from './parsed';

/** What text must contain: a substring as it stands, or a JavaScript regular expression. */
export type TextMatch =
  { readonly kind: 'substring'; readonly text: string } | { readonly kind: 'regex'; readonly source: string; readonly flags: string };

const MAX_PATTERN = 1000;
const REGEX = /^\/(.+)\/([a-z]*)$/s;

/** Plain text is a substring; `/…/` with flags out of `imsu` is a regular expression. */
export function parseTextMatch(text: string): Parsed<TextMatch> {
  if (text === '') return bad('empty text matches everything', 'write the text that must appear');
  if (text.length > MAX_PATTERN) return bad(`the text is ${text.length} characters long; at most ${MAX_PATTERN} are allowed`);
  const parts = REGEX.exec(text);
  if (!parts) return good({ kind: 'substring', text });
  const [, source = '', flags = ''] = parts;
  const unknown = /[^imsu]/.exec(flags)?.[0];
  if (unknown !== undefined) return bad(`unknown flag ${JSON.stringify(unknown)} of a regular expression`, 'flags: i, m, s, u');
  try {
    new RegExp(source, flags);
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error), 'a text between slashes is a JavaScript regular expression');
  }
  if (nestsRepetition(source)) {
    return bad('a repeated group repeats inside itself: matching could take for ever', 'write (a|b)* instead of (a*|b)*');
  }
  return good({ kind: 'regex', source, flags });
}

/** The matcher as a RegExp; substrings are escaped. Not global: every use starts at the beginning. */
export function toRegExp(match: TextMatch): RegExp {
  if (match.kind === 'regex') return new RegExp(match.source, match.flags);
  return new RegExp(match.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** The matcher as a spec writes it. */
export function formatTextMatch(match: TextMatch): string {
  return match.kind === 'regex' ? `/${match.source}/${match.flags}` : JSON.stringify(match.text);
}

/** True when an unboundedly repeated group contains an unbounded repetition: the usual cause of exponential matching. */
function nestsRepetition(source: string): boolean {
  const groups: { repeats: boolean }[] = [];
  let closed: { repeats: boolean } | undefined;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? '';
    const unbounded = char === '*' || char === '+' || /^\{\d+,\}/.test(source.slice(at, at + 12));
    if (unbounded) {
      if (closed?.repeats) return true;
      const enclosing = groups[groups.length - 1];
      if (enclosing) enclosing.repeats = true;
    }
    const before: { repeats: boolean } | undefined = closed;
    closed = undefined;
    if (char === '\\') at++;
    else if (char === '[') at = classEnd(source, at);
    else if (char === '(') groups.push({ repeats: false });
    else if (char === ')') {
      closed = groups.pop();
      const enclosing = groups[groups.length - 1];
      if (closed?.repeats && enclosing) enclosing.repeats = true;
    } else if (char === '?' && before) closed = undefined;
  }
  return false;
}

function classEnd(source: string, open: number): number {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === ']') return at;
  }
  return source.length;
}
