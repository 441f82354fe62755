import { ByteView } from '../inspect/byte-view';
import { parseE820 } from '../inspect/e820';
import type { E820Entry } from '../inspect/e820';
import type { CpuState, SegmentState } from '../machine/core-host/types';
import type { Machine } from '../machine/types';

/** INT 15h, RET-less: `INT 15h; HLT`, at a place that is free in every PC (between the BIOS data and 7C00h). */
const CODE = Uint8Array.of(0xcd, 0x15, 0xf4);
const CODE_GPA = 0x600;
const BUFFER_GPA = 0x620;
const STACK_TOP = 0x7000;
const ENTRY_BYTES = 20;
const SMAP = 0x534d_4150n;
const ENTRIES_MAX = 128;
/** A memory map call takes some thousand instructions. */
const INSTRUCTIONS_MAX = 500_000;
const IVT_15 = 0x15 * 4;
const ROM_AREA = 0xc_0000;
const CR0_RESET = 0x10n;
const FLAGS_RESET = 2n;

/** True when vector 15h leads to the ROM area: firmware is there to be asked. */
export function hasInt15(machine: Machine): boolean {
  const vector = new ByteView(machine.readPhysical(IVT_15, 4));
  const linear = vector.u16(2) * 16 + vector.u16(0);
  return linear >= ROM_AREA && linear < 0x10_0000;
}

/**
 * Asks the guest's firmware for its memory map as an OS loader does: INT 15h, AX=E820h, in real mode on vCPU 0 until EBX
 * comes back 0. The machine is changed by it and must not go on afterwards. undefined: it does not answer.
 */
export function probeE820(machine: Machine): E820Entry[] | undefined {
  const { core } = machine;
  core.select(0);
  const saved = core.saveCpu(0);
  const entries: E820Entry[] = [];
  let continuation = 0n;
  core.memory.write(CODE_GPA, CODE, true);
  for (let calls = 0; calls < ENTRIES_MAX; calls++) {
    core.loadCpu(0, callState(saved, continuation));
    if (!runToHalt(machine)) return undefined;
    const hasFailed = (core.rflags & 1n) === 1n || (core.gpr(0) & 0xffff_ffffn) !== SMAP;
    if (hasFailed) break;
    entries.push(...parseE820(machine.readPhysical(BUFFER_GPA, ENTRY_BYTES), 1));
    continuation = core.gpr(3) & 0xffff_ffffn;
    if (continuation === 0n) break;
  }
  return entries.length > 0 ? entries : undefined;
}

function runToHalt({ core }: Machine): boolean {
  const end = core.instructions() + INSTRUCTIONS_MAX;
  while (core.instructions() < end) {
    const stop = core.run(end - core.instructions());
    if (stop === 'halted') return core.ip === BigInt(CODE_GPA + CODE.length);
    if (stop === 'triple-fault' || stop === 'shutdown') return false;
  }
  return false;
}

function callState(saved: CpuState, continuation: bigint): CpuState {
  const gpr = saved.gpr.map(() => 0n);
  gpr[0] = 0xe820n;
  gpr[1] = BigInt(ENTRY_BYTES);
  gpr[2] = SMAP;
  gpr[3] = continuation;
  gpr[4] = BigInt(STACK_TOP);
  gpr[7] = BigInt(BUFFER_GPA);
  const data: SegmentState = { selector: 0, base: 0n, limit: 0xffff, attributes: 0x93 };
  const code: SegmentState = { ...data, attributes: 0x9b };
  return {
    ...saved,
    gpr,
    rip: BigInt(CODE_GPA),
    rflags: FLAGS_RESET,
    segments: { ...saved.segments, es: data, cs: code, ss: data, ds: data, fs: data, gs: data },
    idtr: { base: 0n, limit: 0x3ff },
    cr0: CR0_RESET,
    cr4: 0n,
    efer: 0n,
    activity: 0,
  };
}
