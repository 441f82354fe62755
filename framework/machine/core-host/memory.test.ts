import { GIB, PAGE_BYTES } from '../../quantities/units';
import { program } from './test-support/listing';
import { PROTECTED_START } from './test-support/protected-start';
import { testMachine, type TestMachine } from './test-support/test-machine';

/** A machine in 64-bit mode without a program: 2 MiB page at 0, 1 GiB pages above. */
function wideMachine(): TestMachine {
  // mov rax, [rbx]; mov [rcx], rax; hlt
  const machine = testMachine(program(0x1000, '488b03\n488901\nf4'), 0x1000, { pages: 0xa0 });
  const { core } = machine;
  const table = (at: number, entries: bigint[]): void =>
    entries.forEach((entry, index) => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(entry);
      core.memory.write(at + index * 8, bytes);
    });
  table(0x9000, [0xa003n]);
  table(
    0xa000,
    Array.from({ length: 8 }, (_, index) => (BigInt(index) << 30n) | 0x83n),
  );
  const state = core.saveCpu(0);
  state.segments.cs = { selector: 8, base: 0n, limit: 0xffffffff, attributes: 0xa9b };
  state.segments.ss = { selector: 0x10, base: 0n, limit: 0xffffffff, attributes: 0xc93 };
  Object.assign(state, { cr0: 0x80000011n, cr4: 0x20n, cr3: 0x9000n, efer: 0x500n });
  core.loadCpu(0, state);
  return machine;
}

