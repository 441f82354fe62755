import { program, type Program } from './test-support/listing';
import { PROTECTED_START } from './test-support/protected-start';
import { testMachine, type TestMachine } from './test-support/test-machine';

const LISTING = `
  c705f01f00004a200000  mov dword [resume], after
  c7050000100001020300  mov dword [0x100000], 0x00030201
  be00001000  mov esi, 0x100000
  bf03001000  mov edi, 0x100003
  b910270000  mov ecx, 10000
  f3a4  rep movsb
  fd  std
  befe2f1000  mov esi, 0x102ffe
  bffe3f1000  mov edi, 0x103ffe
  b9d0070000  mov ecx, 2000
  f366a5  rep movsw
  fc  cld
  b8a5a5a5a5  mov eax, 0xa5a5a5a5
  bf00f03f00  mov edi, 0x3ff000
  b9d0070000  mov ecx, 2000
f_stos:
  f3ab  rep stosd
after:
  f4  hlt
`;

/** 64-bit mode, whose upper half from FFFFFFFFC0000000h on is physical memory. */
const UPPER_HALF = `
  48bf010004c0ffffffff  mov rdi, 0xffffffffc0040001
  b900300000  mov ecx, 0x3000
  b05a  mov al, 0x5a
  f3aa  rep stosb
  48be000004c0ffffffff  mov rsi, 0xffffffffc0040000
  48bf000006c0ffffffff  mov rdi, 0xffffffffc0060000
  b901020000  mov ecx, 0x201
  f348a5  rep movsq
  48bf0000000000000080  mov rdi, 0x8000000000000000
  b907000000  mov ecx, 7
f_stos:
  f3aa  rep stosb
  f4  hlt
`;

function upperHalf(code: Program, exception: (vector: number) => void): TestMachine {
  const machine = testMachine(code, 0x1000, { hooks: { exception } });
  const { core } = machine;
  for (const [at, entry] of [
    [0x9000, 0xa007],
    [0x9ff8, 0xa007],
    [0xa000, 0xb007],
    [0xaff8, 0xb007],
    [0xb000, 0x87],
  ] as const)
    core.memory.write(at, Uint8Array.of(entry & 0xff, entry >> 8, 0, 0, 0, 0, 0, 0));
  const state = core.saveCpu(0);
  const { cs } = state.segments;
  core.loadCpu(0, {
    ...state,
    cr0: 0x8001_0011n,
    cr3: 0x9000n,
    cr4: 0x20n,
    efer: 0x500n,
    segments: { ...state.segments, cs: { ...cs, selector: 8, base: 0n, limit: 0xffff_ffff, attributes: 0xa9b } },
  });
  return machine;
}

