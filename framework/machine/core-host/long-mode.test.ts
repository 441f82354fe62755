import { program } from './test-support/listing';
import { testMachine } from './test-support/test-machine';

const LISTING = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  0f0116b111  lgdt [gdtr]
  0f011eb711  lidt [idtr]
  66b820000000  mov eax, 0x20
  0f22e0  mov cr4, eax
  66c706009007a00000  mov dword [0x9000], 0xa007
  66c70600a007b00000  mov dword [0xa000], 0xb007
  66c70600b087000000  mov dword [0xb000], 0x87
  66b800900000  mov eax, 0x9000
  0f22d8  mov cr3, eax
  66b9800000c0  mov ecx, 0xc0000080
  0f32  rdmsr
  660d01090000  or eax, 0x901
  0f30  wrmsr
  66b811000180  mov eax, 0x80010011
  0f22c0  mov cr0, eax
  ea59100800  jmp 0x08:wide
wide:
  66b81000  mov ax, 0x10
  8ed0  mov ss, ax
  bc00700000  mov rsp, 0x7000
  66b83000  mov ax, 0x30
  0f00d8  ltr ax
  b9810000c0  mov ecx, 0xc0000081
  31c0  xor eax, eax
  ba08001800  mov edx, 0x00180008
  0f30  wrmsr
  b9820000c0  mov ecx, 0xc0000082
  b80a110000  mov eax, kernel
  31d2  xor edx, edx
  0f30  wrmsr
  b9840000c0  mov ecx, 0xc0000084
  b800020000  mov eax, 0x200
  0f30  wrmsr
  b9020100c0  mov ecx, 0xc0000102
  b800005555  mov eax, 0x55550000
  ba34120000  mov edx, 0x1234
  0f30  wrmsr
  48c704250400040000680000  mov qword [0x40004], 0x6800
  48c704252400040000640000  mov qword [0x40024], 0x6400
  48b9d410000000000000  mov rcx, user
  41bb02020000  mov r11, 0x202
  bc00500000  mov rsp, 0x5000
  480f07  o64 sysret
user:
  8c0c2500100300  mov [0x31000], cs
  8c142502100300  mov [0x31002], ss
  0f05  syscall
back:
  48890c2510100300  mov [0x31010], rcx
  4c891c2518100300  mov [0x31018], r11
  cd40  int 0x40
f_gp:
  48b80000000000000080  mov rax, 0x8000000000000000
  488b18  mov rbx, [rax]
user2:
  41bf77000000  mov r15, 0x77
f_hlt:
  f4  hlt
kernel:
  8c0c2520100300  mov [0x31020], cs
  8c142522100300  mov [0x31022], ss
  9c  pushf
  8f042528100300  pop qword [0x31028]
  0f01f8  swapgs
  65488b1424  mov rdx, [gs:rsp]
  0f01f8  swapgs
  480f07  o64 sysret
service:
  4889242530100300  mov [0x31030], rsp
  488b442418  mov rax, [rsp+24]
  4889042538100300  mov [0x31038], rax
  488b442420  mov rax, [rsp+32]
  4889042540100300  mov [0x31040], rax
  48cf  iretq
general:
  4889242550100300  mov [0x31050], rsp
  488b0424  mov rax, [rsp]
  4889042558100300  mov [0x31058], rax
  488b442408  mov rax, [rsp+8]
  4889042560100300  mov [0x31060], rax
  488b442410  mov rax, [rsp+16]
  4889042568100300  mov [0x31068], rax
  4983ff77  cmp r15, 0x77
  740f  je finish
  48c744240803110000  mov qword [rsp+8], user2
  4883c408  add rsp, 8
  48cf  iretq
finish:
  f4  hlt
page:
  0f20d2  mov rdx, cr2
  4889142548100300  mov [0x31048], rdx
  4883c408  add rsp, 8
  ba00300000  mov rdx, 0x3000
  4883042405  add qword [rsp], 5
  48cf  iretq
gdtr:
  3f00  dw 0x3f
  bd110000  dd gdt
idtr:
  ff0f  dw 0xfff
  00800000  dd 0x8000
gdt:
  0000000000000000  dq 0
  ffff0000009baf00  dq 0x00af9b000000ffff
  ffff00000093cf00  dq 0x00cf93000000ffff
  ffff000000fbcf00  dq 0x00cffb000000ffff
  ffff000000f3cf00  dq 0x00cff3000000ffff
  ffff000000fbaf00  dq 0x00affb000000ffff
  6700000004890000  dq 0x0000890400000067
  0000000000000000  dq 0
`;

/** A 64-bit interrupt gate to selector 8. */
function gate(offset: number, dpl: number, ist: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(offset & 0xffff, 0);
  bytes.writeUInt16LE(8, 2);
  bytes.writeUInt8(ist, 4);
  bytes.writeUInt8(0x8e | (dpl << 5), 5);
  bytes.writeUInt16LE(offset >>> 16, 6);
  return bytes;
}

describe('64-bit mode', () => {
  const code = program(0x1000, LISTING);
  const machine = testMachine(code, 0x1000);
  const { core, word } = machine;
  core.memory.write(0x8000 + 13 * 16, gate(code.at('general'), 0, 1));
  core.memory.write(0x8000 + 14 * 16, gate(code.at('page'), 0, 0));
  core.memory.write(0x8000 + 0x40 * 16, gate(code.at('service'), 3, 0));
  machine.toHalt();
  const qword = (gpa: number): bigint => Buffer.from(core.memory.read(gpa, 8)).readBigUInt64LE();

  it('SYSRET and SYSCALL change level, with RCX, R11 and the flag mask', () => {
    expect([word(0x31000), word(0x31002)]).toEqual([0x2b, 0x23]);
    expect([word(0x31020), word(0x31022)]).toEqual([0x08, 0x10]);
    expect(qword(0x31028) & 0x200n).toBe(0n);
    expect([qword(0x31010), qword(0x31018) & 0xffffn]).toEqual([BigInt(code.at('back')), 0x202n]);
  });

  it('SWAPGS brings the kernel base: a fault in its segment has the whole address in CR2', () => {
    expect(qword(0x31048)).toBe(0x123455555000n);
  });

  it('INT from CPL 3 takes RSP0 and pushes SS:RSP', () => {
    expect([qword(0x31030), qword(0x31038), qword(0x31040)]).toEqual([0x6800n - 40n, 0x5000n, 0x23n]);
  });

  it('a gate with an IST takes that stack; the error code comes on top', () => {
    expect([qword(0x31050), qword(0x31058), qword(0x31060), qword(0x31068)]).toEqual([0x6400n - 48n, 0n, BigInt(code.at('f_hlt')), 0x2bn]);
    expect(machine.exceptions).toEqual(['14:0', '13:0', '13:0']);
  });
});
