import { disassemble } from '../inspect/disassemble';
import { GPR_NAMES, SEGMENT_NAMES } from '../machine/core-host/types';
import type { Core, CpuMode, CpuState } from '../machine/core-host/types';
import { placeText } from '../milestones/conditions';
import { hex } from '../quantities/hex';
import type { CpuReport, DisassembledLine } from './result';

const LINES = 5;
const LONGEST_INSTRUCTION = 15;

export function codeBits(mode: CpuMode): 16 | 32 | 64 {
  if (mode === 'long') return 64;
  return mode === 'protected32' || mode === 'compatibility32' ? 32 : 16;
}

/** `count` instructions from `ip` in the selected vCPU's current code segment. */
export function listing(core: Core, cpu: CpuState, ip: bigint, count: number): DisassembledLine[] {
  const linear = cpu.segments.cs.base + ip;
  const { selector } = cpu.segments.cs;
  return disassemble(core.readLinear(linear, count * LONGEST_INSTRUCTION), ip, codeBits(core.mode), count).map((line) => ({
    cs: selector,
    ip: line.ip.toString(16).padStart(4, '0'),
    bytes: Buffer.from(line.bytes).toString('hex'),
    text: line.text,
  }));
}

/** Every vCPU as it is now, the one that ran last first. `withCode`: with the instructions where it stands. */
export function cpuReports(core: Core, withCode: boolean): CpuReport[] {
  const selected = core.current;
  const others = Array.from({ length: core.vcpus }, (_, vcpu) => vcpu).filter((vcpu) => vcpu !== selected);
  const reports = [selected, ...others].map((vcpu) => {
    core.select(vcpu);
    return cpuReport(core, vcpu, withCode);
  });
  core.select(selected);
  return reports;
}

function cpuReport(core: Core, vcpu: number, withCode: boolean): CpuReport {
  const cpu = core.saveCpu(vcpu);
  const { cs } = cpu.segments;
  return {
    vcpu,
    activity: core.activity(vcpu),
    mode: core.mode,
    paging: core.paging,
    cs: cs.selector,
    ip: hex(core.ip),
    linear: hex(cs.base + core.ip),
    at: placeText(cs.selector, core.ip),
    disassembly: withCode ? listing(core, cpu, core.ip, LINES) : [],
    registers: registers(cpu),
  };
}

function registers(cpu: CpuState): [string, string][] {
  return [
    ...GPR_NAMES.map((name, index): [string, string] => [name, hex(cpu.gpr[index] ?? 0n)]),
    ['rip', hex(cpu.rip)],
    ['rflags', hex(cpu.rflags)],
    ...(['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer'] as const).map((name): [string, string] => [name, hex(cpu[name])]),
    ...SEGMENT_NAMES.map((name): [string, string] => {
      const { selector, base, limit } = cpu.segments[name];
      return [name, `${hex(selector, 4)} base ${hex(base)} limit ${hex(limit)}`];
    }),
    ['gdtr', `base ${hex(cpu.gdtr.base)} limit ${hex(cpu.gdtr.limit)}`],
    ['idtr', `base ${hex(cpu.idtr.base)} limit ${hex(cpu.idtr.limit)}`],
  ];
}
