import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Register order of the packs. */
export const VECTOR_REGISTERS = ['ax', 'bx', 'cx', 'dx', 'cs', 'ss', 'ds', 'es', 'sp', 'bp', 'si', 'di', 'ip', 'flags'] as const;
export type VectorRegister = (typeof VECTOR_REGISTERS)[number];

/** Runs of RAM: address and bytes. */
export type RamRuns = readonly { readonly address: number; readonly bytes: Uint8Array }[];

/** One instruction measured on a chip: the machine before it and what had changed after it. */
export interface Vector {
  readonly index: number;
  readonly tag: number;
  readonly name: string;
  /** The instruction and what follows it. */
  readonly bytes: Uint8Array;
  readonly registers: readonly number[];
  readonly ram: RamRuns;
  readonly changedRegisters: Readonly<Partial<Record<VectorRegister, number>>>;
  readonly changedRam: RamRuns;
  /** Vector of the exception or interrupt it raised, -1 for none. */
  readonly exception: number;
}

export interface VectorGroup {
  readonly opcode: string;
  /** FLAGS bits that the instruction defines. */
  readonly flagsMask: number;
  readonly vectors: readonly Vector[];
}

type RawRuns = readonly [number, string][];
type RawTest = readonly [
  number,
  number,
  string,
  string,
  number[],
  RawRuns,
  Partial<Record<VectorRegister, number>>,
  RawRuns,
  number,
  string,
];
interface RawPack {
  readonly format: string;
  readonly regs: readonly string[];
  readonly ops: Readonly<Record<string, { readonly fmask: number; readonly tests: readonly RawTest[] }>>;
}

const runs = (raw: RawRuns): RamRuns => raw.map(([address, bytes]) => ({ address, bytes: Buffer.from(bytes, 'hex') }));

/** Reads a `sst-pack/1` file. Throws when it is of another format. */
export function readSstPack(path: string): VectorGroup[] {
  const pack = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as RawPack;
  if (pack.format !== 'sst-pack/1' || pack.regs.join() !== VECTOR_REGISTERS.join())
    throw new Error(`${path}: not a pack of the known format`);
  return Object.entries(pack.ops).map(([opcode, { fmask, tests }]) => ({
    opcode,
    flagsMask: fmask,
    vectors: tests.map(([index, tag, name, bytes, registers, ram, changedRegisters, changedRam, exception]) => ({
      index,
      tag,
      name,
      bytes: Buffer.from(bytes, 'hex'),
      registers,
      ram: runs(ram),
      changedRegisters,
      changedRam: runs(changedRam),
      exception,
    })),
  }));
}
