/** `npm run silicon -- [--cases N] [--seed N] [--only MNEMONICS] [--show N]`: our core against the CPU of this machine. */
import { parseArgs } from 'node:util';
import { Host, whyNoHost } from './host';
import { runOnSilicon, type SiliconReport } from './run';

const DEFAULT_CASES = '2000000';
const DEFAULT_SEED = '1';
const DEFAULT_SHOWN = '3';

function print(host: Host, report: SiliconReport, shown: number, seconds: number): void {
  console.log(`${host.name}: ${report.cases} cases of ${report.rows} rows in ${seconds.toFixed(1)} s`);
  const vectors = [...report.byVector].sort(([a], [b]) => a - b).map(([vector, count]) => `${vector}: ${count}`);
  console.log(`ended by vector ${vectors.join(', ')}`);
  for (const line of report.leftOut) console.log(`left out: ${line}`);
  for (const mnemonic of new Set(report.disagreements.map((each) => each.mnemonic))) {
    const group = report.disagreements.filter((each) => each.mnemonic === mnemonic);
    console.log(`${mnemonic}: ${group.length} disagreements`);
    for (const { text } of group.slice(0, shown)) console.log(`  ${text}`);
  }
  console.log(`${report.disagreements.length} disagreements`);
}

function main(): number {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: DEFAULT_CASES },
      seed: { type: 'string', default: DEFAULT_SEED },
      only: { type: 'string' },
      show: { type: 'string', default: DEFAULT_SHOWN },
    },
  });
  const reason = whyNoHost();
  if (reason !== undefined) throw new Error(`nothing to compare with: ${reason}`);
  const host = new Host();
  try {
    const started = performance.now();
    const only = values.only === undefined ? {} : { only: new RegExp(`^(${values.only})$`) };
    const report = runOnSilicon(host, { cases: Number(values.cases), seed: Number(values.seed), ...only });
    print(host, report, Number(values.show), (performance.now() - started) / 1000);
    return report.disagreements.length === 0 ? 0 : 1;
  } finally {
    host.close();
  }
}

process.exitCode = main();
