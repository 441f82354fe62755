/** MOV, MOVZX, MOVSX, LEA, XCHG, BSWAP, MOVBE, XLAT, CBW/CWD families, CMOVcc, SETcc, MOVNTI (SDM 2). */
import type { Access, Emit, Size } from '../emit/access';
import { RAX, RBX, RDX } from '../emit/access';
import type { Expr } from '../emit/expression';
import {
  add,
  and,
  c32,
  constantLike,
  extend16S,
  extend32S,
  extend8S,
  or,
  rotl,
  rotr,
  shl,
  shrS,
  shrU,
  widenS,
  widenU,
  wrap,
} from '../emit/expression';
import { condition, signExtend } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

const emitMov: Emit = (m) => m.write(0, m.read(1));

/** A zero-extended value of `from` bits in the type of operand size `to`. */
function zeroTo(value: Expr, to: Size): Expr {
  return to === 64 ? widenU(value) : value;
}

function signTo(value: Expr, from: Size, to: Size): Expr {
  if (to !== 64) return signExtend(value, from);
  return widenS(signExtend(value, from));
}

const emitMovzx: Emit = (m) => m.write(0, zeroTo(m.read(1), m.size));

const emitMovsx: Emit = (m) => m.write(0, signTo(m.read(1), m.operandSize(1), m.size));

const emitLea: Emit = (m) => {
  const ea = m.address();
  m.write(0, m.size === 64 ? ea : wrap(ea));
};

const emitXchg: Emit = (m) => {
  const b = m.read(1);
  m.modify(0, (a) => {
    m.write(1, a);
    return b;
  });
};

/** Bytes of a value in reverse order. */
function swapBytes(m: Access, value: Expr, size: Size): Expr {
  if (size === 16) return or(shl(value, c32(8)), shrU(value, c32(8)));
  const mask = constantLike(value, size === 64 ? 0x00ff00ff00ff00ffn : 0x00ff00ffn);
  const kept = m.keep(value);
  const pairs = m.keep(or(and(shrU(kept, constantLike(kept, 8)), mask), shl(and(kept, mask), constantLike(kept, 8))));
  if (size === 32) return rotl(pairs, c32(16));
  const words = constantLike(kept, 0x0000ffff0000ffffn);
  const halves = or(and(shrU(pairs, constantLike(kept, 16)), words), shl(and(pairs, words), constantLike(kept, 16)));
  return rotr(halves, constantLike(kept, 32));
}

/** BSWAP of a 16-bit register is undefined; processors give 0. */
const emitBswap: Emit = (m) => m.write(0, m.size === 16 ? c32(0) : swapBytes(m, m.read(0), m.size));

const emitMovbe: Emit = (m) => m.write(0, swapBytes(m, m.read(1), m.size));

const emitXlat: Emit = (m) => {
  const index = widenU(m.gpr(RAX, 8));
  const ea = and(add(m.gpr(RBX, 64), index), m.addressMask());
  m.setGpr(RAX, 8, m.load(m.segment(), ea, 8));
};

/** CBW, CWDE, CDQE. */
const emitExtendAccumulator: Emit = (m) => {
  if (m.size === 16) m.setGpr(RAX, 16, extend8S(m.gpr(RAX, 8)));
  else if (m.size === 32) m.setGpr(RAX, 32, extend16S(m.gpr(RAX, 16)));
  else m.setGpr(RAX, 64, extend32S(m.gpr(RAX, 64)));
};

/** CWD, CDQ, CQO. */
const emitSignIntoRdx: Emit = (m) => {
  const value = signExtend(m.gpr(RAX, m.size), m.size);
  m.setGpr(RDX, m.size, shrS(value, constantLike(value, m.size === 64 ? 63 : 31)));
};

/** The source is read whatever the condition; a 32-bit destination is zero-extended in any case. */
function emitCmov(code: number): Emit {
  return (m) => {
    const source = m.read(1);
    if (m.size === 32) {
      const result = m.variable('i32');
      m.set(result, m.read(0));
      m.if(condition(m, code), () => m.set(result, source));
      m.write(0, result.value);
    } else m.if(condition(m, code), () => m.write(0, source));
  };
}

function emitSet(code: number): Emit {
  return (m) => m.write(0, condition(m, code));
}

const emitNothing: Emit = () => undefined;

const CONDITIONS = ['O', 'NO', 'B', 'AE', 'E', 'NE', 'BE', 'A', 'S', 'NS', 'P', 'NP', 'L', 'GE', 'LE', 'G'];

function conditional(): Row[] {
  return CONDITIONS.flatMap((name, code) => {
    const digit = code.toString(16);
    return [
      row(`0f 4${digit}`, `CMOV${name} Gv Ev`, 'v', emitCmov(code), {
        feature: 'cmov',
      }),
      row(`0f 9${digit}`, `SET${name} Eb`, 'b', emitSet(code)),
    ];
  });
}

export const MOVE: readonly Row[] = [
  row('88', 'MOV Eb Gb', 'b', emitMov),
  row('89', 'MOV Ev Gv', 'v', emitMov),
  row('8a', 'MOV Gb Eb', 'b', emitMov),
  row('8b', 'MOV Gv Ev', 'v', emitMov),
  row('a0', 'MOV Ab Ob', 'b', emitMov),
  row('a1', 'MOV Av Ov', 'v', emitMov),
  row('a2', 'MOV Ob Ab', 'b', emitMov),
  row('a3', 'MOV Ov Av', 'v', emitMov),
  row('b0+', 'MOV Zb Ib', 'b', emitMov),
  row('b8+', 'MOV Zv Iv', 'v', emitMov),
  row('c6 /0', 'MOV Eb Ib', 'b', emitMov),
  row('c7 /0', 'MOV Ev Iz', 'v', emitMov),
  row('0f b6', 'MOVZX Gv Eb', 'v', emitMovzx),
  row('0f b7', 'MOVZX Gv Ew', 'v', emitMovzx),
  row('0f be', 'MOVSX Gv Eb', 'v', emitMovsx),
  row('0f bf', 'MOVSX Gv Ew', 'v', emitMovsx),
  row('63', 'MOVSXD Gv Ed', 'v', emitMovsx, { modes: 'long' }),
  row('8d', 'LEA Gv M', 'v', emitLea),
  row('86', 'XCHG Eb Gb', 'b', emitXchg, { lock: true }),
  row('87', 'XCHG Ev Gv', 'v', emitXchg, { lock: true }),
  row('90 rexb0', 'NOP', 'b', emitNothing),
  row('90 rexb1', 'XCHG Zv Av', 'v', emitXchg, { modes: 'long' }),
  ...[1, 2, 3, 4, 5, 6, 7].map((r) => row(`9${r}`, 'XCHG Zv Av', 'v', emitXchg)),
  row('0f c8+', 'BSWAP Zv', 'v', emitBswap),
  row('np p66 0f 38 f0', 'MOVBE Gv Mv', 'v', emitMovbe, { feature: 'movbe' }),
  row('np p66 0f 38 f1', 'MOVBE Mv Gv', 'v', emitMovbe, { feature: 'movbe' }),
  row('np 0f c3', 'MOVNTI My Gy', 'y', emitMov, { feature: 'sse2' }),
  row('d7', 'XLAT', 'b', emitXlat),
  row('98', 'CBW', 'v', emitExtendAccumulator),
  row('99', 'CWD', 'v', emitSignIntoRdx),
  ...conditional(),
];
