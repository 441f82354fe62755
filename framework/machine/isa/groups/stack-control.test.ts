import type { Row } from '../test/one-instruction';
import { CODE, STACK, runRow } from '../test/one-instruction';

const ROWS_16: readonly Row[] = [
  ['PUSH SP pushes the old value', {}, '54', { rsp: 0x7ffe, '@0x7ffe': '0080' }],
  ['POP SP leaves the popped value', { '@0x8000': '3412' }, '5c', { rsp: 0x1234 }],
  ['PUSH wraps at 64 KiB and keeps the upper half of ESP', { rsp: 0x5_0000, rax: 0xabcd }, '50', { rsp: 0x5_fffe, '@0xfffe': 'cdab' }],
  ['PUSH into the last byte is #SS and moves nothing', { rsp: 1, rax: 1 }, '50', { fault: '12:-1' }],
  ['PUSHA stores the SP before it', { rax: 1, rdi: 8 }, '60', { rsp: 0x7ff0, '@0x7ff0': '0800000000000080000000000000' + '0100' }],
  [
    'POPA skips SP',
    { '@0x8000': '0100020003000400050006000700' + '0800' },
    '61',
    { rdi: 1, rsi: 2, rbp: 3, rbx: 5, rdx: 6, rcx: 7, rax: 8, rsp: 0x8010 },
  ],
  [
    'POP [SP-based address] in 32-bit addressing counts from the new SP',
    { '@0x8000': '3412' },
    '67 8f 04 24',
    { rsp: 0x8002, '@0x8002': '3412' },
  ],
  ['ENTER 4, 1', { rbp: 0x9000 }, 'c8 04 00 01', { rbp: 0x7ffe, rsp: 0x7ff8, '@0x7ffc': 'fe7f0090' }],
  ['LEAVE', { rbp: 0x7000, '@0x7000': '3412' }, 'c9', { rbp: 0x1234, rsp: 0x7002 }],
  ['CALL rel16 wraps IP', {}, 'e8 00 f0', { rip: 0x0003, rsp: 0x7ffe, '@0x7ffe': '0310' }],
  ['JMP rel32 beyond the limit is #GP of the jump', {}, '66 e9 00 00 01 00', { fault: '13:-1' }],
  ['CALL with a bad target pushes nothing', { rax: 0x2_0000 }, '66 ff d0', { fault: '13:-1' }],
  ['RET imm16', { '@0x8000': '3412' }, 'c2 06 00', { rip: 0x1234, rsp: 0x8008 }],
  ['LOOP counts CX, not ECX', { rcx: 0x1_0001 }, 'e2 10', { rcx: 0x1_0000 }],
  ['LOOP with 67h counts ECX', { rcx: 0x1_0000 }, '67 e2 10', { rcx: 0xffff, rip: CODE + 3 + 0x10 }],
  ['JCXZ', {}, 'e3 10', { rip: CODE + 0x12 }],
  ['JL takes SF != OF', { flags: 's' }, '7c 10', { rip: CODE + 0x12 }],
  ['JMP far [mem]', { rbx: 0x3000, '@0x3000': '78563412' }, 'ff 2f', { rip: 0x5678 }],
  ['CALL far pushes CS and IP', {}, '9a 34 12 00 02', { rip: 0x1234, rsp: 0x7ffc, '@0x7ffc': '05100000' }],
  ['MOV CS does not exist', {}, '8e c8', { fault: '6:-1' }],
  ['ARPL does not exist in real mode', {}, '63 c0', { fault: '6:-1' }],
];

const ROWS_32: readonly Row[] = [
  ['PUSH imm8 is sign-extended', {}, '6a ff', { rsp: 0x7ffc, '@0x7ffc': 'ffffffff' }],
  ['PUSH of a segment register writes two bytes', { '@0x7ffc': 'aaaaaaaa' }, '1e', { rsp: 0x7ffc, '@0x7ffc': '1000aaaa' }],
  ['PUSH [esp+4] uses the old ESP', { '@0x8004': '78563412' }, 'ff 74 24 04', { rsp: 0x7ffc, '@0x7ffc': '78563412' }],
  ['BOUND within', { rax: 5, rbx: 0x3000, '@0x3000': '0100000009000000' }, '62 03', {}],
  [
    'CMPXCHG8B unequal loads EDX:EAX',
    { rbx: 7, rsi: 0x3000, rax: 1, '@0x3000': '0200000003000000' },
    '0f c7 0e',
    { rax: 2, rdx: 3, flags: '' },
  ],
  ['BT [mem], reg reaches backwards', { rbx: 0x3004, rax: 0xffff_ffff, '@0x3000': '00000080' }, '0f a3 03', { flags: 'c' }],
  ['SETcc', { flags: 'z' }, '0f 94 c0', { rax: 1 }],
  ['XLAT', { rax: 2, rbx: 0x3000, '@0x3000': '00112233' }, 'd7', { rax: 0x22 }],
  ['LES with a register is #UD', {}, 'c4 c0', { fault: '6:-1' }],
];

