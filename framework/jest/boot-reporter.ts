import { rmSync } from 'node:fs';
import { relative } from 'node:path';
import { runDirectory } from '../report/save/paths';
import { loadEntry } from '../report/save/save-run';
import { githubReport, saveSummary } from '../report/save/save-summary';
import { packageVersion } from '../report/save/version';
import { isGood, type SpecEntry } from '../report/summary/spec-entry';
import { reportsDirectory } from './reports-directory';

/** What we read of jest's results. */
interface TestFile {
  readonly path: string;
  readonly context: { readonly config: { readonly rootDir: string } };
}
interface TestFileResult {
  readonly numFailingTests: number;
  readonly numPassingTests: number;
  readonly testExecError?: unknown;
}

/** After the run: results.json, junit.xml and boots.html from what each spec left; on GitHub annotations and a step summary. */
export class BootReporter {
  private readonly entries: SpecEntry[] = [];
  private readonly rootDir: string;

  constructor(globalConfig: { readonly rootDir: string }) {
    this.rootDir = globalConfig.rootDir;
  }

  onTestResult(test: TestFile, result: TestFileResult): void {
    if (!/\.ya?ml$/i.test(test.path)) return;
    const { rootDir } = test.context.config;
    const entry = loadEntry(runDirectory(reportsDirectory(rootDir), rootDir, test.path));
    const ran = result.numFailingTests + result.numPassingTests > 0 || result.testExecError !== undefined;
    if (entry && (ran || entry.outcome === 'skipped')) this.entries.push(entry);
  }

  onRunComplete(): void {
    removeHtmlTemporary();
    if (this.entries.length === 0) return;
    const reports = reportsDirectory(this.rootDir);
    const entries = this.entries.sort((a, b) => (a.file < b.file ? -1 : 1));
    saveSummary(reports, this.rootDir, entries, packageVersion());
    if (process.env['GITHUB_ACTIONS'] === 'true') {
      for (const line of githubReport(entries, process.env['GITHUB_STEP_SUMMARY'])) process.stdout.write(`${line}\n`);
    }
    const skipped = entries.filter(({ outcome }) => outcome === 'skipped');
    for (const { file, summary } of skipped) process.stderr.write(`${file}: ${summary}\n`);
    process.stderr.write(
      `${closingLine(entries)}\nReports: ${relative(process.cwd(), reports) || '.'}/report.html boots.html junit.xml results.json\n`,
    );
  }
}

function closingLine(entries: readonly SpecEntry[]): string {
  const bad = entries.filter(({ outcome }) => !isGood(outcome)).map(({ outcome }) => outcome);
  const skipped = entries.filter(({ outcome }) => outcome === 'skipped').length;
  const failed = [...new Set(bad)].map((outcome) => `${bad.filter((other) => other === outcome).length} ${outcome}`);
  return `Boots: ${[`${entries.length - bad.length - skipped} passed`, ...(skipped > 0 ? [`${skipped} skipped`] : []), ...failed].join(', ')}`;
}

/** jest-html-reporters keeps attachments in a directory of this run (see jest.config.ts) and leaves its empty parents. */
function removeHtmlTemporary(): void {
  const directory = process.env['JEST_HTML_REPORTERS_TEMP_DIR_PATH'];
  if (directory?.includes('milepost-html-') === true) rmSync(directory, { recursive: true, force: true });
}
