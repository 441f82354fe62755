import { program } from './test-support/listing';
import { PROTECTED_START } from './test-support/protected-start';
import { testMachine, type TestMachine } from './test-support/test-machine';

const LEVELS = `
  b900040000  mov ecx, 1024
  bb00000200  mov ebx, 0x20000
user_pages:
  830b04  or dword [ebx], 4
  83c304  add ebx, 4
  e2f8  loop user_pages
  8325c00b0200fb  and dword [0x20bc0], ~4
  830d0010020004  or dword [0x21000], 4
  0f20d8  mov eax, cr3
  0f22d8  mov cr3, eax
  0f011561220000  lgdt [gdtr]
  ea342000000800  jmp 0x08:reload
reload:
  c7050400040000680000  mov dword [0x40004], 0x6800
  c7050800040010000000  mov dword [0x40008], 0x10
  66c705660004006800  mov word [0x40066], 0x68
  c70574000400feffffff  mov dword [0x40074], 0xfffffffe
  c70578000400ffffffff  mov dword [0x40078], 0xffffffff
  c7051c00040000100200  mov dword [0x4001c], 0x21000
  c7051c10040000100200  mov dword [0x4101c], 0x21000
  c705201004007c210000  mov dword [0x41020], task_b
  c7052410040002000000  mov dword [0x41024], 2
  c70538100400006c0000  mov dword [0x41038], 0x6c00
  c7054810040010000000  mov dword [0x41048], 0x10
  c7054c10040008000000  mov dword [0x4104c], 0x08
  c7055010040010000000  mov dword [0x41050], 0x10
  c7055410040010000000  mov dword [0x41054], 0x10
  c7055810040000000000  mov dword [0x41058], 0
  c7055c10040000000000  mov dword [0x4105c], 0
  66c705661004006800  mov word [0x41066], 0x68
  66b82800  mov ax, 0x28
  0f00d8  ltr ax
  b828210000  mov eax, service
  66a3f0800000  mov [0x80f0], ax
  66c705f480000000ef  mov word [0x80f4], 0xef00
  c705f01f00000b210000  mov dword [resume], to_user
  c705f41f0000ae210000  mov dword [user_next], user
to_user:
  66b82300  mov ax, 0x23
  8ed8  mov ds, ax
  8ec0  mov es, ax
  6a23  push dword 0x23
  6800500000  push dword 0x5000
  6802020000  push dword 0x202
  6a1b  push dword 0x1b
  ff35f41f0000  push dword [user_next]
  cf  iret
service:
  8b0424  mov eax, [esp]
  a300100300  mov [0x31000], eax
  8b442404  mov eax, [esp+4]
  a304100300  mov [0x31004], eax
  8b44240c  mov eax, [esp+12]
  a308100300  mov [0x31008], eax
  8b442410  mov eax, [esp+16]
  a30c100300  mov [0x3100c], eax
  892510100300  mov [0x31010], esp
  cf  iret
gate_entry:
  8b442408  mov eax, [esp+8]
  a320100300  mov [0x31020], eax
  8b44240c  mov eax, [esp+12]
  a324100300  mov [0x31024], eax
  8c0d28100300  mov [0x31028], cs
  89252c100300  mov [0x3102c], esp
  8b442404  mov eax, [esp+4]
  a330100300  mov [0x31030], eax
  ca0800  retf 8
task_b:
  9c  pushf
  58  pop eax
  a340100300  mov [0x31040], eax
  660f00c8  str ax
  66a344100300  mov [0x31044], ax
  66a100100400  mov ax, [0x41000]
  66a348100300  mov [0x31048], ax
  a094220000  mov al, [gdt+0x2d]
  a24c100300  mov [0x3104c], al
  a0a4220000  mov al, [gdt+0x3d]
  a24d100300  mov [0x3104d], al
  cf  iret
user:
  cd1e  int 0x1e
after_int:
  6811110000  push dword 0x1111
  6822220000  push dword 0x2222
  9a000000003000  call 0x30:0
after_gate:
  892534100300  mov [0x31034], esp
  8c0d38100300  mov [0x31038], cs
  e460  in al, 0x60
  9a000000004000  call 0x40:0
after_task:
  9c  pushf
  58  pop eax
  a350100300  mov [0x31050], eax
  a094220000  mov al, [gdt+0x2d]
  a254100300  mov [0x31054], al
  a0a4220000  mov al, [gdt+0x3d]
  a255100300  mov [0x31055], al
  c705f41f0000fd210000  mov dword [user_next], u1
f_in:
  e461  in al, 0x61
u1:
  c705f41f000008220000  mov dword [user_next], u2
f_cli:
  fa  cli
u2:
  c705f41f000017220000  mov dword [user_next], u3
f_supervisor:
  a104002f00  mov eax, [0x2f0004]
u3:
  c705f41f000023220000  mov dword [user_next], u4
f_int:
  cd10  int 0x10
u4:
  c705f41f000033220000  mov dword [user_next], u5
  66b81000  mov ax, 0x10
f_load:
  8ec0  mov es, ax
u5:
  c705f41f000055220000  mov dword [user_next], u6
  9d  popf
  c705fc4f000002320000  mov dword [0x4ffc], 0x3202
  bcfc4f0000  mov esp, 0x4ffc
  9d  popf
  9c  pushf
  58  pop eax
  a360100300  mov [0x31060], eax
u6:
  c705f01f000060220000  mov dword [resume], last
f_hlt:
  f4  hlt
last:
  f4  hlt
gdtr:
  4700  dw 0x47
  67220000  dd gdt
gdt:
  0000000000000000  dq 0
  ffff0000009bcf00  dq 0x00cf9b000000ffff
  ffff00000093cf00  dq 0x00cf93000000ffff
  ffff000000fbcf00  dq 0x00cffb000000ffff
  ffff000000f3cf00  dq 0x00cff3000000ffff
  8000000004890000  dq 0x0000890400000080
gate30:
  5221080002ec0000  dw gate_entry, 8, 0xec02, 0
  6700001004890000  dq 0x0000890410000067
gate40:
  0000380000e50000  dw 0, 0x38, 0xe500, 0
`;

