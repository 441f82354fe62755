/** `node measure-boot.js SPEC TRACE`: boots a spec once in this process; prints milliseconds from boot() to the last milestone, and memory. */
import { runSpecFile } from '../run/run-spec-file';

const started = performance.now();
const { result } = runSpecFile(process.argv[2]!, { trace: process.argv[3] === 'full' ? 'full' : 'milestones' });
const ms = performance.now() - started;
if (result.outcome !== 'passed') {
  console.error(JSON.stringify({ outcome: result.outcome, end: result.end }));
  process.exit(1);
}
console.log(JSON.stringify({ ms, instructions: result.instructions, rssBytes: process.memoryUsage.rss() }));
