import type { Core, CpuState } from '../machine/core-host/types';
import { createBareCore } from './bare-core';
import type { FloatCase, FloatGroup } from './float-pack';

const CODE = 0x1000;
const INPUT = 0x10000;
const OUTPUT = 0x20000;
/** A case is 32 bytes in the input (operands, at 20 the control word) and 32 in the output (result, at 20 the status). */
const RECORD = 32;
const BATCH = 2048;
const CONTROL = 20;
const STATUS = 20;

/** What one operation is in machine code, with DS:SI (RSI) at the operands and ES:DI (RDI) at the result. */
export interface FloatProgram {
  /** Up to and with the operation, and what stores its result if that is before the status. */
  readonly operate: string;
  /** Stores the result after the status, if it was not stored. */
  readonly store?: string;
  /** Bytes of each operand. */
  readonly operandBytes: number;
  /** The last operand comes first. */
  readonly reversed?: boolean;
}

/** Machine code around an operation: what prepares the unit, and what stores its status. */
export interface FloatUnit {
  readonly before: string;
  readonly status: string;
  control(group: FloatGroup): number;
  readonly statusMask: number;
  /** CR4 bits that the unit needs. */
  readonly cr4: bigint;
  /** The program is 64-bit code. */
  readonly long: boolean;
}

/** Tables that map the first 2 MiB to themselves. */
const PAGE_TABLES = 0x30000;
const CR4_PAE = 0x20n;

function code(text: string): number[] {
  return Array.from(text.replace(/ /g, '').matchAll(/../g), ([byte]) => parseInt(byte, 16));
}

/** The operation in a loop over the cases: add si, 32; add di, 32; dec cx (the 32-bit registers in 64-bit code); jnz near; hlt. */
function programOf(unit: FloatUnit, { operate, store = '' }: FloatProgram): number[] {
  const body = [...code(unit.before), ...code(operate), ...code(unit.status), ...code(store), ...code('83c620 83c720 ffc9 0f85')];
  const back = unit.long ? -(body.length + 4) : -(body.length + 2);
  const target = [0, 8, 16, 24].map((shift) => (back >> shift) & 0xff);
  return [...body, ...(unit.long ? target : target.slice(0, 2)), 0xf4];
}

/** Hex as the packs have it into memory order. */
function littleEndian(text: string): number[] {
  return code(text).reverse();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).reverse().toString('hex').toUpperCase();
}

export class FloatRunner {
  private readonly core: Core = createBareCore(64);
  private readonly powerOn = this.core.saveCpu(0);

  /** Runs a group's cases; what differs, as text. */
  run(group: FloatGroup, unit: FloatUnit, program: FloatProgram): string[] {
    this.core.memory.write(CODE, Uint8Array.from(programOf(unit, program)));
    const differences: string[] = [];
    for (let from = 0; from < group.cases.length; from += BATCH) {
      differences.push(...this.runBatch(group, unit, program, group.cases.slice(from, from + BATCH)));
    }
    return differences;
  }

  private runBatch(group: FloatGroup, unit: FloatUnit, program: FloatProgram, cases: readonly FloatCase[]): string[] {
    const input = new Uint8Array(cases.length * RECORD);
    cases.forEach(({ operands }, index) => {
      const ordered = program.reversed === true ? operands.toReversed() : operands;
      ordered.forEach((operand, position) => input.set(littleEndian(operand), index * RECORD + position * program.operandBytes));
      new DataView(input.buffer).setUint32(index * RECORD + CONTROL, unit.control(group), true);
    });
    this.core.memory.write(INPUT, input);
    this.start(cases.length, unit);
    const stop = this.core.run(cases.length * 32 + 100);
    if (stop !== 'halted') return [`${group.operation}: the program ended with ${stop}`];
    const output = this.core.memory.read(OUTPUT, cases.length * RECORD);
    return cases.flatMap((each, index) => compare(group, each, output.subarray(index * RECORD, (index + 1) * RECORD), unit.statusMask));
  }

  private start(count: number, { cr4, long }: FloatUnit): void {
    const state = structuredClone(this.powerOn);
    const segment = (base: number) => ({ selector: base >> 4, base: BigInt(base), limit: 0xffff, attributes: 0x93 });
    state.segments.cs = { selector: 0, base: 0n, limit: 0xffff, attributes: 0x9b };
    state.segments.ds = segment(INPUT);
    state.segments.es = segment(OUTPUT);
    state.rip = BigInt(CODE);
    state.gpr[1] = BigInt(count);
    state.gpr[4] = 0x8000n;
    state.cr4 = cr4;
    if (long) this.makeLong(state);
    this.core.loadCpu(0, state);
  }

  private makeLong(state: CpuState): void {
    const tables = Buffer.alloc(0x3000);
    tables.writeUInt32LE(PAGE_TABLES + 0x1003, 0);
    tables.writeUInt32LE(PAGE_TABLES + 0x2003, 0x1000);
    tables.writeUInt32LE(0x83, 0x2000);
    this.core.memory.write(PAGE_TABLES, tables);
    state.segments.cs = { selector: 8, base: 0n, limit: 0xffff_ffff, attributes: 0xa9b };
    state.gpr[6] = BigInt(INPUT);
    state.gpr[7] = BigInt(OUTPUT);
    state.cr0 = 0x8000_0011n;
    state.cr3 = BigInt(PAGE_TABLES);
    state.cr4 |= CR4_PAE;
    state.efer = 0x500n;
  }
}

function compare(group: FloatGroup, each: FloatCase, output: Uint8Array, statusMask: number): string[] {
  const result = hex(output.subarray(0, each.result.length / 2));
  const status = new DataView(output.buffer, output.byteOffset).getUint16(STATUS, true) & statusMask;
  if (result === each.result && status === each.status) return [];
  const { operation, rounding, precision } = group;
  const mode = precision === null ? `rounding ${rounding}` : `rounding ${rounding}, precision ${precision}`;
  const got = `${result} ${status.toString(16)}`;
  return [`${operation} ${each.operands.join(' ')} (${mode}) gives ${got}, silicon ${each.result} ${each.status.toString(16)}`];
}
