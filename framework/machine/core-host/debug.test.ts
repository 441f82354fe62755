import { program } from './test-support/listing';
import { testMachine } from './test-support/test-machine';

const LISTING = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ec0  mov es, ax
  c70604007e10  mov word [4], trap
  c70606000000  mov word [6], 0
  c7068400b410  mov word [0x84], service
  c70686000000  mov word [0x86], 0
  bf0030  mov di, 0x3000
  fc  cld
  9c  pushf
  58  pop ax
  0d0001  or ax, 0x100
  50  push ax
  9d  popf
s1:
  90  nop
s2:
  8cd0  mov ax, ss
s3:
  8ed0  mov ss, ax
s4:
  43  inc bx
s5:
  b90200  mov cx, 2
s6:
  be0020  mov si, 0x2000
s7:
  f3ac  rep lodsb
s8:
  cd21  int 0x21
s9:
  9c  pushf
s10:
  58  pop ax
s11:
  25fffe  and ax, 0xfeff
s12:
  50  push ax
s13:
  9d  popf
s14:
  90  nop
  c70604009110  mov word [4], breakpoint
  6631c0  xor eax, eax
  b86c10  mov ax, x1
  0f23c0  mov dr0, eax
  66b800210000  mov eax, 0x2100
  0f23c8  mov dr1, eax
  66b800220000  mov eax, 0x2200
  0f23d0  mov dr2, eax
  66b82a005003  mov eax, 0x0350002a
  0f23f8  mov dr7, eax
  90  nop
x1:
  45  inc bp
x2:
  c606012107  mov byte [0x2101], 7
x3:
  a00121  mov al, [0x2101]
  a00022  mov al, [0x2200]
x4:
  c606032107  mov byte [0x2103], 7
  f4  hlt
trap:
  55  push bp
  89e5  mov bp, sp
  8b4602  mov ax, [bp+2]
  5d  pop bp
  ab  stosw
  0f21f0  mov eax, dr6
  ab  stosw
  6631c0  xor eax, eax
  0f23f0  mov dr6, eax
  cf  iret
breakpoint:
  55  push bp
  89e5  mov bp, sp
  8b4602  mov ax, [bp+2]
  834e0600  or word [bp+6], 0
  5d  pop bp
  ab  stosw
  0f21f0  mov eax, dr6
  ab  stosw
  a801  test al, 1
  7408  jz done
  0f21f8  mov eax, dr7
  24fc  and al, 0xfc
  0f23f8  mov dr7, eax
done:
  6631c0  xor eax, eax
  0f23f0  mov dr6, eax
  cf  iret
service:
  cf  iret
`;

describe('debug exceptions', () => {
  const code = program(0x1000, LISTING);
  const machine = testMachine(code, 0x1000);
  machine.toHalt();
  const log = (index: number): [number, number] => [machine.word(0x3000 + index * 4), machine.word(0x3002 + index * 4) & 0xf00f];

  it('TF traps after each instruction: not after MOV SS, once a REP iteration, not after INT n', () => {
    const steps = ['s2', 's3', 's5', 's6', 's7', 's7', 's8', 's10', 's11', 's12', 's13', 's14'].map((label) => code.at(label));
    // The first iteration of REP stops at the instruction itself.
    steps[5] = code.at('s7');
    steps[4] = code.at('s7');
    steps[6] = code.at('s8');
    const expected = steps.map((ip) => [ip, 0x4000]);
    expect(Array.from({ length: 12 }, (_, index) => log(index))).toEqual(expected);
  });

  it('DR0-DR3 break before execution, after a write, after a read', () => {
    expect([log(12), log(13), log(14)]).toEqual([
      [code.at('x1'), 1],
      [code.at('x3'), 2],
      [code.at('x4'), 4],
    ]);
    expect(machine.word(0x303c)).toBe(0);
    expect(machine.core.gpr(5) & 0xffffn).toBe(1n);
  });
});
