import { program } from './test-support/listing';
import { PROTECTED_START } from './test-support/protected-start';
import { testMachine } from './test-support/test-machine';

const LISTING = `
  c705f01f000010200000  mov dword [resume], t1
  31d2  xor edx, edx
  31c9  xor ecx, ecx
f_de:
  f7f1  div ecx
t1:
  c705f01f00001c200000  mov dword [resume], t2
f_ud:
  0f0b  ud2
t2:
  c705f01f00002c200000  mov dword [resume], t3
  66b84000  mov ax, 0x40
f_gp_limit:
  8ed8  mov ds, ax
t3:
  c705f01f00003c200000  mov dword [resume], t4
  66b82800  mov ax, 0x28
f_np:
  8ee0  mov fs, ax
t4:
  c705f01f00004c200000  mov dword [resume], t5
  66b83000  mov ax, 0x30
f_ss_np:
  8ed0  mov ss, ax
t5:
  c705f01f00005d200000  mov dword [resume], t6
  b800004000  mov eax, 0x400000
f_pf_read:
  8b18  mov ebx, [eax]
t6:
  c705f01f000071200000  mov dword [resume], t7
f_pf_write_cross:
  c705ffff3f0044332211  mov dword [0x3fffff], 0x11223344
t7:
  c705f01f000086200000  mov dword [resume], t8
  bb55000000  mov ebx, 0x55
f_pf_rmw:
  011dfe0f3000  add [0x300ffe], ebx
t8:
  c705f01f000092200000  mov dword [resume], t9
f_gp_int:
  cd50  int 0x50
t9:
  c705f01f0000a8200000  mov dword [resume], t10
  66b83800  mov ax, 0x38
  8ee8  mov gs, ax
f_gp_seg:
  65a100100000  mov eax, [gs:0x1000]
t10:
  c705f01f0000ba200000  mov dword [resume], t11
  b800000080  mov eax, 0x80000000
f_gp_cr4:
  0f22e0  mov cr4, eax
t11:
  c705f01f0000c9200000  mov dword [resume], t12
f_pf_fetch:
  e937df4f00  jmp 0x500000
t12:
  c705f01f0000d9200000  mov dword [resume], t13
  ce  into
  b07f  mov al, 0x7f
  0401  add al, 1
f_of:
  ce  into
t13:
  c705f01f0000e4200000  mov dword [resume], t14
  cc  int3
t14:
  f4  hlt
`;

describe('faults in protected mode', () => {
  const start = program(0x1000, PROTECTED_START);
  const code = program(0x2000, LISTING);
  const machine = testMachine(start, 0x1000, { pages: 1024 });
  machine.core.memory.write(0x2000, code.bytes);
  machine.toHalt();

  /** Vector, then error code (when pushed), EIP, CS, EFLAGS as the handler found them; CR2; ESP in the handler. */
  const record = (index: number): number[] => Array.from({ length: 7 }, (_, word) => machine.dword(0x30000 + index * 32 + word * 4));
  const withCode = (index: number, vector: number, error: number, label: string): void => {
    const [found, code0, eip, cs, flags, , esp] = record(index);
    expect({ found, code0, eip, cs, esp }).toEqual({ found: vector, code0: error, eip: code.at(label), cs: 8, esp: 0x6ff0 });
    expect((flags ?? 0) & 0x10000).toBe(0x10000);
  };
  const withoutCode = (index: number, vector: number, label: string, resume = true): void => {
    const [found, eip, cs, flags, , , esp] = record(index);
    expect({ found, eip, cs, esp }).toEqual({ found: vector, eip: code.at(label), cs: 8, esp: 0x6ff4 });
    expect((flags ?? 0) & 0x10000).toBe(resume ? 0x10000 : 0);
  };

  it('#DE and #UD push no error code and point at the instruction', () => {
    withoutCode(0, 0, 'f_de');
    withoutCode(1, 6, 'f_ud');
  });

  it('#GP, #NP and #SS of segment loads carry the selector', () => {
    withCode(2, 13, 0x40, 'f_gp_limit');
    withCode(3, 11, 0x28, 'f_np');
    withCode(4, 12, 0x30, 'f_ss_np');
  });

  it('#PF gives CR2 and its error code; a write over two pages writes neither', () => {
    withCode(5, 14, 0, 'f_pf_read');
    expect(record(5)[5]).toBe(0x400000);
    withCode(6, 14, 2, 'f_pf_write_cross');
    expect(record(6)[5]).toBe(0x400000);
    expect(machine.byte(0x3fffff)).toBe(0);
    withCode(7, 14, 3, 'f_pf_rmw');
    expect(record(7)[5]).toBe(0x301000);
    expect(machine.word(0x300ffe)).toBe(0);
    expect(record(11).slice(0, 4)).toEqual([14, 0, 0x500000, 8]);
  });

  it('#GP for a missing gate, a limit, a reserved CR4 bit', () => {
    withCode(8, 13, 0x50 * 8 + 2, 'f_gp_int');
    withCode(9, 13, 0, 'f_gp_seg');
    withCode(10, 13, 0, 'f_gp_cr4');
  });

  it('INTO and INT3 are traps', () => {
    withoutCode(12, 4, 't13', false);
    withoutCode(13, 3, 't14', false);
  });

  it('the exception hook sees each fault once, in order', () => {
    expect(machine.exceptions).toEqual([
      '0:-1',
      '6:-1',
      '13:64',
      '11:40',
      '12:48',
      '14:0',
      '14:2',
      '14:3',
      '13:642',
      '13:0',
      '13:0',
      '14:0',
    ]);
  });
});
