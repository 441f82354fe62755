import { formatTextMatch } from '../quantities/text-match';
import type { TextMatch } from '../quantities/text-match';

const COMPARED = 200;

/** Of the lines, the one that shares the longest run of characters with what was wanted; the last line when none shares three. */
function nearestLine(lines: readonly string[], wanted: TextMatch): string | undefined {
  const target = (wanted.kind === 'substring' ? wanted.text : wanted.source.replace(/[\\^$.*+?()[\]{}|]/g, ' '))
    .toLowerCase()
    .slice(0, COMPARED);
  let best: string | undefined;
  let bestRun = 2;
  for (const line of lines) {
    const run = longestCommonRun(line.toLowerCase().slice(0, COMPARED), target);
    if (run > bestRun) {
      bestRun = run;
      best = line;
    }
  }
  return best ?? lines[lines.length - 1];
}

/** `closest line: "…"`, or that there was nothing. */
export function textMiss(where: string, lines: readonly string[], wanted: TextMatch): string {
  const line = nearestLine(lines, wanted);
  if (line === undefined) return `nothing was written to ${where}`;
  return `${formatTextMatch(wanted)} did not appear on ${where}; nearest line: ${JSON.stringify(line.slice(0, 120))}`;
}

function longestCommonRun(left: string, right: string): number {
  let best = 0;
  let previous = new Uint16Array(right.length + 1);
  for (const char of left) {
    const row = new Uint16Array(right.length + 1);
    for (let i = 0; i < right.length; i++) {
      if (right[i] !== char) continue;
      const run = (previous[i] ?? 0) + 1;
      row[i + 1] = run;
      if (run > best) best = run;
    }
    previous = row;
  }
  return best;
}
