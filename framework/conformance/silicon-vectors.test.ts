import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRealModeRunner, runVector } from './real-mode-runner';
import { readSstPack } from './sst-pack';

const ROOT = join(__dirname, '..', '..');
const VECTORS = join(ROOT, '..', 'shared', 'cpu-tests');
/** Tag 3: what only that old chip does. All others hold for every x86 since. */
const OLD_CHIP_ONLY = 3;
const SHOWN = 20;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

function runPack(file: string, untilHalt: boolean): { failures: string[]; perOpcode: Record<string, Tally> } {
  const runner = createRealModeRunner();
  const failures: string[] = [];
  const perOpcode: Record<string, Tally> = {};
  for (const { opcode, flagsMask, vectors } of readSstPack(join(VECTORS, file))) {
    const tally = (perOpcode[opcode] ??= { passed: 0, failed: 0, skipped: 0 });
    for (const vector of vectors) {
      if (vector.tag === OLD_CHIP_ONLY) {
        tally.skipped++;
        continue;
      }
      const differences = runVector(runner, vector, flagsMask, untilHalt);
      if (differences.length === 0) tally.passed++;
      else {
        tally.failed++;
        failures.push(`${opcode} #${vector.index} (tag ${vector.tag}) ${vector.name}: ${differences.join('; ')}`);
      }
    }
  }
  return { failures, perOpcode };
}

describe('instructions agree with measurements of real chips', () => {
  const packs = [
    { file: '80286-real-mode.json.gz', untilHalt: true },
    { file: '8086-real-mode.json.gz', untilHalt: false },
  ];
  for (const { file, untilHalt } of packs) {
    const present = existsSync(join(VECTORS, file));
    test(
      present ? `every vector of ${file} that holds for modern CPUs` : `${file} is absent: nothing was compared`,
      () => {
        if (!present) return;
        const { failures, perOpcode } = runPack(file, untilHalt);
        mkdirSync(join(ROOT, 'reports'), { recursive: true });
        writeFileSync(join(ROOT, 'reports', `vectors-${file.replace('.json.gz', '')}.json`), JSON.stringify(perOpcode, null, 1));
        expect({ failed: failures.length, first: failures.slice(0, SHOWN) }).toEqual({ failed: 0, first: [] });
      },
      300_000,
    );
  }
});
