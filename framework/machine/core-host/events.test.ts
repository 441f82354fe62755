import { program } from './test-support/listing';
import { testMachine, type TestMachine } from './test-support/test-machine';

const LISTING = `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  8ec0  mov es, ax
  c70680004a10  mov word [0x80], interrupt
  c70682000000  mov word [0x82], 0
  c70608006810  mov word [8], nmi
  c7060a000000  mov word [10], 0
  bf0030  mov di, 0x3000
  fc  cld
  fa  cli
  e680  out 0x80, al
  43  inc bx
  fb  sti
e1:
  43  inc bx
e2:
  43  inc bx
  e680  out 0x80, al
e3:
  43  inc bx
  e680  out 0x80, al
e4:
  8cd0  mov ax, ss
  fa  cli
  e680  out 0x80, al
  fb  sti
e5:
  8ed0  mov ss, ax
e6:
  43  inc bx
e7:
  43  inc bx
  b800a0  mov ax, 0xa000
  8ec0  mov es, ax
  26881e0000  mov [es:0], bl
e8:
  43  inc bx
  43  inc bx
  1e  push ds
  07  pop es
  e681  out 0x81, al
e9:
  f4  hlt
e10:
  f4  hlt
interrupt:
  60  pusha
  89e5  mov bp, sp
  8b4610  mov ax, [bp+16]
  268c060031  mov [es:0x3100], es
  8b1efe30  mov bx, [0x30fe]
  89870030  mov [bx+0x3000], ax
  83c302  add bx, 2
  891efe30  mov [0x30fe], bx
  61  popa
  e682  out 0x82, al
  cf  iret
nmi:
  60  pusha
  89e5  mov bp, sp
  8b4610  mov ax, [bp+16]
  8b1efe30  mov bx, [0x30fe]
  89870030  mov [bx+0x3000], ax
  83c302  add bx, 2
  891efe30  mov [0x30fe], bx
  e681  out 0x81, al
  90  nop
  61  popa
n1:
  cf  iret
`;

describe('interrupts', () => {
  it('are taken at the very next boundary, behind the shadows of STI and MOV SS; NMI waits for IRET', () => {
    const code = program(0x1000, LISTING);
    let nmis = 0;
    const machine: TestMachine = testMachine(code, 0x1000, {
      pages: 0xa0,
      hooks: {
        portWrite: (port) => {
          if (port === 0x80) machine.core.setInterrupt(0, true);
          if (port === 0x81 && ++nmis <= 2) machine.core.nmi(0);
          if (port === 0x82) machine.core.setInterrupt(0, false);
        },
        mmioWrite: () => machine.core.setInterrupt(0, true),
      },
    });
    const { core } = machine;
    machine.toHalt();
    const log = Array.from({ length: 8 }, (_, index) => machine.word(0x3000 + index * 2));
    // 1: STI's shadow. 2, 3: right behind OUT. 4: STI, then MOV SS follows in its shadow: taken behind the instruction after MOV SS.
    // 5: right behind the MMIO write. 6: NMI behind OUT; 7: the second NMI, asked for in the handler, behind its IRET.
    expect(log).toEqual([code.at('e2'), code.at('e3'), code.at('e4'), code.at('e7'), code.at('e8'), code.at('e9'), code.at('e9'), 0]);
    expect(core.ip).toBe(BigInt(code.at('e10')));
    core.setInterrupt(0, true);
    expect(core.activity(0)).toBe('running');
    expect(core.run(1000)).toBe('halted');
    expect(machine.word(0x300e)).toBe(code.at('e10'));
    expect(core.ip).toBe(BigInt(code.at('e10') + 1));
  });

  it('with IF clear a halted CPU stays halted', () => {
    const machine = testMachine(program(0x1000, 'fa\nf4'), 0x1000);
    machine.toHalt();
    machine.core.setInterrupt(0, true);
    expect(machine.core.activity(0)).toBe('halted');
    expect(machine.core.run(10)).toBe('halted');
    expect(machine.core.instructions()).toBe(2);
  });
});

describe('resets', () => {
  it('power-on state is that of the SDM', () => {
    const machine = testMachine(program(0, ''), 0);
    machine.core.reset(0, true);
    const state = machine.core.saveCpu(0);
    expect(state.segments.cs).toEqual({ selector: 0xf000, base: 0xffff0000n, limit: 0xffff, attributes: 0x9b });
    expect([state.rip, state.rflags, state.cr0, state.dr[6], state.dr[7]]).toEqual([0xfff0n, 2n, 0x60000010n, 0xffff0ff0n, 0x400n]);
    expect(state.gdtr).toEqual({ base: 0n, limit: 0xffff });
    expect(machine.core.mode).toBe('real');
  });

  it('INIT and SIPI start an application processor at vector << 12', () => {
    // inc word [1234h]; hlt
    const machine = testMachine(program(0x8000, 'ff063412\nf4'), 0x8000, { vcpus: 2 });
    const { core } = machine;
    expect(core.activity(1)).toBe('wait-for-sipi');
    core.select(1);
    expect(core.run(100)).toBe('halted');
    core.startup(1, 8);
    expect(core.activity(1)).toBe('running');
    expect(core.run(100)).toBe('halted');
    expect([machine.word(0x1234), core.cs]).toEqual([1, 0x800]);
    core.startup(1, 8);
    expect(core.activity(1)).toBe('halted');
    core.init(1);
    core.startup(1, 8);
    core.select(0);
    core.select(1);
    expect(core.run(100)).toBe('halted');
    expect(machine.word(0x1234)).toBe(2);
  });

  it('a fault that cannot be delivered ends in a triple fault', () => {
    // lidt [1100h] with a limit of 0, then UD2
    const machine = testMachine(program(0x1000, '0f011e0011\n0f0b'), 0x1000);
    expect(machine.core.run(100)).toBe('triple-fault');
    // #GP while #UD is delivered comes on its own; #GP while #GP is delivered makes a double fault.
    expect(machine.exceptions).toEqual(['6:-1', '13:-1', '8:-1']);
    expect(machine.core.activity(0)).toBe('shutdown');
    expect(machine.core.instructions()).toBe(1);
  });

  it('a handler that faults at its first instruction for ever does not hang the host', () => {
    // 64-bit mode would do it with an IST; in real mode: IVT 6 points to UD2, SS:SP wraps within its segment.
    const machine = testMachine(program(0x1000, '0f0b'), 0x1000);
    machine.core.memory.write(6 * 4, Uint8Array.of(0, 0x10, 0, 0));
    expect(machine.core.run(10_000)).toBe('budget');
    expect(machine.core.instructions()).toBe(10_000);
  });

  it('an exception in a hook leaves run() as it is, at the instruction', () => {
    let broken = true;
    const machine = testMachine(program(0x1000, '40\ne460\n40\nf4'), 0x1000, {
      hooks: {
        portRead: () => {
          if (broken) throw new Error('device is on fire');
          return 7;
        },
      },
    });
    expect(() => machine.core.run(100)).toThrow('device is on fire');
    expect([machine.core.instructions(), machine.core.ip]).toEqual([1, 0x1001n]);
    broken = false;
    machine.toHalt();
    expect([machine.core.instructions(), machine.core.gpr(0)]).toEqual([4, 8n]);
  });
});
