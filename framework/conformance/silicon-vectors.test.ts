import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRealModeRunner, runVector } from './real-mode-runner';
import { oldChipOnly, type Chip } from './old-chips';
import { readSstPack } from './sst-pack';

const ROOT = join(__dirname, '..', '..');
const VECTORS = join(ROOT, '..', 'shared', 'cpu-tests');
const SHOWN = 20;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface PackResult {
  readonly failures: string[];
  readonly perOpcode: Record<string, Tally>;
  /** Why vectors were left out, and how many for each reason. */
  readonly left: Record<string, number>;
}

function runPack(file: string, chip: Chip): PackResult {
  const runner = createRealModeRunner();
  const failures: string[] = [];
  const perOpcode: Record<string, Tally> = {};
  const left: Record<string, number> = {};
  for (const { opcode, flagsMask, vectors } of readSstPack(join(VECTORS, file))) {
    const tally = (perOpcode[opcode] ??= { passed: 0, failed: 0, skipped: 0 });
    for (const vector of vectors) {
      const reason = oldChipOnly(chip, opcode, vector);
      if (reason !== undefined) {
        tally.skipped++;
        left[reason] = (left[reason] ?? 0) + 1;
        continue;
      }
      const differences = runVector(runner, chip, opcode, vector, flagsMask);
      if (differences.length === 0) tally.passed++;
      else {
        tally.failed++;
        failures.push(`${opcode} #${vector.index} (tag ${vector.tag}) ${vector.name}: ${differences.join('; ')}`);
      }
    }
  }
  return { failures, perOpcode, left };
}

describe('instructions agree with measurements of real chips', () => {
  const packs = [
    { file: '80286-real-mode.json.gz', chip: '80286' as const },
    { file: '8086-real-mode.json.gz', chip: '8086' as const },
  ];
  for (const { file, chip } of packs) {
    const present = existsSync(join(VECTORS, file));
    test(
      present ? `every vector of ${file} that holds for modern CPUs` : `${file} is absent: nothing was compared`,
      () => {
        if (!present) return;
        const { failures, perOpcode, left } = runPack(file, chip);
        mkdirSync(join(ROOT, 'reports'), { recursive: true });
        writeFileSync(join(ROOT, 'reports', `vectors-${file.replace('.json.gz', '')}.json`), JSON.stringify({ left, perOpcode }, null, 1));
        expect({ failed: failures.length, first: failures.slice(0, SHOWN) }).toEqual({ failed: 0, first: [] });
      },
      300_000,
    );
  }
});
