import type { Row } from '../test/one-instruction';
import { runRow } from '../test/one-instruction';

/** Counts of other than 1 leave OF undefined: these rows have what current Intel processors give (measured). */
const ROWS: readonly Row[] = [
  ['SHL by 0 changes no flag, but clears the upper half', { rax: 0xffff_ffff_0000_0001n, flags: 'oszapc' }, 'c1 e0 20', { rax: 1 }],
  ['SHL by 64 is by 0', { rax: 3, flags: 'c' }, '48 c1 e0 40', {}],
  ['SHL AL, 9 shifts everything out', { rax: 0xff }, 'c0 e0 09', { rax: 0, flags: 'zp' }],
  ['SHL AX, 16 leaves the lowest bit in CF', { rax: 1 }, '66 c1 e0 10', { rax: 0, flags: 'zpc' }],
  ['/6 is SHL too', { rax: 0x41 }, 'd0 f0', { rax: 0x82, flags: 'osp' }],
  ['SHR by 1: OF is the old sign', { rax: 0x80 }, 'd0 e8', { rax: 0x40, flags: 'o' }],
  ['SAR AL, 31', { rax: 0x80 }, 'c0 f8 1f', { rax: 0xff, flags: 'spc' }],
  ['ROL AL, 8 sets CF and leaves the value', { rax: 0x81 }, 'c0 c0 08', { rax: 0x81, flags: 'c' }],
  ['ROR by CL', { rax: 1, rcx: 1 }, 'd3 c8', { rax: 0x8000_0000, flags: 'oc' }],
  ['RCL AL by 9 is nothing at all', { rax: 0x5a, rcx: 9, flags: 'oszap' }, 'd2 d0', {}],
  ['RCL AX by 17 neither', { rax: 0x5a5a, rcx: 17, flags: 'oc' }, '66 d3 d0', {}],
  ['RCR [mem] by 1 through CF', { rbx: 0x3000, '@0x3000': '01', flags: 'c' }, 'd0 1b', { '@0x3000': '80', flags: 'oc' }],
  ['RCL RAX, 63', { rax: 0x8000_0000_0000_0001n, rcx: 63 }, '48 d3 d0', { rax: 0xa000_0000_0000_0000n, flags: 'o' }],
  ['SHLD AX, BX, 20 goes on with AX', { rax: 0x1234, rbx: 0xabcd }, '66 0f a4 d8 14', { rax: 0xbcd1, flags: 'sp' }],
  ['SHRD EAX, EDX, CL', { rax: 0x1, rdx: 0x8000_0001, rcx: 1 }, '0f ad d0', { rax: 0x8000_0000, flags: 'ospc' }],
  [
    'SHLD [mem64]',
    { rbx: 0x3000, rax: 0xf000_0000_0000_0000n, '@0x3000': '0100000000000080' },
    '48 0f a4 03 04',
    { '@0x3000': '1f00000000000000', flags: 'o' },
  ],
];

test.each(ROWS)('%s', (...row) => {
  const [seen, expected] = runRow(64, row);
  expect(seen).toEqual(expected);
});
