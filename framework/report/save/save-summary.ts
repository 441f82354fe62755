import { appendFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { githubAnnotation, githubSummary } from '../summary/github';
import { indexPage } from '../summary/index-page';
import { junitXml } from '../summary/junit';
import { resultsJson } from '../summary/results-json';
import type { SpecEntry } from '../summary/spec-entry';
import { writeAtomically } from './save-run';

/** Writes results.json, junit.xml and boots.html (the list of all runs) into the reports directory. */
export function saveSummary(reports: string, cwd: string, entries: readonly SpecEntry[], version: string): void {
  writeAtomically(join(reports, 'results.json'), resultsJson(entries, version));
  writeAtomically(join(reports, 'junit.xml'), junitXml(entries));
  const hrefOf = (entry: SpecEntry): string | undefined =>
    entry.artefacts === undefined ? undefined : `${relative(reports, resolve(cwd, entry.artefacts)).split(sep).join('/')}/index.html`;
  writeAtomically(join(reports, 'boots.html'), indexPage(entries, hrefOf));
}

/**
 * On GitHub: an annotation for each failure, as lines for standard output, and the step summary appended to the file that the
 * runner names in GITHUB_STEP_SUMMARY.
 */
export function githubReport(entries: readonly SpecEntry[], stepSummaryFile: string | undefined): string[] {
  if (stepSummaryFile !== undefined && stepSummaryFile !== '' && entries.length > 0)
    appendFileSync(stepSummaryFile, githubSummary(entries));
  return entries.map(githubAnnotation).filter((line) => line !== undefined);
}
