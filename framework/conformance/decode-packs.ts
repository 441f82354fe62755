import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type CodeSize = 16 | 32 | 64;

/** One byte string and what others say about it. */
export interface DecodeCase {
  readonly source: string;
  readonly bits: CodeSize;
  readonly hex: string;
  /** 0: invalid, #UD. */
  readonly length: number;
  /** Mnemonic or other name of the source. */
  readonly text: string;
  /** ISA set (decode-fuzz only). */
  readonly isa: string;
}

const VECTORS = join(__dirname, '..', '..', '..', 'shared', 'cpu-tests');
export const vectorsAreHere = existsSync(join(VECTORS, 'decode.json.gz'));

type RawCase = [string, number, string?, string?];
type BySize = Record<'16' | '32' | '64', RawCase[]>;

function readJson(file: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(join(VECTORS, file))).toString('utf8'));
}

function casesOf(source: string, bySize: BySize, keep: (raw: RawCase) => boolean): DecodeCase[] {
  return ([16, 32, 64] as const).flatMap((bits) =>
    bySize[`${bits}`].filter(keep).map(([hex, length, text = '', isa = '']) => ({ source, bits, hex, length, text, isa })),
  );
}

/** Tests of other decoders. Rows that ran with a decoder option of theirs are left out. */
export function readDecodePack(): DecodeCase[] {
  const pack = readJson('decode.json.gz') as { sources: Record<string, { cases: BySize }> };
  // bddisasm's fourth column is the name of its test set, no option.
  return Object.entries(pack.sources).flatMap(([source, { cases }]) =>
    casesOf(source, cases, (raw) => source === 'bddisasm' || typeof raw[3] !== 'string').map((each) => ({ ...each, isa: '' })),
  );
}

/** Random byte strings on whose length two decoders agree. */
export function readDecodeFuzzPack(): DecodeCase[] {
  const pack = readJson('decode-fuzz.json.gz') as { cases: BySize };
  return casesOf('fuzz', pack.cases, () => true);
}
