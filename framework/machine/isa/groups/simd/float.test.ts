import type { Row } from '../../test/one-instruction';
import { runRow } from '../../test/one-instruction';

/** Singles and doubles in memory order. */
function singles(...values: readonly number[]): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('hex');
}
function doubles(...values: readonly number[]): string {
  return Buffer.from(Float64Array.from(values).buffer).toString('hex');
}
const SIGNALING = '010080ff';
const REST = '11'.repeat(12);
/** CR4 with OSFXSR and OSXMMEXCPT. */
const HANDLED = 0x600;

const ROWS: readonly Row[] = [
  ['ADDPS', { xmm0: singles(1, 2, 3, 4), xmm1: singles(5, 6, 7, 8) }, '0f 58 c1', { xmm0: singles(6, 8, 10, 12) }],
  [
    'ADDSS leaves what is above',
    { xmm0: singles(1) + REST, xmm1: singles(2) + 'ff'.repeat(12) },
    'f3 0f 58 c1',
    { xmm0: singles(3) + REST },
  ],
  ['ADDPS of memory that is not aligned is #GP(0)', { rbx: 0x3004 }, '0f 58 03', { fault: '13:0' }],
  [
    'ADDSS of memory need not be',
    { rbx: 0x3001, '@0x3001': singles(2), xmm0: singles(1) + REST },
    'f3 0f 58 03',
    { xmm0: singles(3) + REST },
  ],
  [
    'a masked inexact result sets PE',
    { xmm0: singles(1) + REST, xmm1: singles(3) + REST, mxcsr: 0x1f80 },
    'f3 0f 5e c1',
    { xmm0: 'abaaaa3e' + REST, mxcsr: 0x1fa0 },
  ],
  [
    'rounding up',
    { xmm0: singles(1) + REST, xmm1: singles(-3) + REST, mxcsr: 0x5f80 },
    'f3 0f 5e c1',
    { xmm0: 'aaaaaabe' + REST, mxcsr: 0x5fa0 },
  ],
  [
    'unmasked: #XM, the flag and no result',
    { cr4: HANDLED, xmm0: singles(1) + REST, xmm1: singles(0) + REST, mxcsr: 0x1d80 },
    'f3 0f 5e c1',
    { fault: '19:-1', mxcsr: 0x1d84 },
  ],
  [
    'without CR4.OSXMMEXCPT it is #UD',
    { cr4: 0x200, xmm0: singles(1) + REST, xmm1: singles(0) + REST, mxcsr: 0x1d80 },
    'f3 0f 5e c1',
    { fault: '6:-1', mxcsr: 0x1d84 },
  ],
  [
    'one unmasked invalid element hides the inexact ones',
    { cr4: HANDLED, xmm0: singles(1, 1, 1) + SIGNALING, xmm1: singles(3, 3, 3, 3), mxcsr: 0x1f00 },
    '0f 5e c1',
    { fault: '19:-1', mxcsr: 0x1f01 },
  ],
  [
    'a signalling NaN becomes quiet',
    { xmm0: singles(1) + REST, xmm1: SIGNALING + REST, mxcsr: 0x1f80 },
    'f3 0f 58 c1',
    { xmm0: '0100c0ff' + REST, mxcsr: 0x1f81 },
  ],
  ['of two NaNs the first', { xmm0: '2200c07f' + REST, xmm1: SIGNALING + REST, mxcsr: 0x1f80 }, 'f3 0f 58 c1', { mxcsr: 0x1f81 }],
  [
    'MINSS of a NaN is the second operand as it is',
    { xmm0: singles(1) + REST, xmm1: SIGNALING + REST, mxcsr: 0x1f80 },
    'f3 0f 5d c1',
    { xmm0: SIGNALING + REST, mxcsr: 0x1f81 },
  ],
  [
    'DAZ takes a denormal as zero, without DE',
    { xmm0: '01000000' + REST, xmm1: singles(1) + REST, mxcsr: 0x1fc0 },
    'f3 0f 58 c1',
    { xmm0: singles(1) + REST },
  ],
  [
    'FTZ flushes an exact denormal result too',
    { xmm0: '00008000' + REST, xmm1: singles(0.5) + REST, mxcsr: 0x9f80 },
    'f3 0f 59 c1',
    { xmm0: singles(0) + REST, mxcsr: 0x9fb0 },
  ],
  ['CMPLTPD', { xmm0: doubles(1, 2), xmm1: doubles(2, 1) }, '66 0f c2 c1 01', { xmm0: 'ff'.repeat(8) + '00'.repeat(8) }],
  ['UCOMISD of equal numbers', { xmm0: doubles(1, 0), xmm1: doubles(1, 0), flags: 'osa' }, '66 0f 2e c1', { flags: 'z' }],
  [
    'COMISS of a quiet NaN is unordered and invalid',
    { xmm0: '0000c07f' + REST, mxcsr: 0x1f80 },
    '0f 2f c1',
    { flags: 'zpc', mxcsr: 0x1f81 },
  ],
  ['CVTTSD2SI truncates', { xmm0: doubles(-2.75, 0), mxcsr: 0x1f80 }, 'f2 0f 2c c0', { rax: 0xffff_fffe, mxcsr: 0x1fa0 }],
  [
    'CVTSD2SI out of range is the integer indefinite',
    { xmm0: doubles(1e30, 0), mxcsr: 0x1f80 },
    'f2 48 0f 2d c0',
    { rax: 1n << 63n, mxcsr: 0x1f81 },
  ],
  ['CVTSI2SD of a negative doubleword', { rax: 0xffff_ffff, xmm0: doubles(0, 7) }, 'f2 0f 2a c0', { xmm0: doubles(-1, 7) }],
  ['CVTPD2PS clears the upper half', { xmm0: doubles(9, 9), xmm1: doubles(1, 2) }, '66 0f 5a c1', { xmm0: singles(1, 2, 0, 0) }],
  ['CVTPS2PI rounds to even', { xmm1: singles(2.5, -1.5) + '00'.repeat(8), mxcsr: 0x1fa0 }, '0f 2d c1', { mm0: '02000000feffffff' }],
  [
    'ROUNDSD up, without a precision exception',
    { xmm0: doubles(0, 7), xmm1: doubles(1.25, 0), mxcsr: 0x0f80 },
    '66 0f 3a 0b c1 0a',
    { xmm0: doubles(2, 7) },
  ],
  ['DPPS', { xmm0: singles(1, 2, 3, 4), xmm1: singles(5, 6, 7, 8) }, '66 0f 3a 40 c1 35', { xmm0: singles(17, 0, 17, 0) }],
  ['HSUBPS', { xmm0: singles(1, 2, 3, 5), xmm1: singles(1, 4, 1, 5) }, 'f2 0f 7d c1', { xmm0: singles(-1, -2, -3, -4) }],
  ['ADDSUBPD', { xmm0: doubles(1, 2), xmm1: doubles(3, 4) }, '66 0f d0 c1', { xmm0: doubles(-2, 6) }],
  [
    'RCPPS of zero is infinite without ZE',
    { xmm1: singles(0, -0, Infinity, 1) },
    '0f 53 c1',
    { xmm0: singles(Infinity, -Infinity, 0, 0.9998779296875) },
  ],
];

test.each(ROWS)('%s', (...row) => {
  const [seen, expected] = runRow(64, row);
  expect(seen).toEqual(expected);
});
