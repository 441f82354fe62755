import { program } from './test-support/listing';
import { testMachine, type TestMachine } from './test-support/test-machine';

const MIXTURE = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ec0  mov es, ax
  c70600007e10  mov word [0], divide
  c70602000000  mov word [2], 0
  c70680008b10  mov word [0x80], tick
  c70682000000  mov word [0x82], 0
  bb0100  mov bx, 1
  fb  sti
outer:
  b92500  mov cx, 37
inner:
  69c3354e  imul ax, bx, 0x4e35
  01c8  add ax, cx
  c1c003  rol ax, 3
  31c2  xor dx, ax
  50  push ax
  e84000  call sub
  58  pop ax
  e2ee  loop inner
  be0020  mov si, 0x2000
  bf0128  mov di, 0x2801
  b92c01  mov cx, 300
  f3a4  rep movsb
  bf0020  mov di, 0x2000
  b96400  mov cx, 100
  f3ab  rep stosw
  fe064f10  inc byte [patch+1]
patch:
  b105  mov cl, 5
  00ca  add dl, cl
  e440  in al, 0x40
  01c2  add dx, ax
  31c9  xor cx, cx
  f7f1  div cx
  9c  pushf
  8cd0  mov ax, ss
  8ed0  mov ss, ax
  9d  popf
  fd  std
  beff27  mov si, 0x27ff
  bfff2f  mov di, 0x2fff
  b94d00  mov cx, 77
  f3a5  rep movsw
  fc  cld
  43  inc bx
  83fb3c  cmp bx, 60
  75af  jne outer
  f4  hlt
sub:
  89870020  mov [0x2000+bx], ax
  8306003001  add word [0x3000], 1
  c3  ret
divide:
  55  push bp
  89e5  mov bp, sp
  83460202  add word [bp+2], 2
  5d  pop bp
  ff060230  inc word [0x3002]
  cf  iret
tick:
  ff060430  inc word [0x3004]
  e620  out 0x20, al
  cf  iret
`;

/** A machine whose port 40h gives values, and asserts INTR, by nothing but the retired count. */
function mixture(): TestMachine {
  const machine: TestMachine = testMachine(program(0x1000, MIXTURE), 0x1000, {
    hooks: {
      portRead: () => {
        const count = machine.core.instructions();
        if (count % 3 === 0) machine.core.setInterrupt(0, true);
        return (count * 7) & 0xff;
      },
      portWrite: (port) => {
        if (port === 0x20) machine.core.setInterrupt(0, false);
      },
    },
  });
  return machine;
}

function outcome(machine: TestMachine): unknown {
  const { gpr, rip, rflags, segments, activity } = machine.core.saveCpu(0);
  return {
    gpr,
    rip,
    rflags,
    segments,
    activity,
    count: machine.core.instructions(),
    memory: Buffer.from(machine.core.memory.read(0, 0x8000)).toString('hex'),
  };
}

describe('slices', () => {
  const straight = mixture();
  straight.toHalt();
  const expected = outcome(straight);
  const total = straight.core.instructions();

  it('the program does what it is there for', () => {
    expect(straight.word(0x3002)).toBe(59);
    expect(straight.word(0x3004)).toBeGreaterThan(10);
    expect(total).toBeGreaterThan(25_000);
  });

  it.each([1, 2, 3, 7, 64, 1000])('of %i instructions retire exactly that many and change nothing', (size) => {
    const machine = mixture();
    for (let count = 0; ;) {
      const stop = machine.core.run(size);
      count = Math.min(count + size, total);
      expect(machine.core.instructions()).toBe(count);
      if (stop !== 'budget') break;
    }
    expect(outcome(machine)).toEqual(expected);
  });

  it('of changing sizes change nothing', () => {
    const machine = mixture();
    for (let size = 1; machine.core.run(size) === 'budget';) size = ((size * 5 + 3) % 97) + 1;
    expect(outcome(machine)).toEqual(expected);
  });

  it('a state saved on the way and loaded into another core goes on to the same end', () => {
    for (const at of [1, 500, 5_003, 20_001, total - 1]) {
      const first = mixture();
      first.core.run(at);
      const saved = structuredClone(first.core.save());
      const second = mixture();
      second.core.run(777);
      second.core.restore(saved);
      expect(second.core.instructions()).toBe(at);
      second.toHalt();
      expect(outcome(second)).toEqual(expected);
    }
  });

  it('limitRun and requestStop in a hook end the run right behind the instruction', () => {
    let left = 3;
    const machine: TestMachine = testMachine(program(0x1000, 'e640\n40\n40\n40\n40\n40\n40\ne641\n40\n40\nf4'), 0x1000, {
      hooks: {
        portWrite: (port) => {
          if (port === 0x40) machine.core.limitRun(left);
          else machine.core.requestStop();
        },
      },
    });
    expect(machine.core.run(1_000_000)).toBe('budget');
    expect([machine.core.instructions(), machine.core.ip]).toEqual([4, 0x1005n]);
    left = 0;
    expect(machine.core.run(1_000_000)).toBe('requested');
    expect([machine.core.instructions(), machine.core.ip]).toEqual([8, 0x100an]);
    expect(machine.core.run(1_000_000)).toBe('halted');
  });
});
