import type { Row } from '../../test/one-instruction';
import { runRow } from '../../test/one-instruction';

const OSXSAVE = 0x4_0600;
const A = '000102030405060708090a0b0c0d0e0f';
const NOTHING = '00'.repeat(16);
/** XSETBV: XCR0 as EDX:EAX says. */
const SET = '0f 01 d1';
/** Where the header of the area at 3000h has what is there, what is compacted, and zeros. */
const PRESENT = '@0x3200';

const ROWS: readonly (readonly [...Row, instructions: number])[] = [
  ['XGETBV is #UD before the system has set CR4.OSXSAVE', { cr4: 0x600 }, '0f 01 d0', { fault: '6:-1' }, 1],
  ['XSAVE too', { cr4: 0x600, rbx: 0x3000 }, '0f ae 23', { fault: '6:-1' }, 1],
  ['XCR0 is x87 alone after RESET', { cr4: OSXSAVE, rdx: 7 }, '0f 01 d0', { rax: 1, rdx: 0 }, 1],
  ['XSETBV without x87 is #GP', { cr4: OSXSAVE, rax: 2 }, SET, { fault: '13:0' }, 1],
  ['of AVX is #GP', { cr4: OSXSAVE, rax: 7 }, SET, { fault: '13:0' }, 1],
  ['of another register is #GP', { cr4: OSXSAVE, rax: 3, rcx: 1 }, SET, { fault: '13:0' }, 1],
  ['XSETBV, XGETBV', { cr4: OSXSAVE, rax: 3 }, `${SET} 0f 01 d0`, { rax: 3 }, 2],
  [
    'XSAVE of what is asked for: SSE, and its bit in the header, whose others stay',
    { cr4: OSXSAVE, rax: 2, rbx: 0x3000, xmm0: A, [PRESENT]: '0500000000000000', '@0x3000': '55'.repeat(4), '@0x30a0': NOTHING },
    '0f ae 23',
    { [PRESENT]: '0500000000000000' },
    1,
  ],
  [
    'the same once XCR0 has SSE',
    { cr4: OSXSAVE, rax: 3, rbx: 0x3000, xmm0: A, [PRESENT]: '0500000000000000', '@0x30a0': NOTHING, '@0x3018': NOTHING.slice(16) },
    `${SET} 0f ae 23`,
    { [PRESENT]: '0700000000000000', '@0x30a0': A, '@0x3018': '801f0000ffff0000' },
    2,
  ],
  [
    'XSAVEOPT leaves what is in its initial state, and says so',
    { cr4: OSXSAVE, rax: 3, rbx: 0x3000, [PRESENT]: '0300000000000000', '@0x30a0': A },
    `${SET} 0f ae 33`,
    { [PRESENT]: '0100000000000000' },
    2,
  ],
  ['XSAVE off a border of 64 bytes is #GP', { cr4: OSXSAVE, rax: 1, rbx: 0x3010 }, '0f ae 23', { fault: '13:0' }, 1],
  [
    'XRSTOR loads what is there and initializes what is not',
    { cr4: OSXSAVE, rax: 3, rbx: 0x3000, xmm0: A, xmm1: A, '@0x3018': '801f000000000000', [PRESENT]: '0100000000000000' },
    `${SET} 0f ae 2b`,
    { xmm0: NOTHING, xmm1: NOTHING },
    2,
  ],
  ['and touches nothing else', { cr4: OSXSAVE, rax: 1, rbx: 0x3000, xmm0: A, [PRESENT]: '0100000000000000' }, '0f ae 2b', {}, 1],
  [
    'XRSTOR of a component that XCR0 does not have is #GP',
    { cr4: OSXSAVE, rax: 1, rbx: 0x3000, [PRESENT]: '0200000000000000' },
    '0f ae 2b',
    { fault: '13:0' },
    1,
  ],
  ['of a compacted area is #GP', { cr4: OSXSAVE, rax: 1, rbx: 0x3000, '@0x3208': '0000000000000080' }, '0f ae 2b', { fault: '13:0' }, 1],
  ['of a bad MXCSR is #GP', { cr4: OSXSAVE, rax: 3, rbx: 0x3000, '@0x3018': '00000100' }, `${SET} 0f ae 2b`, { fault: '13:0' }, 2],
  ['with CR0.TS it is #NM', { cr4: OSXSAVE, cr0: 8, rax: 1, rbx: 0x3000 }, '0f ae 2b', { fault: '7:-1' }, 1],
];

test.each(ROWS)('%s', (name, before, bytes, after, instructions) => {
  const [seen, expected] = runRow(64, [name, before, bytes, after], instructions);
  expect(seen).toEqual(expected);
});

const RANDOM: readonly Row[] = [
  ['RDRAND of 16 bits keeps the rest; CF: there was one', { rax: 0x1_2222_3333 }, '66 0f c7 f0', { rax: 0x1_2222_3210, flags: 'c' }],
  ['RDRAND of 32 bits', { rax: 0x1_2222_3333, flags: 'oszap' }, '0f c7 f0', { rax: 0x7654_3210, flags: 'c' }],
  ['RDRAND of 64 bits', {}, '49 0f c7 f1', { r9: 0xfedc_ba98_7654_3210n, flags: 'c' }],
];

test.each(RANDOM)('%s', (...row) => {
  const [seen, expected] = runRow(64, row);
  expect(seen).toEqual(expected);
});
