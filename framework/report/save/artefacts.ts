import type { FinishedRun, RunResult } from '../../run/result';
import type { ReportContext } from '../context';
import { failureText } from '../failure/failure-text';
import { runPage } from '../html/page';
import { timelineSvg } from '../html/timeline';
import { perfettoTrace } from '../perfetto/perfetto-trace';
import { reproJson, type ReproVersions } from '../repro';
import { picturePng, screenPng } from '../screen/screen-png';
import { isGood, specEntry } from '../summary/spec-entry';
import { acpidumpText, tableFiles } from '../tables';

/** A file to be written, its content made only when it is. */
export interface Artefact {
  readonly name: string;
  readonly contents: () => string | Uint8Array | Iterable<string | Uint8Array>;
}

/** Files about the guest, straight from the run. */
function guestFiles(run: FinishedRun): Artefact[] {
  const { result } = run;
  if (result.cpus.length === 0) return [];
  const { screen, picture, tables, variableStore } = result;
  const acpi = tables.some(({ table }) => table.startsWith('acpi.'));
  return [
    ...result.consoles.map(({ name, bytes }) => ({ name: `${name}.log`, contents: () => bytes })),
    ...(screen ? [{ name: 'screen.txt', contents: () => `${screen.join('\n')}\n` }] : []),
    ...(screen ? [{ name: 'screen.png', contents: () => screenPng(screen) }] : []),
    ...(picture ? [{ name: 'screen.png', contents: () => picturePng(picture) }] : []),
    ...(hasEvents(run) ? traceFiles(run) : []),
    ...(variableStore ? [{ name: 'vars.fd', contents: () => variableStore }] : []),
    ...tableFiles(tables).map(({ name, contents }) => ({ name, contents: () => contents })),
    ...(acpi ? [{ name: 'acpi/acpidump.txt', contents: () => acpidumpText(tables) }] : []),
  ];
}

function traceFiles(run: FinishedRun): Artefact[] {
  return [
    { name: 'events.jsonl', contents: () => run.eventLines() },
    { name: 'trace.perfetto.json', contents: () => perfettoTrace(run) },
  ];
}

/** Files that report on the run; `context` must list all names. result.json comes last: with it the run is complete. */
function reportFiles(result: RunResult, context: ReportContext, versions: ReproVersions): Artefact[] {
  return [
    ...(isGood(result.outcome) ? [] : [{ name: 'failure.txt', contents: () => `${failureText(result, context)}\n` }]),
    ...(result.milestones.length > 0 ? [{ name: 'timeline.svg', contents: () => timelineSvg(result) }] : []),
    { name: 'index.html', contents: () => runPage(result, context) },
    { name: 'repro.json', contents: () => reproJson(result, context, versions) },
    { name: 'result.json', contents: () => `${JSON.stringify(specEntry(result, context), null, 1)}\n` },
  ];
}

/** Everything that a run leaves behind, and the context that reports about it share from then on. */
export function artefactsOf(
  run: FinishedRun,
  directory: string,
  cwd: string,
  versions: ReproVersions,
): { readonly files: readonly Artefact[]; readonly context: ReportContext } {
  const guest = guestFiles(run);
  const names = [...guest, ...reportFiles(run.result, { cwd }, versions)].map(({ name }) => name);
  const context: ReportContext = { cwd, artefacts: { directory, names } };
  return { files: [...guest, ...reportFiles(run.result, context, versions)], context };
}

/** Whether the trace was kept. */
function hasEvents(run: FinishedRun): boolean {
  return run.events().next().done !== true;
}
