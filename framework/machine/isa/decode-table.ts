import { HANDLER_UD } from '../core/layout/blocks';
import * as L from '../core/layout/decode-tables';
import type { HandlerTable } from './handlers';
import { accumulatorInReg, formsOf, isSwapped } from './handlers';
import type { Row, RowPattern } from './row';
import { FEATURE_BITS, SIZE_RULES, sizesOf } from './row';

/** One question on the way to a row: how many answers it has, and which of them a row accepts (undefined: all). */
interface Dimension {
  readonly kind: number;
  readonly arity: number;
  readonly needsModrm: boolean;
  accepts(row: Row): readonly number[] | undefined;
}

function field(kind: number, arity: number, needsModrm: boolean, pick: (pattern: RowPattern) => number | undefined): Dimension {
  return {
    kind,
    arity,
    needsModrm,
    accepts: (row) => {
      const value = pick(row.pattern);
      return value === undefined ? undefined : [value];
    },
  };
}

const isLegacy = (row: Row): boolean => row.modes === 'legacy' || row.modes === 'legacy-protected';
const isProtected = (row: Row): boolean => row.modes === 'protected' || row.modes === 'legacy-protected';

const DIMENSIONS: readonly Dimension[] = [
  { kind: L.NODE_LONG, arity: 2, needsModrm: false, accepts: (row) => (isLegacy(row) ? [0] : row.modes === 'long' ? [1] : undefined) },
  { kind: L.NODE_PROTECTED, arity: 2, needsModrm: false, accepts: (row) => (isProtected(row) ? [1] : undefined) },
  field(L.NODE_REX_B, 2, false, (pattern) => pattern.rexB),
  field(L.NODE_REG, 8, true, (pattern) => pattern.reg),
  field(L.NODE_MOD, 2, true, ({ mod }) => (mod === undefined ? undefined : mod === 'reg' ? 1 : 0)),
  field(L.NODE_RM, 8, true, (pattern) => pattern.rm),
  {
    kind: L.NODE_PREFIX,
    arity: 4,
    needsModrm: false,
    accepts: (row) => (row.pattern.prefixes.length === 0 ? undefined : row.pattern.prefixes),
  },
  field(L.NODE_REX_W, 2, false, (pattern) => pattern.rexW),
  field(L.NODE_REX_R, 2, false, (pattern) => pattern.rexR),
];

const IMMEDIATES: Record<string, number> = {
  Ib: L.IMMEDIATE_BYTE,
  Ibs: L.IMMEDIATE_SIGNED_BYTE,
  Iw: L.IMMEDIATE_WORD,
  Iz: L.IMMEDIATE_OPERAND32,
  Iv: L.IMMEDIATE_OPERAND,
  Iwb: L.IMMEDIATE_ENTER,
  I1: L.IMMEDIATE_ONE,
  Jb: L.IMMEDIATE_RELATIVE8,
  Jz: L.IMMEDIATE_RELATIVE,
  Ob: L.IMMEDIATE_OFFSET,
  Ov: L.IMMEDIATE_OFFSET,
  Ap: L.IMMEDIATE_FAR,
};

function operandFlags(row: Row, operand: string): number {
  const isByte = operand[1] === 'b';
  switch (operand[0]) {
    case 'E':
    case 'M':
      return L.LEAF_MODRM | (isByte ? L.LEAF_RM_BYTE : 0);
    case 'R':
      return L.LEAF_MODRM | L.LEAF_ALWAYS_REGISTER;
    case 'G':
      return L.LEAF_MODRM | (isByte ? L.LEAF_REG_BYTE : 0);
    case 'V':
    case 'W':
    case 'P':
    case 'Q':
      return L.LEAF_MODRM;
    case 'S':
      return L.LEAF_MODRM | L.LEAF_REG_SEGMENT;
    case 'C':
    case 'D':
      return L.LEAF_MODRM | L.LEAF_REG_NUMBER;
    case 'X':
      return L.LEAF_MODRM | L.LEAF_CODE;
    case 'Z':
      return L.LEAF_OPCODE_REGISTER | (isByte ? L.LEAF_RM_BYTE : 0);
    case 'A':
      if (operand === 'Ap') return 0;
      return accumulatorInReg(row) ? L.LEAF_ACCUMULATOR_REG : L.LEAF_ACCUMULATOR_RM;
    default:
      return 0;
  }
}

/** Register files other than the general one, see LEAF_REGISTERS. */
const REGISTER_FILES: Record<string, number> = {
  V: L.REGISTERS_XMM,
  P: L.REGISTERS_MMX,
  W: L.REGISTERS_XMM << 2,
  Q: L.REGISTERS_MMX << 2,
};

function leafFlags(row: Row): number {
  let flags = row.operands.reduce((bits, operand) => bits | operandFlags(row, operand), 0);
  if (row.pattern.reg !== undefined || row.pattern.mod !== undefined || row.pattern.rm !== undefined) flags |= L.LEAF_MODRM;
  if (row.lock === true) flags |= L.LEAF_LOCK;
  if (row.end === 'terminal' || row.end === 'jump') flags |= L.LEAF_TERMINAL;
  if (row.end === 'repeat') flags |= L.LEAF_REPEAT;
  if (isSwapped(row)) flags |= L.LEAF_SWAP;
  return flags;
}

