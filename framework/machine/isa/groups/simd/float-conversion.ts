/** CVT*: conversions between singles, doubles and integers in XMM, MMX and general registers (SDM 2). */
import { VECTOR_A, VECTOR_B } from '../../../core/layout/run-state';
import type { Access, Emit } from '../../emit/access';
import { c32, widenS, wrap } from '../../emit/expression';
import { scalarToVector } from '../../emit/vector';
import type { Row, RowOptions } from '../../row';
import { row } from '../../row';
import { PREFIXES, emitBinary, hex, operationOf } from './float';
import { mmx, sse } from './gate';

const emitFromGeneral = sse((m) => {
  const value = m.read(1);
  m.call('sseFromInteger', m.read(2), m.size === 64 ? value : widenS(value));
  m.setVector(0, m.state('v128', VECTOR_A));
});

const emitToGeneral = sse((m) => {
  m.setState(VECTOR_B, m.vector(1));
  const value = m.value('sseToInteger', m.read(2), c32(m.size));
  m.write(0, m.size === 64 ? value : wrap(value));
});

function convertFromMmx(m: Access): void {
  m.setState(VECTOR_B, scalarToVector(m.read(1)));
  m.call('sseFloat', m.read(2));
  m.setVector(0, m.state('v128', VECTOR_A));
}
const emitFromMmx = sse(mmx(convertFromMmx));
/** CVTPI2PD of memory has nothing to do with MMX. */
const emitFromMemory = sse(convertFromMmx);

const emitToMmx = sse(
  mmx((m) => {
    m.setState(VECTOR_B, m.vector(1));
    m.call('sseFloat', m.read(2));
    m.write(0, m.state('i64', VECTOR_A));
  }),
);

function conversion(prefix: number, opcode: number, text: string, emit: Emit, size: 'b' | 'y' = 'b', mod = ''): Row {
  const single = /PI2PS|PS2PI|SI2SS|SS2SI/.test(text);
  const options: RowOptions = { feature: single ? 'sse' : 'sse2', operation: operationOf(prefix, opcode) };
  return row(`${PREFIXES[prefix]} 0f ${hex(opcode)}${mod}`, `${text} X`, size, emit, options);
}

export const SIMD_FLOAT_CONVERSIONS: readonly Row[] = [
  conversion(0, 0x5a, 'CVTPS2PD Vx Wq', emitBinary),
  conversion(1, 0x5a, 'CVTPD2PS Vx Wx', emitBinary),
  conversion(2, 0x5a, 'CVTSS2SD Vq Wd', emitBinary),
  conversion(3, 0x5a, 'CVTSD2SS Vd Wq', emitBinary),
  conversion(0, 0x5b, 'CVTDQ2PS Vx Wx', emitBinary),
  conversion(1, 0x5b, 'CVTPS2DQ Vx Wx', emitBinary),
  conversion(2, 0x5b, 'CVTTPS2DQ Vx Wx', emitBinary),
  conversion(2, 0xe6, 'CVTDQ2PD Vx Wq', emitBinary),
  conversion(3, 0xe6, 'CVTPD2DQ Vx Wx', emitBinary),
  conversion(1, 0xe6, 'CVTTPD2DQ Vx Wx', emitBinary),
  conversion(0, 0x2a, 'CVTPI2PS Vq Qq', emitFromMmx),
  conversion(1, 0x2a, 'CVTPI2PD Vx Qq', emitFromMmx, 'b', ' reg'),
  conversion(1, 0x2a, 'CVTPI2PD Vx Mq', emitFromMemory),
  conversion(0, 0x2c, 'CVTTPS2PI Pq Wq', emitToMmx),
  conversion(1, 0x2c, 'CVTTPD2PI Pq Wx', emitToMmx),
  conversion(0, 0x2d, 'CVTPS2PI Pq Wq', emitToMmx),
  conversion(1, 0x2d, 'CVTPD2PI Pq Wx', emitToMmx),
  conversion(2, 0x2a, 'CVTSI2SS Vd Ey', emitFromGeneral, 'y'),
  conversion(3, 0x2a, 'CVTSI2SD Vq Ey', emitFromGeneral, 'y'),
  conversion(2, 0x2c, 'CVTTSS2SI Gy Wd', emitToGeneral, 'y'),
  conversion(3, 0x2c, 'CVTTSD2SI Gy Wq', emitToGeneral, 'y'),
  conversion(2, 0x2d, 'CVTSS2SI Gy Wd', emitToGeneral, 'y'),
  conversion(3, 0x2d, 'CVTSD2SI Gy Wq', emitToGeneral, 'y'),
];
