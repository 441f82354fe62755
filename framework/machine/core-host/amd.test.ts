import { FEATURE2_AMD, FEATURE2_PAGE1GB } from '../core/layout/features';
import { program } from './test-support/listing';
import { testMachine, type TestMachine } from './test-support/test-machine';

const CODE = program(
  0x1000,
  `
  0f05  syscall
back:
  0f34  sysenter
kernel:
  0f07  sysret
`,
);
const [STAR, CSTAR, FMASK] = [0xc000_0081, 0xc000_0083, 0xc000_0084] as const;
const USER_CODE = 0xcfb;
const USER_DATA = 0xcf3;
const RCX = 1;
const R11 = 11;
const SCE = 1n;
const LONG_MODE_ACTIVE = 0x500n;

/** At `syscall`, CPL 3, in flat 32-bit code: of legacy mode, or of compatibility mode with 2 MiB mapped. */
function atCall(isLong: boolean, features2 = FEATURE2_PAGE1GB | FEATURE2_AMD): TestMachine {
  const machine = testMachine(CODE, 0x1000, { features2 });
  const { core } = machine;
  for (const [at, entry] of [
    [0x8000, 0x9007],
    [0x9000, 0xa007],
    [0xa000, 0x87],
  ] as const)
    core.memory.write(at, Uint8Array.of(entry & 0xff, entry >> 8));
  const state = core.saveCpu(0);
  const flat = { base: 0n, limit: 0xffff_ffff };
  core.loadCpu(0, {
    ...state,
    rflags: 0x202n,
    cr0: isLong ? 0x8000_0011n : 0x11n,
    cr3: 0x8000n,
    cr4: isLong ? 0x20n : 0n,
    efer: SCE | (isLong ? LONG_MODE_ACTIVE : 0n),
    segments: {
      ...state.segments,
      cs: { ...flat, selector: 0x1b, attributes: USER_CODE },
      ss: { ...flat, selector: 0x23, attributes: USER_DATA },
    },
    msrs: {
      ...state.msrs,
      [STAR]: (0x18n << 48n) | (0x08n << 32n) | BigInt(CODE.at('kernel')),
      [CSTAR]: BigInt(CODE.at('kernel')),
      [FMASK]: 0x200n,
    },
  });
  return machine;
}

test('SYSCALL in legacy mode goes to STAR with interrupts off, SYSRET comes back with them on', () => {
  const { core } = atCall(false);
  core.run(1);
  expect([core.mode, core.cs, Number(core.ip), Number(core.gpr(RCX))]).toEqual(['protected32', 8, CODE.at('kernel'), CODE.at('back')]);
  expect([core.rflags & 0x200n, core.saveCpu(0).segments.ss.selector]).toEqual([0n, 0x10]);
  core.run(1);
  expect([core.cs, Number(core.ip), core.rflags & 0x200n]).toEqual([0x1b, CODE.at('back'), 0x200n]);
});

test('SYSCALL in compatibility mode goes to CSTAR in 64-bit mode', () => {
  const { core } = atCall(true);
  core.run(1);
  expect([core.mode, core.cs, Number(core.ip)]).toEqual(['long', 8, CODE.at('kernel')]);
  expect([Number(core.gpr(RCX)), core.gpr(R11), core.rflags & 0x200n]).toEqual([CODE.at('back'), 0x202n, 0n]);
});

test('SYSENTER is none in long mode; on Intel’s processors SYSCALL is none outside 64-bit mode', () => {
  const amd = atCall(true);
  amd.core.loadCpu(0, { ...amd.core.saveCpu(0), rip: BigInt(CODE.at('back')) });
  amd.core.run(1);
  expect(amd.exceptions[0]).toBe('6:-1');
  const intel = atCall(true, FEATURE2_PAGE1GB);
  intel.core.run(1);
  expect(intel.exceptions[0]).toBe('6:-1');
});
