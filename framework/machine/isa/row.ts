import {
  SIZE_RULE_BYTE,
  SIZE_RULE_COUNTER,
  SIZE_RULE_DOUBLE,
  SIZE_RULE_NATIVE,
  SIZE_RULE_NEAR,
  SIZE_RULE_OPERAND,
  SIZE_RULE_PORT,
  SIZE_RULE_QUAD,
  SIZE_RULE_STACK,
  SIZE_RULE_TABLE,
  SIZE_RULE_WIDE,
  SIZE_RULE_WORD,
} from '../core/layout/decode-tables';
import type { Emit, Size } from './emit/access';

/** How the operand size follows from mode and prefixes; the numbers and their meaning stand in core/layout/decode-tables.ts. */
export const SIZE_RULES = {
  b: SIZE_RULE_BYTE,
  w: SIZE_RULE_WORD,
  d: SIZE_RULE_DOUBLE,
  q: SIZE_RULE_QUAD,
  v: SIZE_RULE_OPERAND,
  y: SIZE_RULE_WIDE,
  stack: SIZE_RULE_STACK,
  near: SIZE_RULE_NEAR,
  native: SIZE_RULE_NATIVE,
  counter: SIZE_RULE_COUNTER,
  port: SIZE_RULE_PORT,
  table: SIZE_RULE_TABLE,
} as const;
export type SizeRule = keyof typeof SIZE_RULES;

const RULE_SIZES: Record<SizeRule, readonly Size[]> = {
  b: [8],
  w: [16],
  d: [32],
  q: [64],
  v: [16, 32, 64],
  y: [32, 64],
  stack: [16, 32, 64],
  near: [16, 32, 64],
  native: [32, 64],
  counter: [16, 32, 64],
  port: [16, 32],
  table: [16, 32, 64],
};

export function sizesOf(rule: SizeRule): readonly Size[] {
  return RULE_SIZES[rule];
}

/** CPU model bits by name; the numbers are those of FEATURE_* (0..31) and 32 + those of FEATURE2_* in core/layout/features.ts. */
export const FEATURE_BITS = {
  tsc: 4,
  msr: 5,
  cx8: 7,
  sep: 8,
  cmov: 10,
  clflush: 11,
  mmx: 12,
  fxsr: 13,
  sse: 14,
  sse2: 15,
  sse3: 16,
  ssse3: 17,
  sse41: 18,
  sse42: 19,
  popcnt: 20,
  movbe: 21,
  cx16: 22,
  monitor: 23,
  rdtscp: 27,
  lahf64: 28,
  smap: 30,
  xsave: 36,
  vmx: 38,
  aes: 40,
  rdrand: 42,
  pclmulqdq: 41,
  amd: 49,
} as const;
export type Feature = keyof typeof FEATURE_BITS;

export interface RowOptions {
  /** LOCK is allowed with a memory operand. */
  readonly lock?: boolean;
  /** jump: ends in `Access.jump`. terminal: the runtime decides what comes next. repeat: terminal when it has a REP prefix. */
  readonly end?: 'jump' | 'terminal' | 'repeat';
  /** legacy: not in 64-bit mode. long: only there. protected: not in real and VM86 mode. */
  readonly modes?: 'legacy' | 'long' | 'protected' | 'legacy-protected';
  readonly feature?: Feature;
  /** Number by which the runtime knows an instruction that it does itself; see operand X. */
  readonly operation?: number;
  /** Flags that it defines, letters of "oszapc", and those it leaves undefined. */
  readonly flags?: string;
  readonly undefinedFlags?: string;
}

/** What selects a row besides map and opcode. */
export interface RowPattern {
  readonly map: 0 | 1 | 2 | 3;
  readonly opcode: number;
  /** The row stands for eight opcodes whose low three bits name a register. */
  readonly plusRegister: boolean;
  /** Of "np", "p66", "pf3", "pf2"; empty: any. */
  readonly prefixes: readonly number[];
  readonly reg: number | undefined;
  readonly mod: 'mem' | 'reg' | undefined;
  readonly rm: number | undefined;
  readonly rexB: number | undefined;
  readonly rexW: number | undefined;
  readonly rexR: number | undefined;
}

export interface Row extends RowOptions {
  readonly mnemonic: string;
  readonly operands: readonly string[];
  readonly pattern: RowPattern;
  readonly size: SizeRule;
  readonly emit: Emit;
}

const PREFIX_TOKENS = ['np', 'p66', 'pf3', 'pf2'];

function parseOpcode(bytes: readonly string[]): { map: 0 | 1 | 2 | 3; opcode: number } {
  const text = bytes.join(' ');
  const opcode = parseInt(bytes[bytes.length - 1] ?? '', 16);
  if (text.startsWith('0f 38 ')) return { map: 2, opcode };
  if (text.startsWith('0f 3a ')) return { map: 3, opcode };
  if (text.startsWith('0f ')) return { map: 1, opcode };
  if (bytes.length !== 1 || Number.isNaN(opcode)) throw new Error(`bad opcode "${text}"`);
  return { map: 0, opcode };
}

/**
 * "np 0f c7 /1 mem": mandatory prefixes, opcode bytes ("50+" for a register in the opcode), /reg, mem or reg, rmN, and rexbN, rexwN or
 * rexrN for a bit of REX.
 */
function parsePattern(encoding: string): RowPattern {
  const bytes: string[] = [];
  const prefixes: number[] = [];
  const numbers: Record<string, number> = {};
  let mod: 'mem' | 'reg' | undefined;
  let plusRegister = false;
  for (const token of encoding.split(' ')) {
    const prefix = PREFIX_TOKENS.indexOf(token);
    const named = /^(\/|rm|rex[bwr])(\d)$/.exec(token);
    if (prefix >= 0) prefixes.push(prefix);
    else if (token === 'mem' || token === 'reg') mod = token;
    else if (named !== null) numbers[named[1] ?? ''] = Number(named[2]);
    else {
      plusRegister = token.endsWith('+');
      bytes.push(token.slice(0, 2));
    }
  }
  const digits = { reg: numbers['/'], rm: numbers['rm'], rexB: numbers['rexb'], rexW: numbers['rexw'], rexR: numbers['rexr'] };
  return { ...parseOpcode(bytes), plusRegister, prefixes, mod, ...digits };
}

/**
 * One row: `row('01', 'ADD Ev Gv', 'v', emitAdd, { lock: true })`. Operands: a class letter and a size letter (b w d q, v = operand size).
 * E r/m, G reg, M memory, R register in r/m whatever mod says, Z register in the opcode, A the accumulator, O moffs, S segment register,
 * C number of the reg field, I immediate (Ib zero-extended, Ibs sign-extended, Iw, Iz, Iv, Iwb = ENTER's, I1 = one), J relative (Jb, Jz),
 * Ap far pointer. V XMM in reg, W XMM or memory in r/m, P and Q the same of MMX; for these and M also the sizes x (128 bits, aligned in
 * memory) and u (128 bits, unaligned). M without a size is an address only. X: what the runtime is to do (see LEAF_CODE in core/layout/decode-tables.ts).
 */
export function row(encoding: string, instruction: string, size: SizeRule, emit: Emit, options: RowOptions = {}): Row {
  const [mnemonic, ...operands] = instruction.split(' ');
  if (mnemonic === undefined) throw new Error(`no mnemonic for ${encoding}`);
  const pattern = parsePattern(encoding);
  const memoryOnly = operands.some((operand) => operand.startsWith('M'));
  return { mnemonic, operands, pattern: memoryOnly ? { ...pattern, mod: 'mem' } : pattern, size, emit, ...options };
}
