import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One measured operation: operands and result as big-endian hex, status as in FSW & 27Fh or MXCSR[5:0]. */
export interface FloatCase {
  readonly operands: readonly string[];
  readonly result: string;
  readonly status: number;
}

export interface FloatGroup {
  readonly operation: string;
  readonly rounding: number;
  /** Precision control of the x87; null: SSE. */
  readonly precision: number | null;
  readonly cases: readonly FloatCase[];
}

interface RawGroup {
  readonly op: string;
  readonly rm: number;
  readonly pc: number | null;
  readonly cases: readonly (readonly (string | number)[])[];
}

/** `operands…, result, status` and, where known, whether SoftFloat agrees. */
function readCase(raw: readonly (string | number)[]): FloatCase {
  const texts = raw.filter((value) => typeof value === 'string');
  return { operands: texts.slice(0, -2), result: texts.at(-2) ?? '', status: parseInt(texts.at(-1) ?? '', 16) };
}

/** Reads a pack of the format fp-pack/1. */
export function readFloatPack(file: string): FloatGroup[] {
  const pack = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as { groups: readonly RawGroup[] };
  return pack.groups.map((group) => ({
    operation: group.op,
    rounding: group.rm,
    precision: group.pc,
    cases: group.cases.map(readCase),
  }));
}
