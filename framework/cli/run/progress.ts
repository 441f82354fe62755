import { compact, duration } from '../../report/numbers';
import type { Outcome, RunProgress, RunResult } from '../../run/result';
import type { Terminal } from '../command';

const ERASE_LINE = '\r\u001b[2K';
const BAR_WIDTH = 20;

/** What a person sees while specs run: on a terminal one line that moves, piped one plain line a spec. */
export class Progress {
  constructor(
    private readonly terminal: Terminal,
    private readonly print: (text: string) => void,
  ) {}

  running(name: string): ((progress: RunProgress) => void) | undefined {
    if (!this.terminal.isTty) return undefined;
    this.terminal.err(`${ERASE_LINE}${cut(name, 60)}`);
    return (progress) => this.terminal.err(`${ERASE_LINE}${progressLine(name, progress)}`);
  }

  finished(result: RunResult, file: string): void {
    if (this.terminal.isTty) this.terminal.err(ERASE_LINE);
    const cost =
      result.instructions === 0
        ? ''
        : `, ${compact(result.instructions)} instructions, ${duration(result.atNs)} virtual, ${duration(result.wallMs * 1e6)}`;
    const met = result.milestones.filter(({ status }) => status === 'met').length;
    const counted = result.milestones.length === 0 ? '' : ` (${met}/${result.milestones.length} milestones${cost})`;
    const why = result.skipReason === undefined ? '' : `: ${result.skipReason}`;
    this.print(`${this.mark(result.outcome)} ${file}  ${result.name}${counted}${why}\n`);
  }

  private mark(outcome: Outcome): string {
    const [word, colour] = outcome === 'passed' ? ['PASS', 32] : outcome === 'skipped' ? ['SKIP', 33] : ['FAIL', 31];
    return this.terminal.isTty ? `\u001b[1;${colour}m${word}\u001b[0m` : word;
  }
}

function progressLine(name: string, progress: RunProgress): string {
  const { milestonesMet, milestonesTotal, instructions, wallMs } = progress;
  const done = Math.round((BAR_WIDTH * milestonesMet) / Math.max(1, milestonesTotal));
  const bar = '#'.repeat(done).padEnd(BAR_WIDTH, '.');
  const speed = wallMs > 0 ? `, ${compact((instructions * 1000) / wallMs)}/s` : '';
  return `${cut(name, 40)} [${bar}] ${milestonesMet}/${milestonesTotal} milestones, ${compact(instructions)} instructions${speed}`;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
