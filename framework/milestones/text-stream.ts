import { toRegExp } from '../quantities/text-match';
import type { TextMatch } from '../quantities/text-match';

/** Text that is searched: what came since looking began, at most this many last characters. */
const WINDOW = 4096;
/** A line without an end is searched at every byte up to this length, then more rarely, so that a flood stays cheap. */
const EAGER_LENGTH = 256;
const LAZY_STEP = 64;
/** Lines kept for a near miss. */
const LINES_KEPT = 200;

/** Bytes of a console as text, searched as they come. */
export class TextStream {
  #text = '';
  #line = '';
  #lineLength = 0;
  readonly #lines: string[] = [];
  readonly #pattern: RegExp;
  readonly #plain: string | undefined;
  /** `$` in a pattern means the end of a line that has ended. */
  readonly #waitsForLineEnd: boolean;
  readonly #isMultiline: boolean;

  constructor(match: TextMatch) {
    this.#pattern = toRegExp(match);
    this.#plain = match.kind === 'substring' ? match.text : undefined;
    const source = match.kind === 'regex' ? match.source : '';
    this.#waitsForLineEnd = /(^|[^\\])\$/.test(source);
    this.#isMultiline = /\\[nr]/.test(source) || this.#pattern.flags.includes('s');
  }

  /** Adds a byte (Latin-1); the text that matched when the match is complete with it. */
  add(byte: number): string | undefined {
    const char = String.fromCharCode(byte);
    const isLineEnd = char === '\n';
    const found = this.#plain === undefined ? this.#search(char, isLineEnd) : this.#endsWith(this.#plain, char);
    if (isLineEnd) this.#endLine();
    else if (char !== '\r') {
      this.#line = this.#line.length >= 2 * WINDOW ? this.#line.slice(-WINDOW) + char : this.#line + char;
      this.#lineLength++;
    }
    // What comes after a match is a new beginning: `count` counts matches that do not overlap.
    if (found !== undefined) this.#text = '';
    return found;
  }

  /** Only as much text is kept as the wanted one is long. */
  #endsWith(wanted: string, char: string): string | undefined {
    this.#text = (this.#text + char).slice(-wanted.length);
    return this.#text === wanted ? wanted : undefined;
  }

  #search(char: string, isLineEnd: boolean): string | undefined {
    this.#text = this.#text.length >= 2 * WINDOW ? this.#text.slice(-WINDOW) + char : this.#text + char;
    if (!isLineEnd && (this.#waitsForLineEnd || (this.#lineLength > EAGER_LENGTH && this.#lineLength % LAZY_STEP !== 0))) return undefined;
    const text = this.#isMultiline ? this.#text.slice(-WINDOW) : this.#lineOfText().replace(/[\r\n]+$/, '');
    return this.#pattern.exec(text)?.[0];
  }

  /** The unfinished line, as far as it came after the last match. */
  #lineOfText(): string {
    const end = this.#text.endsWith('\n') ? this.#text.length - 1 : this.#text.length;
    return this.#text.slice(this.#text.lastIndexOf('\n', end - 1) + 1).slice(-WINDOW);
  }

  #endLine(): void {
    if (this.#line !== '') this.#lines.push(this.#line);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    this.#line = '';
    this.#lineLength = 0;
  }

  /** The last lines, the unfinished one too. */
  lines(): string[] {
    return this.#line === '' ? [...this.#lines] : [...this.#lines, this.#line];
  }
}
