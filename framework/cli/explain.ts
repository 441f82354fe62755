import { CODES, type DiagnosticCode } from '../diagnostics/codes';
import { diagnostic } from '../diagnostics/diagnostic';
import { closest } from '../diagnostics/did-you-mean';
import { parseFlags } from './arguments';
import { CommandError, type Command } from './command';

export const EXPLAIN: Command = {
  name: 'explain',
  usage: 'explain [code]',
  summary: 'what an error code means and what to do; without a code, all of them',
  help: 'The code stands in brackets: error[budget-exceeded].',
  run: (args, terminal) => {
    const { positionals } = parseFlags(args, {});
    const codes = Object.keys(CODES) as DiagnosticCode[];
    if (positionals.length === 0) {
      for (const code of codes) terminal.out(`${code.padEnd(20)} exit ${CODES[code].exit}  ${firstSentence(CODES[code].explain)}\n`);
      return Promise.resolve(0);
    }
    const wanted = (positionals[0] ?? '').replace(/^error\[(.*)\]$/, '$1');
    const code = codes.find((known) => known === wanted);
    if (!code) {
      const near = closest(wanted, codes);
      throw new CommandError(
        diagnostic('usage', `there is no error code ${JSON.stringify(wanted)}`, {
          fixme: near ? `did you mean ${near}?` : 'milepost explain lists them',
        }),
      );
    }
    terminal.out(`error[${code}] (exit ${CODES[code].exit})\n\n${CODES[code].explain}\n`);
    return Promise.resolve(0);
  },
};

function firstSentence(text: string): string {
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}
