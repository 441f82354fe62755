import type { Row } from '../test/one-instruction';
import { runRow } from '../test/one-instruction';

/** Programs that start with FNINIT and end with FNSTSW AX and HLT. What manuals leave open is as measured on an AMD EPYC. */
const ROWS: readonly Row[] = [
  ['D9 D8, an old FSTP, only pops an empty register', {}, 'dbe3 d9d8 dfe0 f4', { rax: 0x0800 }],
  ['FSTP of an empty register is a stack fault', {}, 'dbe3 ddd8 dfe0 f4', { rax: 0x0841 }],
  ['FLD of an empty register is an underflow, also when there is no room', {}, 'dbe3 d9f6 d9e8 d9f7 d9c0 dfe0 f4', { rax: 0x3041 }],
  ['FCMOVB leaves C1 of FXAM', {}, 'dbe3 d9e8 d9e0 d9e5 dac0 dfe0 f4', { rax: 0x3e00 }],
  ['FNOP too', {}, 'dbe3 d9e8 d9e0 d9e5 d9d0 dfe0 f4', { rax: 0x3e00 }],
  ['FPREM by zero leaves C3 and C0, clears C2', {}, 'dbe3 d9ee d9ee d9e5 d9f8 dfe0 f4', { rax: 0x7001 }],
  [
    'FPREM1 of 7 by 4 is -1, quotient 2',
    { rbx: 0x3000, '@0x3000': '0400000007000000' },
    'dbe3 db03 db4304 d9f5 dfe0 db1b f4',
    { rax: 0x7000, '@0x3000': 'ffffffff07000000' },
  ],
  ['FSIN of an empty register clears C2', {}, 'dbe3 d9e8 d9e0 d9e5 ddc0 d9fe dfe0 f4', { rax: 0x3841 }],
  [
    'F2XM1 of -1 is -0.5 and counts as inexact',
    { rbx: 0x3000, '@0x3000': '00000000' },
    'dbe3 d9e8 d9e0 d9f0 dfe0 d91b f4',
    { rax: 0x3820, '@0x3000': '000000bf' },
  ],
  ['FYL2X of 0.5 too', { rbx: 0x3000, '@0x3000': '0000003f' }, 'dbe3 d9e8 d903 d9f1 dfe0 d91b f4', { rax: 0x3820, '@0x3000': '000080bf' }],
  [
    'FSCALE beyond what an unmasked overflow can scale is infinite',
    { rbx: 0x3000, '@0x3000': '77030000ffff0000' },
    'dbe3 d92b db4304 d9e8 d9fd dfe0 dbe2 d95b04 f4',
    { rax: 0xb2a8, '@0x3000': '770300000000807f' },
  ],
];

test.each(ROWS)('%s', (...row) => {
  const [seen, expected] = runRow(64, row, 16);
  expect(seen).toEqual(expected);
});
