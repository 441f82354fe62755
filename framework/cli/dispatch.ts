import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT } from '../diagnostics/codes';
import { diagnostic } from '../diagnostics/diagnostic';
import { closest } from '../diagnostics/did-you-mean';
import { renderDiagnostic } from '../diagnostics/render';
import { packageVersion } from '../report/save/version';
import { CHECK } from './check';
import { CommandError, type Command, type Terminal } from './command';
import { DOCS } from './docs/docs-command';
import { EXPLAIN } from './explain';
import { FIRMWARE } from './firmware/firmware-command';
import { printHelp } from './help';
import { LIST } from './list';
import { RUN } from './run/run-command';
import { exitOf } from './run/exit-code';

const COMMANDS: readonly Command[] = [RUN, CHECK, LIST, FIRMWARE, DOCS, EXPLAIN];
const LATER = ['record', 'trace', 'diff', 'bisect', 'debug', 'init', 'doctor'];

/** Runs one command line and gives its exit code. Never throws. */
export async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const [first = ''] = args;
    if (first === '--version' || first === '-v') {
      terminal.out(`${packageVersion()}\n`);
      return EXIT.passed;
    }
    if (first === 'help' || first === '--help' || first === '-h') {
      printHelp(
        COMMANDS,
        COMMANDS.find(({ name }) => name === args[1]),
        terminal,
      );
      return EXIT.passed;
    }
    const command = commandOf(first, terminal.cwd);
    const rest = command ? args.slice(1) : args;
    if (rest.includes('--help') || rest.includes('-h')) {
      printHelp(COMMANDS, command ?? RUN, terminal);
      return EXIT.passed;
    }
    return await (command ?? RUN).run(rest, terminal);
  } catch (error) {
    return fail(error, terminal);
  }
}

/** The command of that name; undefined when the word is a path or flag for `run`. */
function commandOf(word: string, cwd: string): Command | undefined {
  const command = COMMANDS.find(({ name }) => name === word);
  if (command || word === '' || word.startsWith('-') || /[/.\\]/.test(word) || existsSync(resolve(cwd, word))) return command;
  if (LATER.includes(word))
    throw new CommandError(diagnostic('usage', `${word} comes with a later version`, { fixme: 'milepost help lists the commands' }));
  const near = closest(
    word,
    COMMANDS.map(({ name }) => name),
  );
  const fixme = near ? `did you mean ${near}?` : 'milepost help lists the commands; a path needs a slash';
  throw new CommandError(diagnostic('usage', `there is no command ${JSON.stringify(word)}`, { fixme }));
}

function fail(error: unknown, terminal: Terminal): number {
  if (error instanceof CommandError) {
    terminal.err(`${renderDiagnostic(error.diagnostic, { colour: terminal.isTty, relativeTo: terminal.cwd })}\n`);
    return exitOf(error.diagnostic.code);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(`${renderDiagnostic(diagnostic('internal', text.split('\n')[0] ?? ''))}\n${text}\n`);
  return EXIT.couldNotRun;
}
