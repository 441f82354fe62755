import type { Span } from './diagnostic';

const MAX_SHOWN = 160;
const SHOWN_BEFORE = 60;

/** A source file that can tell where an offset stands. */
export class SourceText {
  /** Offset of the first character of each line. */
  private readonly starts: number[] = [0];

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.starts.push(at + 1);
  }

  /** The span from `start` to `end` (offsets, end exclusive), cut at the end of its first line. */
  span(start: number, end: number): Span {
    const from = Math.min(Math.max(0, start), this.text.length);
    const line = this.lineAt(from);
    const lineStart = this.starts[line] ?? 0;
    const nextStart = this.starts[line + 1] ?? this.text.length + 1;
    const whole = this.text.slice(lineStart, nextStart - 1).replace(/\r$/, '');
    const column = from - lineStart;
    const length = Math.max(1, Math.min(end, lineStart + whole.length) - from);
    const base = { file: this.file, line: line + 1, column: column + 1 };
    if (whole.length <= MAX_SHOWN) return { ...base, length, text: whole };
    const shownFrom = Math.max(0, column - SHOWN_BEFORE);
    const text = whole.slice(shownFrom, shownFrom + MAX_SHOWN);
    const shownLength = Math.max(1, Math.min(length, shownFrom + text.length - column));
    return { ...base, length: shownLength, text, ...(shownFrom > 0 && { textColumn: shownFrom + 1 }) };
  }

  private lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