describe('string instructions', () => {
  it('copy overlapping ranges element by element, in both directions; a fault leaves the registers at its element', () => {
    const fault: unknown[] = [];
    const machine: TestMachine = testMachine(program(0x1000, PROTECTED_START), 0x1000, {
      pages: 1024,
      hooks: {
        exception: (vector, error, cr2) => {
          fault.push(vector, error, cr2, machine.core.ip, machine.core.gpr(1), machine.core.gpr(7));
          machine.core.requestStop();
        },
      },
    });
    const code = program(0x2000, LISTING);
    const { core } = machine;
    core.memory.write(0x2000, code.bytes);
    const source = Uint8Array.from({ length: 0x3000 }, (_, index) => (index * 7) & 0xff);
    core.memory.write(0x102ffe - 3998, source.subarray(0, 4000));
    // The source of the second move overlaps the end of the first one's target: keep a model.
    const model = new Uint8Array(0x5000);
    model.set(core.memory.read(0x100000, 0x5000));
    model.set([1, 2, 3, 0]);
    for (let index = 0; index < 10000; index++) model[3 + index] = model[index] ?? 0;
    for (let index = 0; index < 2000; index++) {
      for (const byte of [0, 1]) model[0x3ffe - index * 2 + byte] = model[0x2ffe - index * 2 + byte] ?? 0;
    }
    expect(core.run(100_000)).toBe('requested');
    expect(Buffer.compare(core.memory.read(0x100000, 0x5000), model)).toBe(0);
    expect(fault).toEqual([14, 2, 0x400000n, BigInt(code.at('f_stos')), 2000n - 1024n, 0x400000n]);
    expect(machine.dword(0x3ffffc)).toBe(0xa5a5a5a5);
  });

  it('INS tells the destination, and an interrupt comes between two elements', () => {
    // sti; nop; mov cx, 5; mov di, 4ff0h; mov dx, 1f0h; rep insw; hlt      IVT 20h: iret at 1100h
    const targets: number[] = [];
    const machine: TestMachine = testMachine(program(0x1000, 'fb\n90\nb90500\nbff04f\nbaf001\nf36d\nf4'), 0x1000, {
      hooks: {
        portRead: (_port, _size, target) => {
          targets.push(target);
          if (targets.length === 2) machine.core.setInterrupt(0, true);
          return 0x1100 + targets.length;
        },
        acknowledgeInterrupt: () => {
          expect([machine.core.ip, machine.core.gpr(1) & 0xffffn]).toEqual([0x100bn, 3n]);
          machine.core.setInterrupt(0, false);
          return 0x20;
        },
      },
    });
    machine.core.memory.write(0x80, Uint8Array.of(0, 0x11, 0, 0));
    machine.core.memory.write(0x1100, Uint8Array.of(0xcf));
    machine.toHalt();
    expect(targets).toEqual([0x4ff0, 0x4ff2, 0x4ff4, 0x4ff6, 0x4ff8]);
    expect(machine.core.memory.read(0x4ff0, 10)).toEqual(Uint8Array.of(1, 0x11, 2, 0x11, 3, 0x11, 4, 0x11, 5, 0x11));
    // 5 before, REP in two steps, IRET, HLT.
    expect(machine.core.instructions()).toBe(5 + 2 + 1 + 1);
  });

  it('writes to a device one element after another, and stops behind the one that asks for it', () => {
    // mov ax, a000h; mov es, ax; mov di, ffeh; mov si, 2000h; mov cx, 4; rep movsw; mov al, 77h; mov cx, 1300; rep stosb; hlt
    const writes: number[][] = [];
    const listing = 'b800a0\n8ec0\nbffe0f\nbe0020\nb90400\nf3a5\nb077\nb91405\nf3aa\nf4';
    const machine: TestMachine = testMachine(program(0x1000, listing), 0x1000, {
      pages: 0xa0,
      hooks: {
        mmioWrite: (gpa, size, value) => {
          writes.push([gpa, size, value]);
          if (writes.length === 2 || writes.length === 7) machine.core.requestStop();
        },
      },
    });
    machine.core.memory.write(0x2000, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    const { core } = machine;
    expect([core.run(1000), writes.length, core.gpr(1), core.gpr(6) & 0xffffn, core.gpr(7) & 0xffffn]).toEqual([
      'requested',
      2,
      2n,
      0x2004n,
      0x1002n,
    ]);
    expect([core.run(1000), writes.length, core.gpr(1)]).toEqual(['requested', 7, 1297n]);
    machine.toHalt();
    const moved = [0x0201, 0x0403, 0x0605, 0x0807].map((word, index) => [0xa0ffe + index * 2, 2, word]);
    const filled = Array.from({ length: 1300 }, (_, index) => [0xa1006 + index, 1, 0x77]);
    expect(writes).toEqual([...moved, ...filled]);
    // 5 before, MOVSW in two steps, 2, STOSB in three (a stop, 1,024 device elements, the rest), HLT.
    expect(core.instructions()).toBe(5 + 2 + 2 + 3 + 1);
  });

  it('REP comes back to the boundary after 65,536 elements at the latest', () => {
    // 32-bit address size in real mode: mov ecx, 200000; mov esi, 0; rep lodsb [esi] wraps no segment for ESI below 64 Ki
    const machine = testMachine(program(0x1000, '66b9400d0300\n6631f6\nfd\n67f3ac\nf4'), 0x1000);
    machine.core.run(3);
    machine.core.setGpr(6, 0xffffn);
    machine.core.run(1);
    expect(machine.core.gpr(1)).toBe(200000n - 65536n);
    expect(machine.core.ip).toBe(0x100an);
  });

  it('go on in the upper half of 64-bit mode; an address that is not canonical faults at its element', () => {
    const code = program(0x1000, UPPER_HALF);
    const faults: unknown[][] = [];
    const { core } = upperHalf(code, (vector) => faults.push([vector, core.ip, core.gpr(1), core.gpr(7), core.gpr(6)]));
    expect(core.run(1_000_000)).toBe('triple-fault');
    const filled = Buffer.alloc(0x3002);
    filled.fill(0x5a, 1, 0x3001);
    expect(Buffer.compare(core.memory.read(0x4_0000, 0x3002), filled)).toBe(0);
    expect(Buffer.compare(core.memory.read(0x6_0000, 0x1010), Buffer.concat([filled.subarray(0, 0x1008), Buffer.alloc(8)]))).toBe(0);
    expect(faults[0]).toEqual([13, BigInt(code.at('f_stos')), 7n, 0x8000_0000_0000_0000n, 0xffff_ffff_c004_1008n]);
  });
});
