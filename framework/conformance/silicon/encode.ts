/** Machine code for a row of the instruction set, with operands by chance. */
import * as L from '../../machine/core/layout/decode-tables';
import { hasModrm, immediateOf } from '../../machine/isa/decode-table';
import type { Row } from '../../machine/isa/row';
import type { Random } from './random';
import { integer } from './values';

export interface MemoryOperand {
  /** Register numbers; undefined: none. */
  readonly base: number | undefined;
  readonly index: number | undefined;
  readonly scale: number;
  readonly isRipRelative: boolean;
  readonly displacementAt: number;
  readonly displacementBytes: 0 | 1 | 4;
}

export interface Encoding {
  readonly row: Row;
  readonly bits: 32 | 64;
  readonly bytes: number[];
  readonly rex: number;
  readonly operandPrefix: boolean;
  readonly addressPrefix: boolean;
  readonly segment: number;
  readonly hasRepeat: boolean;
  readonly modrm: number | undefined;
  readonly memory: MemoryOperand | undefined;
  readonly immediateAt: number;
  readonly immediateBytes: number;
}

const SEGMENT_PREFIXES = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65];
const MANDATORY = [0, 0x66, 0xf3, 0xf2];
/** Rows whose size REX.W and 66h change for AMD and Intel in different ways. */
const isNearBranch = (row: Row): boolean => row.size === 'near' || row.size === 'counter';

function prefixesOf(random: Random, row: Row, mandatory: number): number[] {
  const prefixes: number[] = [];
  const changesSize = row.pattern.prefixes.length === 0 || mandatory >= 0xf2;
  if (changesSize && !isNearBranch(row) && random.chance(row.size === 'b' ? 3 : 25)) prefixes.push(0x66);
  if (random.chance(6)) prefixes.push(0x67);
  if (random.chance(6)) prefixes.push(random.pick(SEGMENT_PREFIXES));
  const isString = /^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)[BW]$/.test(row.mnemonic);
  // On other one-byte opcodes the repeat prefixes mean nothing; on others they may make a different instruction.
  const repeats = row.pattern.map === 0 && row.pattern.prefixes.length === 0 && random.chance(isString ? 60 : 2);
  if (repeats) prefixes.push(random.pick([0xf2, 0xf3]));
  if (random.chance(row.lock === true ? 20 : 1)) prefixes.push(0xf0);
  for (let index = prefixes.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [prefixes[index], prefixes[other]] = [prefixes[other]!, prefixes[index]!];
  }
  return prefixes;
}

function rexOf(random: Random, { pattern }: Row): number {
  const wanted = [pattern.rexB, undefined, pattern.rexR, pattern.rexW];
  const isNeeded = wanted.some((bit) => bit === 1);
  if (!isNeeded && random.chance(45)) return 0;
  return wanted.reduce<number>((rex, bit, position) => rex | ((bit ?? random.below(2)) << position), 0x40);
}

function modrmOf(random: Random, { pattern, operands }: Row): number {
  const alwaysRegister = operands.some((operand) => operand.startsWith('R'));
  const wantsRegister = pattern.mod === 'reg' || alwaysRegister || (pattern.mod === undefined && random.chance(50));
  const mod = wantsRegister ? 3 : random.below(3);
  const reg = pattern.reg ?? random.below(8);
  const rm = pattern.rm ?? random.below(8);
  return (mod << 6) | (reg << 3) | rm;
}

function memoryOf(random: Random, bytes: number[], modrm: number, rex: number, is16: boolean, bits: 32 | 64): MemoryOperand {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  let base: number | undefined = rm | ((rex & 1) << 3);
  let index: number | undefined;
  let scale = 0;
  let noBase = !is16 && rm === 5 && mod === 0;
  const isRipRelative = noBase && bits === 64;
  if (!is16 && rm === 4) {
    const sib = random.below(256);
    bytes.push(sib);
    scale = sib >> 6;
    index = ((sib >> 3) & 7) | ((rex & 2) << 2);
    if (index === 4) index = undefined;
    noBase = (sib & 7) === 5 && mod === 0;
    base = (sib & 7) | ((rex & 1) << 3);
  }
  if (noBase) base = undefined;
  // 16-bit addresses reach nothing that is mapped: their registers do not matter.
  const wide = is16 ? (mod === 2 || (mod === 0 && rm === 6) ? 2 : 0) : mod === 2 || noBase ? 4 : 0;
  const displacementBytes = mod === 1 ? 1 : wide;
  const displacementAt = bytes.length;
  for (let count = 0; count < displacementBytes; count++) bytes.push(random.below(256));
  if (is16) return { base: undefined, index: undefined, scale: 0, isRipRelative: false, displacementAt, displacementBytes: 0 };
  return { base, index, scale, isRipRelative, displacementAt, displacementBytes: displacementBytes as 0 | 1 | 4 };
}

/** Bytes of an immediate of that kind. */
function immediateLength(kind: number, is16: boolean, isLong: boolean, addressBytes: number): number {
  switch (kind) {
    case L.IMMEDIATE_BYTE:
    case L.IMMEDIATE_SIGNED_BYTE:
    case L.IMMEDIATE_RELATIVE8:
      return 1;
    case L.IMMEDIATE_WORD:
      return 2;
    case L.IMMEDIATE_OPERAND32:
    case L.IMMEDIATE_RELATIVE:
      return is16 ? 2 : 4;
    case L.IMMEDIATE_OPERAND:
      return isLong ? 8 : is16 ? 2 : 4;
    case L.IMMEDIATE_OFFSET:
      return addressBytes;
    case L.IMMEDIATE_FAR:
      return is16 ? 4 : 6;
    case L.IMMEDIATE_ENTER:
      return 3;
    default:
      return 0;
  }
}

const OPCODE_MAPS = [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]] as const;

export function encode(random: Random, row: Row, bits: 32 | 64): Encoding {
  const mandatory = row.pattern.prefixes.length === 0 ? 0 : (MANDATORY[random.pick(row.pattern.prefixes)] ?? 0);
  const bytes = prefixesOf(random, row, mandatory);
  const operandPrefix = bytes.includes(0x66) || mandatory === 0x66;
  const addressPrefix = bytes.includes(0x67);
  const segment = bytes.find((byte) => SEGMENT_PREFIXES.includes(byte)) ?? 0;
  const hasRepeat = bytes.some((byte) => byte === 0xf2 || byte === 0xf3);
  if (mandatory !== 0) bytes.push(mandatory);
  const rex = bits === 64 ? rexOf(random, row) : 0;
  if (rex !== 0) bytes.push(rex);
  const { map, opcode, plusRegister } = row.pattern;
  bytes.push(...OPCODE_MAPS[map], plusRegister ? opcode | random.below(8) : opcode);
  const addressBytes = (bits / 8) >> (addressPrefix ? 1 : 0);
  let modrm: number | undefined;
  let memory: MemoryOperand | undefined;
  if (hasModrm(row)) {
    modrm = modrmOf(random, row);
    bytes.push(modrm);
    if (modrm < 0xc0) memory = memoryOf(random, bytes, modrm, rex, addressBytes === 2, bits);
  }
  const isLong = (rex & 8) !== 0;
  const immediateBytes = immediateLength(immediateOf(row), operandPrefix && !isLong, isLong, addressBytes);
  const immediateAt = bytes.length;
  let value = integer(random);
  for (let count = 0; count < immediateBytes; count++, value >>= 8n) bytes.push(Number(value & 0xffn));
  return { row, bits, bytes, rex, operandPrefix, addressPrefix, segment, hasRepeat, modrm, memory, immediateAt, immediateBytes };
}
