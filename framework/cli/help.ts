import type { Command, Terminal } from './command';

/** `milepost help`, and `milepost <command> --help`. */
export function printHelp(commands: readonly Command[], wanted: Command | undefined, terminal: Terminal): void {
  if (wanted) {
    terminal.out(`milepost ${wanted.usage}\n\n${wanted.summary}\n\n${wanted.help}\n`);
    return;
  }
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  terminal.out(`milepost: boot tests for firmware and kernels\n\n${lines.join('\n')}\n\nmilepost <command> --help tells more.\n`);
}
