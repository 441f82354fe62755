import { FEATURE_LM } from '../core/layout/features';
import { program, type Program } from './test-support/listing';
import { PROTECTED_START } from './test-support/protected-start';
import { testMachine, type TestMachine, type TestOptions } from './test-support/test-machine';

const MAIN = program(
  0x1000,
  `
  31c0  xor ax, ax
  8ed8  mov ds, ax
  b80020  mov ax, 0x2000
  8ec0  mov es, ax
  66bb1111bbbb  mov ebx, 0xbbbb1111
  66b82222aaaa  mov eax, 0xaaaa2222
  f9  stc
  e6b2  out 0xb2, al
first:
  0f92060030  setc [0x3000]
  66a30430  mov [0x3004], eax
  8c060830  mov [0x3008], es
  e6b2  out 0xb2, al
second:
  fb  sti
  f4  hlt
woken:
  f4  hlt
`,
);

/** Says what it sees, counts, gives EAX a value and moves SMBASE to 5_0000h. */
const HANDLER = program(
  0x8000,
  `
  2e8c0e0090  mov [cs:0x9000], cs
  9c  pushf
  2e8f060290  pop word [cs:0x9002]
  0f20c0  mov eax, cr0
  2e66a30490  mov [cs:0x9004], eax
  66b900001000  mov ecx, 0x100000
  66678b01  mov eax, [ecx]
  2e66a30890  mov [cs:0x9008], eax
  2e8c060c90  mov [cs:0x900c], es
  2e66ff061090  inc dword [cs:0x9010]
  2e66c706f8ff78563412  mov dword [cs:0xfff8], 0x12345678
  2e66c70600ff00000500  mov dword [cs:0xff00], 0x50000
  0faa  rsm
`,
);

const SHORT_HANDLER = program(
  0x8000,
  `
  2e66ff061090  inc dword [cs:0x9010]
  2e66c706d0ff78563412  mov dword [cs:0xffd0], 0x12345678
  2e66c706f8fe00000500  mov dword [cs:0xfef8], 0x50000
  0faa  rsm
`,
);

/** Lets the world do something at OUT 80h. */
const WAITER = program(
  0x8000,
  `
  2e66ff061090  inc dword [cs:0x9010]
  e680  out 0x80, al
  90  nop
  2e66a11090  mov eax, [cs:0x9010]
  0faa  rsm
`,
);

function machineWith(handler: Program, options: TestOptions = {}, at80?: (machine: TestMachine) => void): TestMachine {
  const machine: TestMachine = testMachine(MAIN, 0x1000, {
    ...options,
    hooks: {
      portWrite: (port) => {
        if (port === 0xb2) machine.core.smi(0);
        if (port === 0x80) at80?.(machine);
      },
    },
  });
  for (const base of [0x38000, 0x58000]) machine.core.memory.write(base, handler.bytes);
  machine.core.memory.write(0x100000, Uint8Array.of(0xef, 0xbe, 0xad, 0xde));
  return machine;
}

