/** Runs many cases on the host's CPU and on our core. */
import { FEATURE_BITS, type Feature, type Row } from '../../machine/isa/row';
import { CPU_MODELS } from '../../machine/platform/cpu-model/models';
import { compare } from './compare';
import type { Encoding } from './encode';
import { generate } from './generate';
import type { Host } from './host';
import { Random } from './random';
import { FX, RECORD_BYTES, StateRecord } from './record';
import { SILICON_MODEL, chooseRows } from './rows';
import { UserMachine } from './user-machine';

const BATCH = 8192;

export interface Disagreement {
  readonly mnemonic: string;
  readonly text: string;
}

export interface SiliconReport {
  readonly cases: number;
  readonly rows: number;
  readonly leftOut: readonly string[];
  readonly byVector: ReadonlyMap<number, number>;
  readonly disagreements: readonly Disagreement[];
}

function isModelled(feature: Feature): boolean {
  const bit = FEATURE_BITS[feature];
  const { features, features2 } = CPU_MODELS[SILICON_MODEL];
  return (((bit < 32 ? features : features2) >>> (bit & 31)) & 1) === 1;
}

function legalIn(row: Row): readonly (32 | 64)[] {
  if (row.modes === 'long') return [64];
  if (row.modes === 'legacy' || row.modes === 'legacy-protected') return [32];
  return [64, 64, 32];
}

function describe({ row, bits, bytes }: Encoding, before: StateRecord, differences: readonly string[]): string {
  const code = Buffer.from(bytes).toString('hex');
  const word = (value: number): string => value.toString(16);
  const float = `fcw ${word(before.fxView.getUint16(FX.control, true))} fsw ${word(before.fxView.getUint16(FX.status, true))}`;
  const state = `rsp ${before.gpr(4).toString(16)} flags ${word(before.flags)} ${float} ftw ${word(before.fx[FX.tags]!)}`;
  return `${row.mnemonic} ${row.operands.join(',')} (${bits}-bit ${code}, ${state}): ${differences.join('; ')}`;
}

export interface SiliconOptions {
  readonly cases: number;
  readonly seed: number;
  /** Only rows with this mnemonic. */
  readonly only?: RegExp;
  readonly progress?: (done: number) => void;
}

export function runOnSilicon(host: Host, options: SiliconOptions): SiliconReport {
  const { rows: all, leftOut } = chooseRows(host, isModelled);
  const rows = all.filter(({ mnemonic }) => options.only?.test(mnemonic) ?? true);
  const random = new Random(options.seed);
  const machine = new UserMachine();
  const disagreements: Disagreement[] = [];
  const byVector = new Map<number, number>();
  let turn = 0;
  for (let done = 0; done < options.cases; done += BATCH) {
    const count = Math.min(BATCH, options.cases - done);
    const cases = new Uint8Array(count * RECORD_BYTES);
    const encodings: Encoding[] = [];
    while (encodings.length < count) {
      const row = rows[turn++ % rows.length]!;
      const encoding = generate(random, row, random.pick(legalIn(row)), new StateRecord(cases, encodings.length));
      if (encoding !== undefined) encodings.push(encoding);
    }
    const results = host.run(cases);
    const ours = new StateRecord(new Uint8Array(RECORD_BYTES), 0);
    encodings.forEach((encoding, index) => {
      const before = new StateRecord(cases, index);
      const theirs = new StateRecord(results, index);
      try {
        machine.run(before, ours);
      } catch (error) {
        throw new Error(`the core failed at ${describe(encoding, before, [])}`, { cause: error });
      }
      byVector.set(theirs.vector, (byVector.get(theirs.vector) ?? 0) + 1);
      const differences = compare({ encoding, before, host: theirs, ours, isAmd: host.isAmd });
      if (differences.length > 0) disagreements.push({ mnemonic: encoding.row.mnemonic, text: describe(encoding, before, differences) });
    });
    options.progress?.(done + count);
  }
  return { cases: options.cases, rows: rows.length, leftOut, byVector, disagreements };
}
