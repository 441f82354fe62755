import { program } from './test-support/listing';
import { testMachine } from './test-support/test-machine';

const LISTING = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ec0  mov es, ax
  c6060c1022  mov byte [here+1], 0x22
here:
  b311  mov bl, 0x11
  b90300  mov cx, 3
  31d2  xor dx, dx
again:
  83c201  add dx, 1
  fe061410  inc byte [again+2]
  e2f7  loop again
  e683  out 0x83, al
dma:
  b501  mov ch, 0x01
  bf2b10  mov di, target+1
  51  push cx
  b90100  mov cx, 1
  b077  mov al, 0x77
  f3aa  rep stosb
target:
  b766  mov bh, 0x66
  59  pop cx
  b80007  mov ax, 0x700
  8ec0  mov es, ax
  26c606391099  mov byte [es:alias+1], 0x99
alias:
  b488  mov ah, 0x88
  bfff1f  mov di, 0x1fff
  eaf81f0000  jmp 0x0:0x1ff8
`;

/** A byte beside code counts to what INC DX is, is called, counts on to INC BX, and is called again. */
const DATA_BECOMES_CODE = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ed0  mov ss, ax
  bc0020  mov sp, 0x2000
  31d2  xor dx, dx
  31db  xor bx, bx
  b90400  mov cx, 4
again:
  fe062110  inc byte [data]
  e2fa  loop again
  e80800  call data
  fe062110  inc byte [data]
  e80100  call data
  f4  hlt
data:
  3e  db 0x3e
  c3  ret
`;

const STRADDLING = `
  c705b044  mov word [di], 0x44b0
  90  nop
  90  nop
  90  nop
straddles:
  b433  mov ah, 0x33
  f4  hlt
`;

describe('self-modifying code', () => {
  it('is seen at once: same block, loop, DMA, string store, alias, across a page boundary', () => {
    const code = program(0x1000, LISTING);
    const machine = testMachine(code, 0x1000, {
      hooks: {
        portWrite: (port) => {
          if (port === 0x83) machine.core.memory.write(code.at('dma') + 1, Uint8Array.of(0x55));
        },
      },
    });
    const { core } = machine;
    core.memory.write(0x1ff8, program(0x1ff8, STRADDLING).bytes);
    const frame = core.memory.frameAt(1);
    // Segment 700h + offset 1xxxh is page 8, a second name of page 1.
    core.memory.map(8, frame ?? 0, 'ram');
    machine.toHalt();
    expect(core.gpr(3) & 0xffffn).toBe(0x7722n);
    expect(core.gpr(2) & 0xffffn).toBe(1n + 2n + 3n);
    expect(core.gpr(1) & 0xff00n).toBe(0x5500n);
    expect(core.gpr(0) & 0xffffn).toBe(0x9944n);
  });

  it('is seen where a byte beside code was data for a while', () => {
    const machine = testMachine(program(0x1000, DATA_BECOMES_CODE), 0x1000);
    machine.toHalt();
    expect(machine.core.gpr(2) & 0xffffn).toBe(1n);
    expect(machine.core.gpr(3) & 0xffffn).toBe(1n);
  });
});