/** A ModRM byte follows the row's opcode. */
export function hasModrm(row: Row): boolean {
  return (leafFlags(row) & L.LEAF_MODRM) !== 0;
}

/** IMMEDIATE_* of core/layout. */
export function immediateOf(row: Row): number {
  return row.operands.map((operand) => IMMEDIATES[operand]).find((kind) => kind !== undefined) ?? L.IMMEDIATE_NONE;
}

/** Builds the image at DECODE_MAPS: per opcode a tree of questions whose leaves say how to read the rest and which handlers to use. */
export class DecodeTable {
  private readonly image = new DataView(new ArrayBuffer(L.DECODE_NODES - L.DECODE_MAPS + 2 * L.DECODE_NODE));
  private readonly leaves = new Map<Row, number>();
  private leafCount = 0;
  private nodeWords = 0;
  private readonly invalid: number;
  private readonly invalidWithModrm: number;

  constructor(
    rows: readonly Row[],
    private readonly handlers: HandlerTable,
  ) {
    this.invalid = this.addInvalidLeaf(0);
    this.invalidWithModrm = this.addInvalidLeaf(L.LEAF_MODRM);
    for (let map = 0; map < 4; map++) {
      for (let opcode = 0; opcode < 256; opcode++) {
        const matching = rows.filter(({ pattern }) => {
          const base = pattern.plusRegister ? opcode & 0xf8 : opcode;
          return pattern.map === map && pattern.opcode === base;
        });
        this.image.setUint16((map * 256 + opcode) * 2, this.build(matching, 0, false), true);
      }
    }
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.image.buffer, 0, L.DECODE_NODES - L.DECODE_MAPS + 2 * this.nodeWords);
  }

  /** The reference for rows that agree in all dimensions before `from`. */
  private build(rows: readonly Row[], from: number, modrmAsked: boolean): number {
    const asked = DIMENSIONS.findIndex((each, index) => index >= from && rows.some((row) => each.accepts(row) !== undefined));
    const dimension = DIMENSIONS[asked];
    if (dimension !== undefined) return this.split(rows, dimension, asked + 1, modrmAsked || dimension.needsModrm);
    const [row, other] = rows;
    if (row === undefined) return modrmAsked ? this.invalidWithModrm : this.invalid;
    if (other !== undefined) throw new Error(`${row.mnemonic} and ${other.mnemonic} have the same encoding`);
    return this.leafOf(row);
  }

  private split(rows: readonly Row[], dimension: Dimension, next: number, modrmAsked: boolean): number {
    const at = this.nodeWords;
    this.nodeWords += 1 + dimension.arity;
    const base = L.DECODE_NODES - L.DECODE_MAPS + 2 * at;
    this.image.setUint16(base, dimension.kind, true);
    for (let value = 0; value < dimension.arity; value++) {
      const fitting = rows.filter((row) => dimension.accepts(row)?.includes(value) ?? true);
      this.image.setUint16(base + 2 + 2 * value, this.build(fitting, next, modrmAsked), true);
    }
    return L.DECODE_NODE | at;
  }

  private leafAddress(index: number): number {
    return L.DECODE_LEAVES - L.DECODE_MAPS + index * L.LEAF_BYTES;
  }

  private addInvalidLeaf(flags: number): number {
    const index = this.leafCount++;
    const at = this.leafAddress(index);
    for (let slot = 0; slot < 12; slot++) this.image.setUint16(at + 2 * slot, HANDLER_UD, true);
    this.image.setUint16(at + L.LEAF_FLAGS, L.LEAF_INVALID | L.LEAF_TERMINAL | flags, true);
    return index;
  }

  private leafOf(row: Row): number {
    const known = this.leaves.get(row);
    if (known !== undefined) return known;
    const index = this.leafCount++;
    this.leaves.set(row, index);
    this.writeLeaf(this.leafAddress(index), row);
    return index;
  }

  private writeLeaf(at: number, row: Row): void {
    for (const size of sizesOf(row.size)) {
      for (const form of formsOf(row)) {
        const slot = form * 4 + Math.log2(size / 8);
        this.image.setUint16(at + L.LEAF_HANDLERS + 2 * slot, this.handlers.find(row, size, form).id, true);
      }
    }
    this.image.setUint16(at + L.LEAF_FLAGS, leafFlags(row), true);
    this.image.setUint8(at + L.LEAF_SIZE, SIZE_RULES[row.size]);
    this.image.setUint8(at + L.LEAF_IMMEDIATE, immediateOf(row));
    const files = row.operands.reduce((bits, operand) => bits | (REGISTER_FILES[operand[0] ?? ''] ?? 0), 0);
    this.image.setUint8(at + L.LEAF_REGISTERS, files);
    this.image.setUint16(at + L.LEAF_OPERATION, row.operation ?? 0, true);
    this.image.setUint8(at + L.LEAF_FEATURE, row.feature === undefined ? 0 : 1 + FEATURE_BITS[row.feature]);
  }
}
