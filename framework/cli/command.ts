import type { Diagnostic } from '../diagnostics/diagnostic';

/** Where a command writes, and where it works: the process in production, buffers in tests. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output is a terminal: progress and colours. */
  readonly isTty: boolean;
  out(text: string): void;
  err(text: string): void;
}

/** One command of `milepost`: one file. `run` gives the exit code. */
export interface Command {
  readonly name: string;
  /** After `milepost`, as the help shows it. */
  readonly usage: string;
  readonly summary: string;
  readonly help: string;
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** The command line cannot be understood, or a command cannot go on: printed as a diagnostic, gives the exit code of its class. */
export class CommandError extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.what);
  }
}
