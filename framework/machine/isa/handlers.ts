import type { Emit, OperandSize, Size } from './emit/access';
import { HOT_VARIANTS } from './hot-variants';
import type { Row } from './row';
import { sizesOf } from './row';

/** Where a variant finds an operand. `rm` and `reg`: state addresses in the op record. */
export type Operand =
  | { readonly kind: 'register'; readonly field: 'rm' | 'reg'; readonly size: Size }
  | { readonly kind: 'vector'; readonly field: 'rm' | 'reg'; readonly file: 'xmm' | 'mmx'; readonly size: OperandSize }
  | { readonly kind: 'memory'; readonly form: 'simple' | 'general' | 'absolute'; readonly size: OperandSize; readonly aligned: boolean }
  | { readonly kind: 'immediate'; readonly size: Size }
  | { readonly kind: 'segment' };

export type HandlerEnd = 'next' | 'jump' | 'terminal';

/** One variant of one instruction's semantics: what a `br_table` entry does. */
export interface Handler {
  readonly id: number;
  readonly name: string;
  readonly emit: Emit;
  readonly size: Size;
  readonly operands: readonly Operand[];
  readonly end: HandlerEnd;
  /** Stands in the dispatch loop, see HOT_VARIANTS. */
  readonly hot: boolean;
}

/** Forms of a leaf's handler table, see LEAF_HANDLERS. */
const FORM_REGISTER = 0;
const FORM_SIMPLE = 1;
const FORM_GENERAL = 2;
export type Form = typeof FORM_REGISTER | typeof FORM_SIMPLE | typeof FORM_GENERAL;

/** First handler number after the fixed HANDLER_* ones. */
const FIRST_HANDLER = 8;

const LETTER_SIZES: Record<string, Size> = { b: 8, w: 16, d: 32, q: 64, n: 32 };
/** Of vector and memory operands: x must be aligned in memory, u need not. */
const VECTOR_SIZES: Record<string, OperandSize> = { ...LETTER_SIZES, x: 128, u: 128 };

function operandSize(operand: string, size: Size): Size {
  if (operand === 'Ap') return 64;
  if (operand === 'Iwb') return 32;
  if (operand === 'Ibs' || operand === 'I1') return operand === 'I1' ? 8 : size;
  return LETTER_SIZES[operand.slice(1)] ?? size;
}

function vectorSize(operand: string, size: Size): OperandSize {
  return VECTOR_SIZES[operand.slice(1)] ?? size;
}

/** The row's G operand comes before its E operand: in the register form they trade places. */
export function isSwapped(row: Row): boolean {
  return row.operands[0]?.startsWith('G') === true && row.operands[1]?.startsWith('E') === true;
}

/** The accumulator stands at OP_REG when something else needs OP_RM. */
export function accumulatorInReg(row: Row): boolean {
  return row.operands.some((operand) => /^[EZO]/.test(operand));
}

function registerInRm(operand: string, size: Size, swap: boolean): Operand {
  if (operand[0] === 'W') return { kind: 'vector', field: 'rm', file: 'xmm', size: vectorSize(operand, size) };
  if (operand[0] === 'Q') return { kind: 'vector', field: 'rm', file: 'mmx', size: vectorSize(operand, size) };
  return { kind: 'register', field: swap ? 'reg' : 'rm', size: operandSize(operand, size) };
}

