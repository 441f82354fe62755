import { createCore } from './create-core';
import { SILENT_HOOKS } from './silent-hooks';
import { FEATURE_LM, FEATURE_MSR, FEATURE_PAE } from '../core/layout/features';

const GDT = 0x4000;
const KERNEL = 0x5000;
const USER = 0x6000;
const THREAD = 0x7000;
const STACK = 0x8000;
const CODE64_USER = 0x00af_fb00_0000_ffffn;
const DATA_USER = 0x00cf_f300_0000_ffffn;

function quad(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** A 64-bit kernel at CPL 0 whose next instruction is an IRETQ to a user program that reads FS:[0]. */
function machine(fs: { selector: number; attributes: number }) {
  const core = createCore({
    vcpus: 1,
    hooks: SILENT_HOOKS,
    features: FEATURE_LM | FEATURE_PAE | FEATURE_MSR,
    physicalAddressBits: 40,
  });
  core.memory.populate(0, 16);
  for (const [table, entry] of [
    [0x1000, 0x2007n],
    [0x2000, 0x3007n],
    [0x3000, 0x87n],
    [GDT + 8, CODE64_USER],
    [GDT + 16, DATA_USER],
    [THREAD, 0x1122_3344_5566_7788n],
    [STACK, BigInt(USER)],
    [STACK + 8, 0x0bn],
    [STACK + 16, 0x2n],
    [STACK + 24, BigInt(STACK)],
    [STACK + 32, 0x13n],
  ] as const)
    core.memory.write(table, quad(entry));
  core.memory.write(KERNEL, Buffer.from('48cf', 'hex'));
  core.memory.write(USER, Buffer.from('64488b042500000000', 'hex'));
  const state = core.saveCpu(0);
  Object.assign(state, { cr0: 0x8000_0011n, cr3: 0x1000n, cr4: 0x20n, efer: 0x500n, rip: BigInt(KERNEL) });
  state.gdtr = { base: BigInt(GDT), limit: 0x17 };
  state.gpr[4] = BigInt(STACK);
  state.segments.cs = { selector: 0x20, base: 0n, limit: 0xffff_ffff, attributes: 0xa9b };
  state.segments.ss = { selector: 0, base: 0n, limit: 0xffff_ffff, attributes: 0xc93 };
  state.segments.fs = { ...fs, base: BigInt(THREAD), limit: 0xffff_ffff };
  core.loadCpu(0, state);
  core.run(2);
  return core;
}

test('a null FS keeps the base that an MSR gave it when the kernel returns to CPL 3', () => {
  const core = machine({ selector: 0, attributes: 0 });
  expect([core.ip, core.gpr(0)]).toEqual([BigInt(USER) + 9n, 0x1122_3344_5566_7788n]);
});

test('an FS of CPL 0 becomes null on the way out, its base 0', () => {
  expect(machine({ selector: 0x28, attributes: 0xc93 }).saveCpu(0).segments.fs).toMatchObject({ selector: 0, base: 0n, attributes: 0 });
});