describe('an SMI', () => {
  it('saves the CPU, starts the handler at SMBASE + 8000h with flat segments, and RSM brings back what the handler left', () => {
    const machine = machineWith(HANDLER);
    machine.toHalt();
    const [selectorAndFlags, cr0, above1MiB, es, times] = [0x39000, 0x39004, 0x39008, 0x3900c, 0x39010].map(machine.dword);
    expect([selectorAndFlags! & 0xffff, selectorAndFlags! >>> 16, cr0! & 0x8000_000d]).toEqual([0x3000, 2, 0]);
    expect([above1MiB, es! & 0xffff, times]).toEqual([0xdead_beef, 0, 1]);
    expect([machine.byte(0x3000), machine.dword(0x3004), machine.word(0x3008)]).toEqual([1, 0x1234_5678, 0x2000]);
    expect(machine.modes).toEqual(['smm', 'real', 'smm', 'real']);
  });

  it('finds the save area in the AMD64 format, and the next one its handler where SMBASE was moved', () => {
    const machine = machineWith(HANDLER);
    machine.toHalt();
    expect(machine.dword(0x3fefc)).toBe(0x20064);
    expect(machine.dword(0x3ff78)).toBe(MAIN.at('first'));
    expect([machine.dword(0x3ffe0), machine.dword(0x3ff70) & 1, machine.byte(0x3fec9)]).toEqual([0xbbbb_1111, 1, 0]);
    expect([machine.word(0x3fe00), machine.word(0x3fe02), machine.dword(0x3fe04), machine.dword(0x3fe08)]).toEqual([
      0x2000, 0x93, 0xffff, 0x20000,
    ]);
    expect([machine.dword(0x59010), machine.dword(0x5ff78), machine.dword(0x5ff00)]).toEqual([1, MAIN.at('second'), 0x50000]);
  });

  it('has the 32-bit format on a CPU without long mode', () => {
    const machine = machineWith(SHORT_HANDLER, { features: 0xffff_ffff & ~FEATURE_LM & ~0x6000_0000 });
    machine.toHalt();
    expect(machine.dword(0x3fefc)).toBe(0x20000);
    expect([machine.dword(0x3fff0), machine.dword(0x3ffdc), machine.dword(0x3fff4) & 1]).toEqual([MAIN.at('first'), 0xbbbb_1111, 1]);
    expect([machine.word(0x3ffa8), machine.dword(0x3ff84), machine.dword(0x3ff88), machine.dword(0x3ff8c)]).toEqual([
      0x2000, 0x93, 0xffff, 0x20000,
    ]);
    expect([machine.dword(0x3004), machine.word(0x3008), machine.dword(0x59010)]).toEqual([0x1234_5678, 0x2000, 1]);
  });

  it('wakes a halted CPU, which halts again behind RSM unless the handler clears auto HALT restart', () => {
    const machine = machineWith(HANDLER);
    machine.toHalt();
    machine.core.smi(0);
    expect(machine.core.activity(0)).toBe('running');
    expect(machine.core.run(1000)).toBe('halted');
    expect([machine.core.ip, machine.byte(0x5fec9), machine.dword(0x59010)]).toEqual([BigInt(MAIN.at('woken')), 1, 2]);
    machine.core.memory.write(0x58000, Uint8Array.of(0x2e, 0xc6, 0x06, 0xc9, 0xfe, 0x00, 0x0f, 0xaa)); // mov byte [cs:0xfec9], 0; rsm
    machine.core.smi(0);
    expect(machine.core.run(1000)).toBe('halted');
    expect(machine.core.ip).toBe(BigInt(MAIN.at('woken') + 1));
  });

  it('waits, as INIT and NMI do, while the handler of another runs', () => {
    let asked = false;
    const machine = machineWith(WAITER, {}, ({ core }) => {
      if (asked) return;
      asked = true;
      core.smi(0);
      core.nmi(0);
    });
    const halting = Uint8Array.of(0xf4);
    machine.core.memory.write(8, Uint8Array.of(0, 0x60, 0, 0)); // the NMI handler is at 0:6000h
    machine.core.memory.write(0x6000, halting);
    machine.toHalt();
    expect(machine.core.ip).toBe(0x6001n);
    // Two SMIs before the NMI: RSM to the interrupted place, where the second one came at once.
    expect([machine.dword(0x39010), machine.dword(0x3ff78)]).toEqual([2, MAIN.at('first')]);
    expect(machine.output.filter((line) => line.startsWith('80=')).length).toBe(2);
  });

  it('holds INIT back until RSM', () => {
    const fetches: (readonly [gpa: number, handled: number])[] = [];
    const machine: TestMachine = testMachine(MAIN, 0x1000, {
      hooks: {
        portWrite: (port) => (port === 0xb2 ? machine.core.smi(0) : machine.core.init(0)),
        mmioRead: (gpa) => {
          fetches.push([gpa, machine.dword(0x3fefc)]);
          return 0xf4;
        },
      },
    });
    machine.core.memory.write(0x38000, WAITER.bytes);
    machine.toHalt();
    expect(fetches).toEqual([[0xffff_fff0, 0x20064]]);
    expect(machine.modes).toEqual(['smm', 'real']);
  });

  it('turns paging off for the handler and on again behind RSM', () => {
    const start = program(0x1000, PROTECTED_START);
    const guest = program(
      0x2000,
      `
  b800103000  mov eax, 0x301000
  0f20dd  mov ebp, cr3
  e6b2  out 0xb2, al
behind:
  0f20da  mov edx, cr3
  0f20c1  mov ecx, cr0
  a300103000  mov [0x301000], eax
`,
    );
    const machine: TestMachine = testMachine(start, 0x1000, {
      pages: 1024,
      hooks: { portWrite: (port) => port === 0xb2 && machine.core.smi(0) },
    });
    machine.core.memory.write(0x2000, guest.bytes);
    machine.core.memory.write(0x38000, HANDLER.bytes);
    machine.core.memory.write(0x1ff0, Uint8Array.of(0, 0x30, 0, 0));
    machine.core.memory.write(0x3000, Uint8Array.of(0xf4));
    machine.toHalt();
    // EAX is 1234_5678h by the handler; the page at 30_1000h is read-only, so the write faults: paging and CR0.WP are back.
    expect(machine.exceptions).toEqual(['14:3']);
    expect(machine.core.gpr(2)).toBe(machine.core.gpr(5));
    expect([machine.dword(0x39004) & 0x8000_0001, machine.dword(0x3ff58) & 0x8001_0001]).toEqual([0, 0x8001_0001 | 0]);
    expect(machine.modes.slice(-2)).toEqual(['smm', 'protected32']);
  });

  it('outside of one RSM is an undefined opcode', () => {
    const machine = testMachine(program(0x1000, '0faa'), 0x1000);
    machine.core.memory.write(0x18, Uint8Array.of(0, 0x60, 0, 0));
    machine.core.memory.write(0x6000, Uint8Array.of(0xf4));
    machine.toHalt();
    expect(machine.exceptions).toEqual(['6:-1']);
  });

  it('goes on from a snapshot taken in its handler', () => {
    const machine = machineWith(WAITER);
    while (machine.core.mode !== 'smm') machine.core.run(1);
    const saved = machine.core.save();
    const other = machineWith(WAITER);
    other.core.restore(saved);
    other.toHalt();
    machine.toHalt();
    expect(other.core.mode).toBe('real');
    expect(other.core.saveCpu(0)).toEqual(machine.core.saveCpu(0));
  });
});

