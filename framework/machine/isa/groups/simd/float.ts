/** SSE to SSE4.1: arithmetic and comparison of floating-point vectors (SDM 2). The runtime does them, see core/sse-float. */
import { VECTOR_A, VECTOR_B } from '../../../core/layout/run-state';
import type { Access, Emit } from '../../emit/access';
import type { Row, RowOptions } from '../../row';
import { row } from '../../row';
import { sse } from './gate';

/** Both operands to where the runtime takes them; nothing but the destination changes after that. */
function passVectors(m: Access): void {
  const second = m.vector(1);
  m.setState(VECTOR_A, m.vector(0));
  m.setState(VECTOR_B, second);
}

/** `codeAt`: number of the X operand. */
function binary(codeAt: 2 | 3): Emit {
  return sse((m) => {
    passVectors(m);
    m.call('sseFloat', m.read(codeAt));
    m.setVector(0, m.state('v128', VECTOR_A));
  });
}
export const emitBinary = binary(2);
const emitWithImmediate = binary(3);
const emitToFlags = sse((m) => {
  passVectors(m);
  m.call('sseFloat', m.read(2));
});

/** Number by which the runtime knows an instruction of the map 0F (or 0F 3A): see core/sse-float/dispatch. */
export function operationOf(prefix: number, opcode: number, threeByte = false): number {
  return (threeByte ? 0x400 : 0) | (prefix << 8) | opcode;
}

export const hex = (opcode: number): string => opcode.toString(16).padStart(2, '0');

/** By number: none, 66h, F3h, F2h, with the elements that go with them. */
export const PREFIXES = ['np', 'p66', 'pf3', 'pf2'] as const;
const ELEMENTS = ['PS', 'PD', 'SS', 'SD'] as const;
const OPERANDS = ['Vx Wx', 'Vx Wx', 'Vd Wd', 'Vq Wq'] as const;
const FEATURES: readonly RowOptions[] = [{ feature: 'sse' }, { feature: 'sse2' }, { feature: 'sse' }, { feature: 'sse2' }];

/** An instruction with all four kinds of elements, or those of `prefixes`. */
function all(opcode: number, name: string, prefixes: readonly number[] = [0, 1, 2, 3]): Row[] {
  return prefixes.map((prefix) => {
    const text = `${name}${ELEMENTS[prefix]} ${OPERANDS[prefix]} X`;
    return row(`${PREFIXES[prefix]} 0f ${hex(opcode)}`, text, 'b', emitBinary, {
      ...FEATURES[prefix],
      operation: operationOf(prefix, opcode),
    });
  });
}

function compare(prefix: number): Row {
  const options = { ...FEATURES[prefix], operation: operationOf(prefix, 0xc2) };
  return row(`${PREFIXES[prefix]} 0f c2`, `CMP${ELEMENTS[prefix]} ${OPERANDS[prefix]} Ib X`, 'b', emitWithImmediate, options);
}

function compareToFlags(opcode: number, name: string): Row[] {
  return [0, 1].map((prefix) => {
    const options = { ...FEATURES[prefix], operation: operationOf(prefix, opcode), flags: 'oszapc' };
    const operands = prefix === 0 ? 'SS Vd Wd' : 'SD Vq Wq';
    return row(`${PREFIXES[prefix]} 0f ${hex(opcode)}`, `${name}${operands} X`, 'b', emitToFlags, options);
  });
}

/** SSE3: doubles with 66h, singles with F2h. */
function sse3(opcode: number, name: string): Row[] {
  return [1, 3].map((prefix) => {
    const options: RowOptions = { feature: 'sse3', operation: operationOf(prefix, opcode) };
    return row(`${PREFIXES[prefix]} 0f ${hex(opcode)}`, `${name}${prefix === 1 ? 'PD' : 'PS'} Vx Wx X`, 'b', emitBinary, options);
  });
}

function sse41(opcode: number, text: string): Row {
  const options: RowOptions = { feature: 'sse41', operation: operationOf(1, opcode, true) };
  return row(`p66 0f 3a ${hex(opcode)}`, `${text} Ib X`, 'b', emitWithImmediate, options);
}

export const SIMD_FLOAT: readonly Row[] = [
  ...all(0x51, 'SQRT'),
  ...all(0x52, 'RSQRT', [0, 2]),
  ...all(0x53, 'RCP', [0, 2]),
  ...all(0x58, 'ADD'),
  ...all(0x59, 'MUL'),
  ...all(0x5c, 'SUB'),
  ...all(0x5d, 'MIN'),
  ...all(0x5e, 'DIV'),
  ...all(0x5f, 'MAX'),
  ...[0, 1, 2, 3].map(compare),
  ...compareToFlags(0x2e, 'UCOMI'),
  ...compareToFlags(0x2f, 'COMI'),
  ...sse3(0x7c, 'HADD'),
  ...sse3(0x7d, 'HSUB'),
  ...sse3(0xd0, 'ADDSUB'),
  sse41(0x08, 'ROUNDPS Vx Wx'),
  sse41(0x09, 'ROUNDPD Vx Wx'),
  sse41(0x0a, 'ROUNDSS Vd Wd'),
  sse41(0x0b, 'ROUNDSD Vq Wq'),
  sse41(0x40, 'DPPS Vx Wx'),
  sse41(0x41, 'DPPD Vx Wx'),
];
