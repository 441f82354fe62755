import { compact, duration } from '../numbers';
import { isGood, type SpecEntry } from './spec-entry';

/** The workflow command that puts a failure beside its line of the spec on GitHub; undefined when the run did not fail. */
export function githubAnnotation(entry: SpecEntry): string | undefined {
  if (isGood(entry.outcome)) return undefined;
  const span = entry.failure?.place;
  const place = [
    `file=${property(span?.file ?? entry.file)}`,
    ...(span ? [`line=${span.line}`, `col=${span.column}`, `endColumn=${span.column + span.length}`] : []),
    `title=${property(entry.name)}`,
  ];
  return `::error ${place.join(',')}::${data(entry.failure?.text ?? entry.summary)}`;
}

/** Markdown for the step summary: a table of the specs, and the text of each failure. */
export function githubSummary(entries: readonly SpecEntry[]): string {
  const rows = entries.map((entry) => {
    const met = entry.milestones.filter(({ status }) => status === 'met').length;
    const cost = `${compact(entry.instructions)} | ${duration(entry.atNs)}`;
    return `| ${cell(entry.name)} | ${entry.outcome} | ${met}/${entry.milestones.length} | ${cost} |`;
  });
  const failures = entries
    .filter(({ outcome }) => !isGood(outcome))
    .map((entry) => {
      const fence = '`'.repeat(4);
      return `<details><summary>${cell(entry.summary)}</summary>\n\n${fence}text\n${entry.failure?.text ?? ''}\n${fence}\n\n</details>`;
    });
  return [
    '| spec | outcome | milestones | instructions | virtual time |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    ...failures,
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replace(/[\\|<>]/g, (char) => (char === '<' ? '&lt;' : char === '>' ? '&gt;' : `\\${char}`));
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