describe('RSM', () => {
  it('to a state that no CPU can be in shuts down', () => {
    // mov dword [cs:0xff58], 0x80000000 (paging without protection); rsm
    const machine = machineWith({ bytes: Uint8Array.from(Buffer.from('2e66c70658ff000000800faa', 'hex')), at: () => 0 });
    expect(machine.core.run(1000)).toBe('triple-fault');
  });
});

describe('SMRAM', () => {
  it('is memory for a CPU in SMM, and nothing for others and for bus masters', () => {
    const reads: number[] = [];
    const machine: TestMachine = testMachine(MAIN, 0x1000, {
      hooks: {
        portWrite: (port) => port === 0xb2 && machine.core.smi(0),
        mmioRead: (gpa) => (reads.push(gpa), 0x5a),
      },
    });
    const { memory } = machine.core;
    memory.write(0x38000, HANDLER.bytes);
    memory.write(0x100000, Uint8Array.of(1, 2, 3, 4));
    for (const gfn of [0x38, 0x39, 0x3f, 0x100]) memory.setSmmOnly(gfn, 1, true);
    machine.core.run(18);
    expect(machine.core.mode).toBe('smm');
    expect(machine.core.readLinear(0x39000n, 2)).toEqual(Uint8Array.of(0, 0x30));
    expect([memory.read(0x100000, 1)[0], memory.kind(0x100)]).toEqual([0xff, 'ram']);
    memory.write(0x39008, Uint8Array.of(7));
    machine.toHalt();
    expect(reads).toEqual([]);
    const restored = testMachine(MAIN, 0x1000);
    restored.core.restore(machine.core.save());
    for (const { core } of [machine, restored]) {
      expect(core.memory.read(0x39000, 4)).toEqual(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
      core.memory.setSmmOnly(0x39, 1, false);
      expect(core.memory.read(0x39008, 4)).toEqual(Uint8Array.of(1, 2, 3, 4));
    }
  });
});
