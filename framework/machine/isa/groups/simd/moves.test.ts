import type { Row } from '../../test/one-instruction';
import { runRow } from '../../test/one-instruction';

const A = '000102030405060708090a0b0c0d0e0f';
const B = '101112131415161718191a1b1c1d1e1f';
const LOW_A = '0001020304050607';

const ROWS_64: readonly Row[] = [
  ['MOVUPS from memory need not be aligned', { '@0x3001': A, rbx: 0x3001 }, '0f 10 03', { xmm0: A }],
  ['MOVAPS that is not aligned is #GP(0)', { '@0x3001': A, rbx: 0x3001 }, '0f 28 03', { fault: '13:0' }],
  ['MOVAPS to memory that is not aligned writes nothing', { '@0x3000': B, rbx: 0x3008, xmm1: A }, '0f 29 0b', { fault: '13:0' }],
  ['MOVUPS across a page', { rbx: 0x2ff8, xmm9: A }, '44 0f 11 0b', { '@0x2ff8': A }],
  ['MOVAPS between the upper registers', { xmm8: B, xmm15: A }, '45 0f 28 c7', { xmm8: A }],
  [
    'MOVSS from memory clears what is above',
    { xmm0: A, '@0x3000': 'aabbccdd', rbx: 0x3000 },
    'f3 0f 10 03',
    { xmm0: `aabbccdd${'0'.repeat(24)}` },
  ],
  ['MOVSS between registers does not', { xmm0: A, xmm1: B }, 'f3 0f 10 c1', { xmm0: `10111213${A.slice(8)}` }],
  ['MOVSD to memory writes 8 bytes', { xmm0: A, '@0x3000': B, rbx: 0x3000 }, 'f2 0f 11 03', { '@0x3000': LOW_A + B.slice(16) }],
  ['MOVHLPS', { xmm0: A, xmm1: B }, '0f 12 c1', { xmm0: B.slice(16) + A.slice(16) }],
  ['MOVLHPS', { xmm0: A, xmm1: B }, '0f 16 c1', { xmm0: LOW_A + B.slice(0, 16) }],
  ['66h with MOVHLPS is #UD', {}, '66 0f 12 c1', { fault: '6:-1' }],
  ['MOVHPD from memory', { xmm0: A, '@0x3000': B, rbx: 0x3000 }, '66 0f 16 03', { xmm0: LOW_A + B.slice(0, 16) }],
  ['MOVHPS to memory', { xmm0: A, rbx: 0x3000 }, '0f 17 03', { '@0x3000': A.slice(16) }],
  ['MOVDDUP', { xmm1: A }, 'f2 0f 12 c1', { xmm0: LOW_A + LOW_A }],
  ['MOVSHDUP', { xmm1: A }, 'f3 0f 16 c1', { xmm0: '04050607040506070c0d0e0f0c0d0e0f' }],
  ['MOVD from a general register', { rax: 0x1_1234_5678, xmm0: A }, '66 0f 6e c0', { xmm0: `78563412${'0'.repeat(24)}` }],
  ['with REX.W it is MOVQ', { rax: 0x1_1234_5678, xmm0: A }, '66 48 0f 6e c0', { xmm0: `7856341201000000${'0'.repeat(16)}` }],
  ['MOVD to a general register clears its upper half', { rax: -1n & 0xffff_ffff_ffff_ffffn, xmm0: A }, '66 0f 7e c0', { rax: 0x0302_0100 }],
  ['MOVQ between registers clears what is above', { xmm0: A, xmm1: B }, '66 0f d6 c8', { xmm0: B.slice(0, 16) + '0'.repeat(16) }],
  [
    'MASKMOVDQU writes what the mask selects',
    { rdi: 0x3000, xmm0: A, xmm1: `80${'00'.repeat(14)}ff`, '@0x3000': B },
    '66 0f f7 c1',
    { '@0x3000': `00${B.slice(2, 30)}0f` },
  ],
  ['PANDN inverts the destination', { xmm0: 'f0'.repeat(16), xmm1: '33'.repeat(16) }, '66 0f df c1', { xmm0: '03'.repeat(16) }],
  ['XORPS of an aligned memory operand', { xmm0: A, '@0x3000': A, rbx: 0x3000 }, '0f 57 03', { xmm0: '00'.repeat(16) }],
  ['MOVQ of MMX registers', { mm1: LOW_A }, '0f 6f c1', { mm0: LOW_A }],
  ['REX does not reach further MMX registers', { mm1: LOW_A }, '45 0f 6f c1', { mm0: LOW_A }],
  ['MOVQ2DQ', { mm1: LOW_A, xmm0: B }, 'f3 0f d6 c1', { xmm0: LOW_A + '0'.repeat(16) }],
  ['MOVDQ2Q', { xmm1: A }, 'f2 0f d6 c1', { mm0: LOW_A }],
  ['without CR4.OSFXSR #UD', { cr4: 0 }, '0f 28 c1', { fault: '6:-1' }],
  ['with CR0.TS #NM', { cr0: 8 }, '0f 28 c1', { fault: '7:-1' }],
  ['CR0.EM makes both sets #UD', { cr0: 0xc }, '0f 6f c1', { fault: '6:-1' }],
  ['MMX does not ask CR4.OSFXSR', { cr4: 0, mm1: LOW_A }, '0f 6f c1', { mm0: LOW_A }],
  ['MOVNTDQ from a register to a register is #UD', {}, '66 0f e7 c1', { fault: '6:-1' }],
  ['LDMXCSR', { '@0x3000': '801f0000', rbx: 0x3000 }, '0f ae 13', { mxcsr: 0x1f80 }],
  ['LDMXCSR of reserved bits is #GP(0)', { '@0x3000': '801f0100', rbx: 0x3000 }, '0f ae 13', { fault: '13:0' }],
  ['FXSAVE that is not aligned is #GP(0)', { rbx: 0x3008 }, '0f ae 03', { fault: '13:0' }],
  [
    'FXSAVE writes the registers',
    { rbx: 0x3000, xmm1: A, mm2: LOW_A },
    '0f ae 03',
    { '@0x30b0': A, '@0x3040': LOW_A, '@0x301c': 'ffff0000' },
  ],
  ['FXRSTOR reads them', { rbx: 0x3000, '@0x3190': B, '@0x3050': LOW_A }, '0f ae 0b', { xmm15: B, mm3: LOW_A }],
];

test.each(ROWS_64)('%s', (...row) => {
  const [seen, expected] = runRow(64, row);
  expect(seen).toEqual(expected);
});
