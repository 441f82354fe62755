import { join, relative, sep } from 'node:path';
import { addAttach, addMsg } from 'jest-html-reporters/helper';
import type { ReportContext } from '../report/context';
import { reportBlocks } from '../report/html/blocks';
import type { RunResult } from '../run/result';

/** The file's own attachments in jest-html-reporters, not those of one test: shown by the Info button of the spec. */
const FILE_LEVEL = '';

const PICTURES = [
  ['timeline.svg', 'Boot timeline'],
  ['screen.png', 'Screen at the end'],
  ['index.html', 'The whole report of this boot, and its files'],
] as const;

/**
 * Adds pictures and texts of a run to the report of jest-html-reporters. The texts are one message, because that reporter shows
 * the messages of a file in no certain order. Links are relative to `reports`, where report.html stands.
 */
export async function attachToHtmlReport(testPath: string, reports: string, result: RunResult, report: ReportContext): Promise<void> {
  // The helper looks among the global's symbols for jest's own state, to learn whose attachment it is.
  const context = { [Symbol('milepost')]: { state: { testPath, currentTestName: FILE_LEVEL }, matchers: {} } };
  const { directory, names } = report.artefacts ?? { directory: '', names: [] };
  const texts = reportBlocks(result, report)
    .filter((block) => block.title !== 'Failure')
    .map(({ title, text }) => `── ${title} ${'─'.repeat(Math.max(0, 90 - title.length))}\n\n${text}\n`);
  try {
    for (const [name, description] of PICTURES) {
      if (!names.includes(name)) continue;
      const attach = relative(reports, join(directory, name)).split(sep).join('/');
      await addAttach({ attach, description, context });
    }
    await addMsg({ message: texts.join('\n'), context });
  } catch (error) {
    if (!isReporterAbsent(error)) throw error;
  }
}

/** The reporter makes its directory when a run starts; without the reporter there is nowhere to attach to. */
function isReporterAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