function resolve(row: Row, operand: string, size: Size, form: Form): Operand | undefined {
  const own = operandSize(operand, size);
  const swap = form === FORM_REGISTER && isSwapped(row);
  switch (operand[0]) {
    case 'E':
    case 'M':
    case 'W':
    case 'Q':
      if (form === FORM_REGISTER) return registerInRm(operand, size, swap);
      return {
        kind: 'memory',
        form: form === FORM_SIMPLE ? 'simple' : 'general',
        size: vectorSize(operand, size),
        aligned: operand[1] === 'x',
      };
    case 'V':
    case 'P':
      return { kind: 'vector', field: 'reg', file: operand[0] === 'V' ? 'xmm' : 'mmx', size: vectorSize(operand, size) };
    case 'G':
      return { kind: 'register', field: swap ? 'rm' : 'reg', size: own };
    case 'R':
    case 'Z':
      return { kind: 'register', field: 'rm', size: own };
    case 'A':
      if (operand === 'Ap') return { kind: 'immediate', size: own };
      return { kind: 'register', field: accumulatorInReg(row) ? 'reg' : 'rm', size: own };
    case 'O':
      return { kind: 'memory', form: 'absolute', size: own, aligned: false };
    case 'S':
      return { kind: 'segment' };
    case 'C':
    case 'D':
    case 'I':
      return { kind: 'immediate', size: own };
    case 'X':
      return { kind: 'immediate', size: 32 };
    case 'J':
      return undefined;
    default:
      throw new Error(`${row.mnemonic}: operand ${operand}`);
  }
}

function operandKey(operand: Operand): string {
  switch (operand.kind) {
    case 'register':
      return `${operand.field}${operand.size}`;
    case 'memory':
      return `${operand.form}${operand.size}${operand.aligned ? 'a' : ''}`;
    case 'vector':
      return `${operand.file}.${operand.field}${operand.size}`;
    case 'immediate':
      return `imm${operand.size}`;
    case 'segment':
      return 'sreg';
  }
}

/** Which forms a row has. */
export function formsOf(row: Row): readonly Form[] {
  if (row.end === 'repeat') return [FORM_REGISTER, FORM_SIMPLE];
  if (!row.operands.some((operand) => /^[EMWQ]/.test(operand))) return [FORM_REGISTER];
  if (row.pattern.mod === 'mem') return [FORM_SIMPLE, FORM_GENERAL];
  if (row.pattern.mod === 'reg') return [FORM_REGISTER];
  return [FORM_REGISTER, FORM_SIMPLE, FORM_GENERAL];
}

function nameOf(row: Row, size: Size, operands: readonly Operand[]): string {
  return `${row.mnemonic}.${size} ${operands.map(operandKey).join(' ')}`.trim();
}

function endOf(row: Row, form: Form): HandlerEnd {
  if (row.end === 'repeat') return form === FORM_REGISTER ? 'next' : 'terminal';
  return row.end ?? 'next';
}

/** Numbers handlers; rows with the same semantics, operands and size share one. */
export class HandlerTable {
  readonly handlers: Handler[] = [];
  private readonly byKey = new Map<string, Handler>();
  private readonly emitNumbers = new Map<Emit, number>();

  constructor(rows: readonly Row[]) {
    for (const row of rows) for (const size of sizesOf(row.size)) for (const form of formsOf(row)) this.find(row, size, form);
  }

  /** The handler of one variant of a row. */
  find(row: Row, size: Size, form: Form): Handler {
    const end = endOf(row, form);
    const operandsOf = (shape: Form): readonly Operand[] => row.operands.flatMap((operand) => resolve(row, operand, size, shape) ?? []);
    const isHot = HOT_VARIANTS.has(nameOf(row, size, operandsOf(form)));
    // Cold handlers have one shape for all addresses.
    const operands = operandsOf(form === FORM_SIMPLE && !isHot ? FORM_GENERAL : form);
    const name = nameOf(row, size, operands);
    const hot = HOT_VARIANTS.has(name);
    let emitNumber = this.emitNumbers.get(row.emit);
    if (emitNumber === undefined) this.emitNumbers.set(row.emit, (emitNumber = this.emitNumbers.size));
    const key = `${emitNumber}.${size}.${end}.${operands.map(operandKey).join('.')}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const handler: Handler = {
      id: FIRST_HANDLER + this.handlers.length,
      name,
      emit: row.emit,
      size,
      operands,
      end,
      hot,
    };
    this.byKey.set(key, handler);
    this.handlers.push(handler);
    return handler;
  }
}