describe('physical memory', () => {
  it('a 5 GiB guest costs what it touches, above 4 GiB too', () => {
    const machine = wideMachine();
    const { core } = machine;
    core.memory.populate(0x100, 3 * (GIB / PAGE_BYTES) - 0x100);
    core.memory.populate(4 * (GIB / PAGE_BYTES), 2 * (GIB / PAGE_BYTES));
    const before = core.memory.allocatedBytes;
    core.setGpr(3, 5n * BigInt(GIB) + 0x1230n);
    core.setGpr(1, 5n * BigInt(GIB) + 0x5678n);
    core.setGpr(0, 0x99n);
    machine.toHalt();
    expect(core.gpr(0)).toBe(0n);
    core.memory.write(5 * GIB + 0x1230, Uint8Array.of(1, 2, 3));
    core.setGpr(0, 0x99n);
    const state = core.saveCpu(0);
    core.loadCpu(0, { ...state, rip: 0x1000n, activity: 0 });
    machine.toHalt();
    expect(core.gpr(0)).toBe(0x030201n);
    expect(core.memory.read(5 * GIB + 0x5678, 4)).toEqual(Uint8Array.of(1, 2, 3, 0));
    expect(core.memory.allocatedBytes - before).toBeLessThan(8 * PAGE_BYTES);
    expect(core.memory.ranges()).toEqual([
      { first: 0, last: 0x9f, kind: 'ram' },
      { first: 0x100, last: 3 * 0x40000 - 1, kind: 'ram' },
      { first: 4 * 0x40000, last: 6 * 0x40000 - 1, kind: 'ram' },
    ]);
  });

  it('an untouched page that was read shows what is written through another address', () => {
    const machine = wideMachine();
    const { core } = machine;
    core.memory.populate(0x100, 16);
    // The same gfn twice in a block: read it, write it, read it: mov rax,[rbx]; mov [rcx],rdx; mov rax,[rbx]; hlt
    core.memory.write(0x1000, Buffer.from('488b03488911488b03f4', 'hex'));
    core.setGpr(3, 0x100010n);
    core.setGpr(1, 0x100010n);
    core.setGpr(2, 0xabcdn);
    machine.toHalt();
    expect(core.gpr(0)).toBe(0xabcdn);
  });

  it('frames have any number of addresses; moving and unmapping change what the next access sees', () => {
    const machine = wideMachine();
    const { memory } = machine.core;
    const frame = memory.allocateFrame();
    memory.map(0x200, frame, 'ram');
    memory.map(0x201, frame, 'rom');
    memory.write(0x200_123, Uint8Array.of(0x77));
    expect(memory.read(0x201_123, 1)).toEqual(Uint8Array.of(0x77));
    memory.write(0x201_123, Uint8Array.of(0x11));
    expect(memory.read(0x200_123, 1)).toEqual(Uint8Array.of(0x77));
    memory.write(0x201_123, Uint8Array.of(0x11), true);
    expect(memory.read(0x200_123, 1)).toEqual(Uint8Array.of(0x11));
    memory.move(0x200, 0x300);
    expect([memory.kind(0x200), memory.kind(0x300), memory.kind(0x201)]).toEqual(['hole', 'ram', 'rom']);
    expect(memory.read(0x200_123, 1)).toEqual(Uint8Array.of(0xff));
    memory.unmap(0x201, 1);
    memory.unmap(0x300, 1);
    expect(memory.readFrame(frame, 0x123, 1)).toEqual(Uint8Array.of(0x11));
    expect(() => memory.map(0x200, 123_456, 'ram')).toThrow(/no frame/);
    expect(() => memory.populate(2 ** 40, 1)).toThrow(/52-bit/);
    const used = memory.allocatedBytes;
    memory.populate(0x400, 4);
    memory.write(0x400_000, new Uint8Array(4 * PAGE_BYTES).fill(1));
    memory.unmap(0x400, 4);
    memory.populate(0x400, 4);
    expect(memory.read(0x400_000, 1)).toEqual(Uint8Array.of(0));
    expect(memory.allocatedBytes - used).toBeLessThanOrEqual(PAGE_BYTES);
  });

  it('takeDirty gives each written page once, by guest or DMA, and sees later writes again', () => {
    const machine = wideMachine();
    const { core } = machine;
    core.memory.populate(0x100, 16);
    core.memory.takeDirty(2 ** 30);
    expect(core.memory.takeDirty(2 ** 30)).toEqual([]);
    const again = (): void => {
      core.loadCpu(0, { ...core.saveCpu(0), rip: 0x1000n, activity: 0 });
      machine.toHalt();
    };
    core.setGpr(1, 0x105000n);
    core.setGpr(3, 0x106000n);
    again();
    core.memory.write(0x103800, Uint8Array.of(1));
    const dirty = core.memory.takeDirty(2 ** 30);
    expect(dirty.filter((gfn) => gfn >= 0x100)).toEqual([0x103, 0x105]);
    again();
    expect(core.memory.takeDirty(0x105)).toEqual([]);
    expect(core.memory.takeDirty(2 ** 30)).toEqual([0x105]);
  });

  it('watches see exactly their range; execution watches come before the instruction', () => {
    const seen: string[] = [];
    const executed: string[] = [];
    // mov byte [2010h], 5; mov al, [200fh]; mov bx, [200fh]; mov [2011h], al; l: dec cx; jnz l; hlt
    const machine: TestMachine = testMachine(program(0x1000, 'c606102005\na00f20\n8b1e0f20\na21120\nb90300\n49\n75fd\nf4'), 0x1000, {
      hooks: {
        memoryWatch: (id, gpa, size, value, isWrite) => seen.push(`${id} ${gpa.toString(16)} ${size} ${value} ${isWrite ? 'w' : 'r'}`),
        executionWatch: (id, linear) => {
          executed.push(`${id} ${linear.toString(16)} cx=${machine.core.gpr(1)} at ${machine.core.instructions()}`);
          if (executed.length === 2) machine.core.requestStop();
        },
      },
    });
    const { core } = machine;
    core.watchMemory(7, 0x2010, 0x2010, 'both');
    core.watchMemory(8, 0x2011, 0x2012, 'write');
    core.watchExecution(9, 0x1012n, 0x1012n);
    expect(core.run(1000)).toBe('requested');
    expect(core.instructions()).toBe(8);
    machine.toHalt();
    expect(seen).toEqual(['7 2010 1 5 w', '7 200f 2 1280 r', '8 2011 1 0 w']);
    expect(executed).toEqual(['9 1012 cx=3 at 5', '9 1012 cx=2 at 7', '9 1012 cx=1 at 9']);
    core.removeWatch(7);
    core.removeWatch(8);
    core.removeWatch(9);
    core.loadCpu(0, { ...core.saveCpu(0), rip: 0x1000n, activity: 0 });
    machine.toHalt();
    expect([seen.length, executed.length]).toEqual([3, 3]);
  });

  it('with the A20 gate closed bit 20 is dropped', () => {
    const machine = testMachine(program(0x1000, PROTECTED_START), 0x1000, { pages: 0x200 });
    const { core } = machine;
    core.setA20(false);
    // mov eax, 100000h; mov byte [eax+500h], 42h; hlt
    core.memory.write(0x2000, Buffer.from('b800001000c6800005000042f4', 'hex'));
    machine.toHalt();
    expect([machine.byte(0x500), machine.byte(0x100500)]).toEqual([0x42, 0]);
  });
});