/** In the half of the addresses whose offsets are negative. */
const NON_CANONICAL = 0x8000_0000_0000_1000n;

const ROWS_64: readonly Row[] = [
  ['PUSH imm32 is sign-extended to 64 bits', {}, '68 00 00 00 80', { rsp: STACK - 8, '@0x7ff8': '00000080ffffffff' }],
  ['66h PUSH is 16 bits', { rax: 0x1234 }, '66 50', { rsp: STACK - 2, '@0x7ffe': '3412' }],
  ['66h before a near CALL is ignored', {}, '66 e8 00 01 00 00', { rip: CODE + 0x106, rsp: STACK - 8, '@0x7ff8': '0610000000000000' }],
  ['RET to a non-canonical address is #GP and pops nothing', { '@0x8000': '0000000000008000' }, 'c3', { fault: '13:0' }],
  ['POP to where nothing can be leaves RSP', { rbx: 1n << 48n }, '8f 03', { fault: '13:0' }],
  ['a non-canonical operand by RBP is #SS', { rbp: NON_CANONICAL }, '48 8b 45 00', { fault: '12:0' }],
  ['the same in FS is #GP, wherever RBP points', { rbp: NON_CANONICAL }, '64 48 8b 45 00', { fault: '13:0' }],
  [
    'a non-canonical operand in DS is #GP, even at what RBP holds',
    { rbp: NON_CANONICAL, rbx: NON_CANONICAL },
    '48 89 03',
    { fault: '13:0' },
  ],
  ['a non-canonical RSP is #SS for PUSH', { rsp: NON_CANONICAL }, '50', { fault: '12:0' }],
  ['a non-canonical source of a string move is #GP', { rsi: NON_CANONICAL, rbp: NON_CANONICAL, rdi: 0x3000 }, 'a4', { fault: '13:0' }],
  ['PUSH ES does not exist', {}, '06', { fault: '6:-1' }],
  ['90h with REX.B is XCHG', { rax: 1, r8: 2 }, '49 90', { rax: 2, r8: 1 }],
  ['90h alone leaves the upper half of RAX', { rax: 1n << 40n }, '90', {}],
  ['CMOV of 32 bits clears the upper half even if not taken', { rax: 1n << 40n }, '0f 44 c1', { rax: 0 }],
  ['MOVSXD', { rcx: 0x8000_0000 }, '48 63 c1', { rax: 0xffff_ffff_8000_0000n }],
  ['MOV rax, moffs64', { '@0x3000': '8877665544332211' }, '48 a1 00 30 00 00 00 00 00 00', { rax: 0x1122_3344_5566_7788n }],
  ['IMUL r64', { rax: 1n << 62n, rcx: 4 }, '48 0f af c1', { rax: 0, flags: 'opc' }],
  ['DIV of 128 by 64 bits', { rdx: 1, rax: 0, rcx: 2 }, '48 f7 f1', { rax: 1n << 63n, rdx: 0 }],
  ['DIV overflow is #DE', { rdx: 2, rcx: 2 }, '48 f7 f1', { fault: '0:-1' }],
  ['IDIV of the least number by -1 is #DE', { rdx: 0x8000_0000, rcx: 0xffff_ffff }, 'f7 f9', { fault: '0:-1' }],
  ['BSF of 0 leaves the destination', { rax: 7 }, '48 0f bc c1', { flags: 'zp' }],
  ['POPCNT clears all but ZF', { rcx: 0xff, flags: 'osapc' }, 'f3 0f b8 c1', { rax: 8, flags: '' }],
  ['CRC32 of a byte', { rcx: 1 }, 'f2 0f 38 f0 c1', { rax: 0xf26b_8303 }],
  ['MOVBE', { rbx: 0x3000, '@0x3000': '1122334455667788' }, '48 0f 38 f0 03', { rax: 0x1122_3344_5566_7788n }],
  ['MOV CR1 does not exist', {}, '0f 20 c8', { fault: '6:-1' }],
  ['sixteen bytes are #GP', {}, `${'66'.repeat(14)} 01 c0`, { fault: '13:0' }],
];

test.each(ROWS_16)('16-bit: %s', (...row) => {
  const [seen, expected] = runRow(16, row);
  expect(seen).toEqual(expected);
});

test.each(ROWS_32)('32-bit: %s', (...row) => {
  const [seen, expected] = runRow(32, row);
  expect(seen).toEqual(expected);
});

test.each(ROWS_64)('64-bit: %s', (...row) => {
  const [seen, expected] = runRow(64, row);
  expect(seen).toEqual(expected);
});