const VIRTUAL = `
  b900040000  mov ecx, 1024
  bb00000200  mov ebx, 0x20000
user_pages:
  830b04  or dword [ebx], 4
  83c304  add ebx, 4
  e2f8  loop user_pages
  830d0010020004  or dword [0x21000], 4
  0f20d8  mov eax, cr3
  0f22d8  mov cr3, eax
  0f011554210000  lgdt [gdtr]
  c7050400040000680000  mov dword [0x40004], 0x6800
  c7050800040010000000  mov dword [0x40008], 0x10
  66c705660004006800  mov word [0x40066], 0x68
  66b81800  mov ax, 0x18
  0f00d8  ltr ax
  b815210000  mov eax, service
  66a3f0800000  mov [0x80f0], ax
  66c705f480000000ee  mov word [0x80f4], 0xee00
  c705f01f000096200000  mov dword [resume], second
  6800100000  push dword 0x1000
  6800110000  push dword 0x1100
  6800120000  push dword 0x1200
  6800130000  push dword 0x1300
  6800140000  push dword 0x1400
  68feff0000  push dword 0xfffe
  6802020200  push dword 0x20202
  6800020000  push dword 0x0200
  682b010000  push dword virtual - 0x2000
  cf  iret
second:
  66a1fc670000  mov ax, [0x67fc]
  66a300100300  mov [0x31000], ax
  66a1f8670000  mov ax, [0x67f8]
  66a302100300  mov [0x31002], ax
  66a1f4670000  mov ax, [0x67f4]
  66a304100300  mov [0x31004], ax
  66a1f0670000  mov ax, [0x67f0]
  66a306100300  mov [0x31006], ax
  66a1ec670000  mov ax, [0x67ec]
  66a308100300  mov [0x31008], ax
  a1e8670000  mov eax, [0x67e8]
  a30c100300  mov [0x3100c], eax
  8c1d10100300  mov [0x31010], ds
  8c2d12100300  mov [0x31012], gs
  c705f01f000014210000  mov dword [resume], third
  6a00  push dword 0
  6a00  push dword 0
  6a00  push dword 0
  6a00  push dword 0
  6800140000  push dword 0x1400
  68feff0000  push dword 0xfffe
  6802320200  push dword 0x23202
  6800020000  push dword 0x0200
  6835010000  push dword virtual3 - 0x2000
  cf  iret
third:
  f4  hlt
service:
  66b81000  mov ax, 0x10
  8ed8  mov ds, ax
  8b442408  mov eax, [esp+8]
  a320100300  mov [0x31020], eax
  892524100300  mov [0x31024], esp
  cf  iret
virtual:
  b80020  mov ax, 0x2000
  8ec0  mov es, ax
  683412  push word 0x1234
f_int:
  cd21  int 0x21
virtual3:
  bb7856  mov bx, 0x5678
  cd1e  int 0x1e
after_int:
  9c  pushf
  5a  pop dx
  fa  cli
  9c  pushf
  5e  pop si
  b80030  mov ax, 0x3000
  8ed8  mov ds, ax
  89163010  mov [0x1030], dx
  89363210  mov [0x1032], si
  891e3410  mov [0x1034], bx
f_hlt:
  f4  hlt
  909090  <rep 3h> align 4
gdtr:
  1f00  dw 0x1f
  5a210000  dd gdt
gdt:
  0000000000000000  dq 0
  ffff0000009bcf00  dq 0x00cf9b000000ffff
  ffff00000093cf00  dq 0x00cf93000000ffff
  6700000004890000  dq 0x0000890400000067
`;

