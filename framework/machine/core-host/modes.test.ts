import { program } from './test-support/listing';
import { testMachine } from './test-support/test-machine';

const LISTING = `
  b072  mov al, 'r'
  e6e9  out 0xe9, al
  31c0  xor ax, ax
  8ed8  mov ds, ax
  0f01162011  lgdt [gdtr]
  0f20c0  mov eax, cr0
  0c01  or al, 1
  0f22c0  mov cr0, eax
  ea1a100800  jmp 0x08:protected
protected:
  66b81000  mov ax, 0x10
  8ed8  mov ds, ax
  8ec0  mov es, ax
  8ed0  mov ss, ax
  bc00700000  mov esp, 0x7000
  b070  mov al, 'p'
  e6e9  out 0xe9, al
  c7050000010003100100  mov dword [0x10000], 0x11003
  c7050010010003200100  mov dword [0x11000], 0x12003
  c7050020010083000000  mov dword [0x12000], 0x83
  c7050820010003300100  mov dword [0x12008], 0x13003
  c7050030010003500000  mov dword [0x13000], 0x5003
  b800000100  mov eax, 0x10000
  0f22d8  mov cr3, eax
  b820000000  mov eax, 0x20
  0f22e0  mov cr4, eax
  b9800000c0  mov ecx, 0xc0000080
  0f32  rdmsr
  0d00010000  or eax, 0x100
  0f30  wrmsr
  b811000080  mov eax, 0x80000011
  0f22c0  mov cr0, eax
  b063  mov al, 'c'
  e6e9  out 0xe9, al
  ea901000001800  jmp 0x18:wide
wide:
  b06c  mov al, 'l'
  e6e9  out 0xe9, al
  48b88877665544332211  mov rax, 0x1122334455667788
  bb10002000  mov rbx, 0x200010
  488903  mov [rbx], rax
  4c8b0c2510500000  mov r9, [0x5010]
  4c890c2500600000  mov [0x6000], r9
  4151  push r9
  415a  pop r10
  ff2d00000000  jmp dword far [rel back]
back:
  c6100000  dd compat
  0800  dw 8
compat:
  b063  mov al, 'c'
  e6e9  out 0xe9, al
  b811000000  mov eax, 0x11
  0f22c0  mov cr0, eax
  b9800000c0  mov ecx, 0xc0000080
  31c0  xor eax, eax
  31d2  xor edx, edx
  0f30  wrmsr
  eae41000002000  jmp 0x20:protected16
protected16:
  b82800  mov ax, 0x28
  8ed8  mov ds, ax
  8ed0  mov ss, ax
  b071  mov al, 'q'
  e6e9  out 0xe9, al
  66b810000000  mov eax, 0x10
  0f22c0  mov cr0, eax
  eafd100000  jmp 0:real
real:
  b052  mov al, 'R'
  e6e9  out 0xe9, al
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ec0  mov es, ax
  66bb00001500  mov ebx, 0x150000
  266667c703bebafeca  mov dword [es:ebx], 0xcafebabe
  2666678b03  mov eax, [es:ebx]
  66a31060  mov [0x6010], eax
  f4  hlt
gdtr:
  2f00  dw 0x2f
  26110000  dd gdt
gdt:
  0000000000000000  dq 0
  ffff0000009bcf00  dq 0x00cf9b000000ffff
  ffff00000093cf00  dq 0x00cf93000000ffff
  ffff0000009baf00  dq 0x00af9b000000ffff
  ffff0000009b0000  dq 0x00009b000000ffff
  ffff000000930000  dq 0x000093000000ffff
`;

describe('modes', () => {
  it('go from real mode to long mode and back, leaving an unreal segment', () => {
    const code = program(0x1000, LISTING);
    const machine = testMachine(code, 0x1000);
    machine.toHalt();
    expect(machine.console()).toBe('rpclcqR');
    expect(machine.modes).toEqual([
      'protected16',
      'protected32',
      'compatibility32',
      'long',
      'compatibility32',
      'protected32',
      'protected16',
      'real',
    ]);
    expect(machine.exceptions).toEqual([]);
    expect(machine.core.memory.read(0x6000, 8)).toEqual(Uint8Array.of(0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11));
    expect(machine.core.gpr(10)).toBe(0x1122334455667788n);
    expect(machine.dword(0x150000)).toBe(0xcafebabe);
    expect(machine.dword(0x6010)).toBe(0xcafebabe);
    // Accessed and dirty bits of the walk: PML4E, PDPTE, PDE, PTE.
    expect([0x10000, 0x11000, 0x12008, 0x13000].map((at) => machine.byte(at) & 0x60)).toEqual([0x20, 0x20, 0x20, 0x60]);
  });
});
