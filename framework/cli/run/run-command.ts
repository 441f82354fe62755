import { resolve } from 'node:path';
import { EXIT } from '../../diagnostics/codes';
import { diagnostic } from '../../diagnostics/diagnostic';
import { renderDiagnostics } from '../../diagnostics/render';
import { shownPath } from '../../report/commands';
import { failureText } from '../../report/failure/failure-text';
import { githubReport, saveSummary } from '../../report/save/save-summary';
import { packageVersion } from '../../report/save/version';
import { resultsJson } from '../../report/summary/results-json';
import { isGood, specEntry, type SpecEntry } from '../../report/summary/spec-entry';
import { nodeFiles } from '../../run/node-files';
import { numberFlag, parseFlags } from '../arguments';
import { CommandError, type Command, type Terminal } from '../command';
import { projectRoot } from '../project';
import { planSelected, SELECT_FLAGS, selectionOf, type PlannedSpec } from '../select';
import { exitOfAll, overallExit } from './exit-code';
import { Progress } from './progress';
import { runSpec, type RunSpecOptions, type TraceFlag } from './run-spec';

const FLAGS = {
  ...SELECT_FLAGS,
  json: { type: 'boolean' },
  ci: { type: 'boolean' },
  bail: { type: 'boolean' },
  output: { type: 'string' },
  trace: { type: 'string', default: 'on' },
  repeat: { type: 'string', default: '1' },
  'check-determinism': { type: 'boolean' },
} as const;

const HELP = `Paths are specs or directories of specs; none: specs/.
  -t, --test-name-pattern TEXT   only specs whose name matches (a regular expression, any case)
  --tag NAME                     only specs with that tag; may be repeated
  --shard 1/4                    only every fourth spec, beginning with the first
  --bail                         stop after the first failure
  --trace on|off|retain-on-failure   which runs keep events.jsonl (on)
  --repeat N                     run each spec N times; the traces must be the same
  --check-determinism            the same as --repeat 2
  --output DIR                   where reports go (reports/)
  --json                         results.json on standard output, everything else on standard error
  --ci                           annotations for GitHub
Exit: 0 passed, 1 a milestone or expectation failed, 2 bad usage or spec (nothing booted), 3 nothing ran,
4 could not run, 5 guest crash or undeclared reset, 6 hang or budget exceeded.`;

export const RUN: Command = {
  name: 'run',
  usage: 'run [paths] [-t TEXT] [--tag NAME] [--json] [--output DIR] [--ci]',
  summary: 'boot specs (the default command)',
  help: HELP,
  run: (args, terminal) => Promise.resolve(run(args, terminal)),
};

function run(args: readonly string[], terminal: Terminal): number {
  const { values, positionals } = parseFlags(args, FLAGS);
  const print = (text: string): void => (values.json === true ? terminal.err(text) : terminal.out(text));
  const specs = planSelected(positionals, selectionOf(values), terminal.cwd, nodeFiles());
  if (specs.length === 0) throw new CommandError(diagnostic('nothing-ran', 'no spec was selected', { fixme: 'see milepost list' }));
  const refused = badSpecs(specs);
  if (refused.length > 0) {
    terminal.err(`${renderDiagnostics(refused, { colour: terminal.isTty, relativeTo: terminal.cwd })}\n`);
    return EXIT.badSpec;
  }
  const root = projectRoot(terminal.cwd);
  const reports = values.output === undefined ? resolve(root, 'reports') : resolve(terminal.cwd, values.output);
  const repeat = values['check-determinism'] === true ? 2 : numberFlag('repeat', values.repeat, 1, 1000);
  const outcome = runAll(
    specs,
    { trace: traceFlag(values.trace), reports, root, cwd: terminal.cwd, repeat },
    values.bail === true,
    terminal,
    print,
  );
  const version = packageVersion();
  saveSummary(reports, terminal.cwd, outcome.entries, version);
  if (values.json === true) terminal.out(resultsJson(outcome.entries, version));
  if (values.ci === true) for (const line of githubReport(outcome.entries, terminal.env['GITHUB_STEP_SUMMARY'])) print(`${line}\n`);
  print(closing(outcome.entries, specs.length, shownPath(reports, terminal.cwd)));
  const ran = outcome.entries.filter((entry) => entry.outcome !== 'skipped').length;
  return overallExit(outcome.codes, ran);
}

function badSpecs(specs: readonly PlannedSpec[]) {
  return specs.flatMap(({ planned }) => (planned.ok || exitOfAll(planned.diagnostics) !== EXIT.badSpec ? [] : planned.diagnostics));
}

function runAll(
  specs: readonly PlannedSpec[],
  options: RunSpecOptions,
  bail: boolean,
  terminal: Terminal,
  print: (text: string) => void,
): { readonly entries: SpecEntry[]; readonly codes: number[] } {
  const progress = new Progress(terminal, print);
  const entries: SpecEntry[] = [];
  const codes: number[] = [];
  for (const spec of specs) {
    const name = spec.planned.ok ? spec.planned.plan.name : spec.file;
    const { result, context } = runSpec(spec, { ...options, onProgress: progress.running(name) });
    progress.finished(result, shownPath(spec.file, terminal.cwd));
    if (!isGood(result.outcome)) print(`\n${failureText(result, context)}\n\n`);
    entries.push(specEntry(result, context));
    codes.push(result.exitClass);
    if (bail && !isGood(result.outcome)) break;
  }
  return { entries, codes };
}

function closing(entries: readonly SpecEntry[], selected: number, reports: string): string {
  const count = (accept: (outcome: SpecEntry['outcome']) => boolean): number => entries.filter((entry) => accept(entry.outcome)).length;
  const skipped = count((outcome) => outcome === 'skipped');
  const parts = [
    `${count((outcome) => outcome === 'passed')} passed`,
    `${count((outcome) => !isGood(outcome))} failed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(entries.length < selected ? [`${selected - entries.length} not run`] : []),
  ];
  return `\n${parts.join(', ')}\nreport: ${reports}/boots.html\n`;
}

function traceFlag(text: string): TraceFlag {
  if (text === 'on' || text === 'off' || text === 'retain-on-failure') return text;
  throw new CommandError(diagnostic('usage', `--trace takes on, off or retain-on-failure, not ${JSON.stringify(text)}`));
}