/** Runs PROTECTED_START and then the listing at 2000h. */
function run(listing: string): { machine: TestMachine; at: (label: string) => number } {
  const machine = testMachine(program(0x1000, PROTECTED_START), 0x1000, { pages: 1024 });
  const code = program(0x2000, listing);
  machine.core.memory.write(0x2000, code.bytes);
  machine.toHalt();
  return { machine, at: (label) => code.at(label) };
}

describe('privilege levels', () => {
  const { machine, at } = run(LEVELS);
  const { dword, word, byte } = machine;

  it('INT from CPL 3 takes the stack of the TSS and pushes SS:ESP; IRET goes back', () => {
    expect([dword(0x31000), dword(0x31004), dword(0x31008), dword(0x3100c), dword(0x31010)]).toEqual([
      at('after_int'),
      0x1b,
      0x5000,
      0x23,
      0x6800 - 20,
    ]);
  });

  it('a call gate copies its parameters to the inner stack; RETF n releases both', () => {
    expect([dword(0x31020), dword(0x31024), dword(0x31028), dword(0x3102c), dword(0x31030)]).toEqual([
      0x2222,
      0x1111,
      0x08,
      0x6800 - 24,
      0x1b,
    ]);
    expect([dword(0x31034), dword(0x31038)]).toEqual([0x5000, 0x1b]);
  });

  it('a task gate nests: NT, back link and busy bits; IRET returns to the caller', () => {
    expect(dword(0x31040) & 0x4000).toBe(0x4000);
    expect([word(0x31044), word(0x31048)]).toEqual([0x38, 0x28]);
    expect([byte(0x3104c), byte(0x3104d)]).toEqual([0x8b, 0x8b]);
    expect(dword(0x31050)).toBe(0x202);
    expect([byte(0x31054), byte(0x31055)]).toEqual([0x8b, 0x89]);
  });

  it('what CPL 3 may not do faults with the frame on the inner stack', () => {
    const record = (index: number): number[] => [0, 4, 8, 12, 24].map((offset) => dword(0x30000 + index * 32 + offset));
    expect(record(0)).toEqual([13, 0, at('f_in'), 0x1b, 0x6800 - 24]);
    expect(record(1)).toEqual([13, 0, at('f_cli'), 0x1b, 0x6800 - 24]);
    expect(record(2)).toEqual([14, 5, at('f_supervisor'), 0x1b, 0x6800 - 24]);
    expect(dword(0x30054)).toBe(0x2f0004);
    expect(record(3)).toEqual([13, 0x82, at('f_int'), 0x1b, 0x6800 - 24]);
    expect(record(4)).toEqual([13, 0x10, at('f_load'), 0x1b, 0x6800 - 24]);
    expect(record(5)).toEqual([13, 0, at('f_hlt'), 0x1b, 0x6800 - 24]);
  });

  it('POPF at CPL 3 changes neither IF nor IOPL', () => {
    expect(dword(0x31060)).toBe(0x202);
  });
});

describe('VM86', () => {
  const { machine, at } = run(VIRTUAL);
  const { dword, word } = machine;

  it('INT n with IOPL 0 is #GP(0), with all segment registers on the inner stack', () => {
    expect([dword(0x30000), dword(0x30004), dword(0x30008), dword(0x3000c), dword(0x30018)]).toEqual([
      13,
      0,
      at('f_int') - 0x2000,
      0x200,
      0x6800 - 40,
    ]);
    expect([word(0x31000), word(0x31002), word(0x31004), word(0x31006), word(0x31008)]).toEqual([0x1000, 0x1100, 0x1200, 0x2000, 0x1400]);
    expect(dword(0x3100c)).toBe(0xfffc);
    expect([word(0x31010), word(0x31012)]).toEqual([0x10, 0]);
  });

  it('INT n with IOPL 3 goes through the IDT to CPL 0 and IRET comes back', () => {
    expect([dword(0x31020), dword(0x31024)]).toEqual([0x23202, 0x6800 - 36]);
    expect([word(0x31030), word(0x31032), word(0x31034)]).toEqual([0x3202, 0x3002, 0x5678]);
    expect([dword(0x30020), dword(0x30028)]).toEqual([13, at('f_hlt') - 0x2000]);
  });

  it('goes through VM86 and back', () => {
    expect(machine.modes).toEqual([
      'protected16',
      'protected32',
      'protected32',
      'vm86',
      'protected32',
      'vm86',
      'protected32',
      'vm86',
      'protected32',
    ]);
  });
});
