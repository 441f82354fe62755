/**
 * `node measure-boot.js SPEC TRACE [MILESTONE]`: boots a spec once in this process. Prints milliseconds and instructions from the start of the boot to
 * its last milestone, or to that one (from 0), milliseconds of all that a run is (reading and planning the spec, the boot, the result); and memory.
 */
import { readFileSync } from 'node:fs';
import { loadBundle } from '../bundle/load';

const { planSpecFile, runPlan } = loadBundle();

const WALL_LIMIT_MS = 1_800_000;

/** Bytes that are this process's own: without the pages of files, which processes share. Linux only. */
function privateBytes(): number {
  return 1024 * Number(/RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? NaN);
}

function measure(spec: string, trace: 'full' | 'milestones', milestone: number | undefined): void {
  const started = performance.now();
  const planned = planSpecFile(spec, { root: process.cwd() });
  if (!planned.ok) throw new Error(planned.diagnostics.map(({ what }) => what).join('; '));
  const booted = performance.now();
  let ms = NaN;
  const { result } = runPlan(planned.plan, {
    trace,
    wallLimitMs: WALL_LIMIT_MS,
    onProgress: ({ milestonesMet, milestonesTotal }) => {
      if (Number.isNaN(ms) && milestonesMet > (milestone ?? milestonesTotal - 1)) ms = performance.now() - booted;
    },
  });
  const wholeMs = performance.now() - started;
  if (result.outcome !== 'passed') throw new Error(JSON.stringify({ outcome: result.outcome, end: result.end }));
  const peakBytes = 1024 * process.resourceUsage().maxRSS;
  const memory = { rssBytes: process.memoryUsage.rss(), privateBytes: privateBytes(), peakBytes };
  const { instructions = result.instructions } = result.milestones.at(milestone ?? -1) ?? {};
  console.log(JSON.stringify({ ms, wholeMs, instructions, ...memory }));
}

measure(
  process.argv[2]!,
  process.argv[3] === 'full' ? 'full' : 'milestones',
  process.argv[4] === undefined ? undefined : Number(process.argv[4]),
);
