import type { Row } from '../test/one-instruction';
import { runRow } from '../test/one-instruction';

const ROWS_64: readonly Row[] = [
  ['ADD carries out of 32 bits and clears the upper half', { rax: 0xffff_ffff_ffff_ffffn, rcx: 1 }, '01 c8', { rax: 0, flags: 'zapc' }],
  ['ADD overflows at 64 bits', { rax: 0x7fff_ffff_ffff_ffffn, rcx: 1 }, '48 01 c8', { rax: 1n << 63n, flags: 'osap' }],
  ['ADD AH leaves the rest of RAX', { rax: 0x1122_f0ff, rbx: 0x1000 }, '00 fc', { rax: 0x1122_00ff, flags: 'zpc' }],
  ['with REX the same number is SPL', { rsp: 0x80ff, rbx: 1 }, '40 00 dc', { rsp: 0x8000, flags: 'zapc' }],
  ['ADC adds CF at the edge', { rax: 0xff, rcx: 0xff, flags: 'c' }, '10 c8', { rax: 0xff, flags: 'sapc' }],
  ['SBB of equal values with CF gives -1', { rax: 5, rcx: 5, flags: 'c' }, '48 19 c8', { rax: 0xffff_ffff_ffff_ffffn, flags: 'sapc' }],
  ['CMP AX, imm16 borrows', { rax: 1 }, '66 3d 02 00', { flags: 'sapc' }],
  ['CMP writes nothing', { '@0x3000': '05', rbx: 0x3000 }, '80 3b 05', { flags: 'zp' }],
  ['XOR clears CF and OF', { rax: 7, flags: 'oc' }, '31 c0', { rax: 0, flags: 'zp' }],
  ['INC keeps CF', { rax: 0x7f, flags: 'c' }, 'fe c0', { rax: 0x80, flags: 'osac' }],
  ['DEC [mem] 16 bits', { '@0x3000': '0080ff', rbx: 0x3000 }, '66 ff 0b', { '@0x3000': 'ff7fff', flags: 'oap' }],
  ['NEG of the least number overflows', { rax: 0x8000_0000 }, 'f7 d8', { rax: 0x8000_0000, flags: 'ospc' }],
  ['NOT touches no flags', { rax: 0xf0, flags: 'oszapc' }, 'f6 d0', { rax: 0x0f }],
  ['AND [rip+disp]', { rax: 0x0f, '@0x1010': 'ff' }, '20 05 0a 00 00 00', { '@0x1010': '0f', flags: 'p' }],
  ['a 32-bit address is cut to 32 bits', { rbx: 0xffff_ffff_ffff_f000n, rsi: 0x4000, rax: 1 }, '67 00 04 33', { '@0x3000': '01' }],
  ['LOCK ADD [mem] is allowed', { rbx: 0x3000, rax: 2, '@0x3000': '01' }, 'f0 00 03', { '@0x3000': '03', flags: 'p' }],
  ['LOCK with a register is #UD', { rax: 1 }, 'f0 00 c0', { fault: '6:-1' }],
  ['LOCK CMP is #UD', { rbx: 0x3000 }, 'f0 38 03', { fault: '6:-1' }],
  ['82h does not exist in 64-bit mode', {}, '82 c0 01', { fault: '6:-1' }],
];

const ROWS_16: readonly Row[] = [
  ['82h is 80h in 16-bit code', { rax: 1 }, '82 c0 02', { rax: 3, flags: 'p' }],
  ['ADD [bp+si] uses SS and wraps at 64 KiB', { rbp: 0xf000, rsi: 0x4000, rax: 1 }, '00 02', { '@0x3000': '01' }],
  ['a word at offset FFFFh is #GP without effect', { rbx: 0xffff, rax: 1 }, '01 07', { fault: '13:-1' }],
  ['the same by BP is #SS', { rbp: 0xffff, rax: 1 }, '01 46 00', { fault: '12:-1' }],
  ['66h gives 32 bits', { rax: 0xffff_ffff, rcx: 1 }, '66 01 c8', { rax: 0, flags: 'zapc' }],
  ['DAA after 79h + 35h', { rax: 0xae, flags: 'osap' }, '27', { rax: 0x14, flags: 'apc' }],
  ['AAM 0 is #DE', { rax: 0x1234 }, 'd4 00', { rax: 0x1234, fault: '0:-1' }],
  ['AAD', { rax: 0x0205 }, 'd5 0a', { rax: 0x19, flags: '' }],
  ['SALC spreads CF', { flags: 'c' }, 'd6', { rax: 0xff }],
];

test.each(ROWS_64)('%s', (...row) => {
  const [seen, expected] = runRow(64, row);
  expect(seen).toEqual(expected);
});

test.each(ROWS_16)('%s', (...row) => {
  const [seen, expected] = runRow(16, row);
  expect(seen).toEqual(expected);
});
