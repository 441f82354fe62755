import { hex } from '../../quantities/hex';
import type { CpuReport, DisassembledLine, RunResult } from '../../run/result';
import { compact } from '../numbers';

/** Where each vCPU is; the one that ran last with its code, and why it cannot go on. */
export function cpuLines(result: RunResult): string[] {
  const [first, ...others] = result.cpus;
  if (!first) return [];
  const lines = [`cpu:        ${position(first)}`, ...first.disassembly.map((line, index) => instruction(line, index === 0))];
  for (const cpu of others) lines.push(`            ${position(cpu)}`);
  const { hang, faults } = result.end;
  if (hang) {
    lines.push(`hang:       ${hang.verdict}`);
    if (!sameCode(hang.loop, first.disassembly)) lines.push(...hang.loop.map((line) => instruction(line, false)));
  }
  if (faults.length > 0) {
    lines.push(`faults:     ${faults.map((fault) => fault.text).join(' -> ')}`);
    for (const { name, cr2 } of faults) if (cr2 !== undefined) lines.push(`            ${name}: cr2 ${cr2}`);
    lines.push(`            at instruction ${compact(faults[0]!.instructions)}`);
  }
  if (hang || faults.length > 0) lines.push(...registerLines(first));
  return lines;
}

function position(cpu: CpuReport): string {
  const paging = cpu.paging ? ', paging' : '';
  return `vCPU ${cpu.vcpu} ${cpu.activity}, ${cpu.mode} mode${paging}, ${cpu.at}, linear ${grouped(cpu.linear)}`;
}

function grouped(text: string): string {
  return /^0x[0-9a-f]+$/i.test(text) ? hex(BigInt(text)) : text;
}

function instruction(line: DisassembledLine, current: boolean): string {
  const at = `${line.cs.toString(16).padStart(4, '0')}:${line.ip}`;
  return `         ${current ? '=>' : '  '} ${at}  ${line.bytes.replace(/ /g, '').padEnd(16)} ${line.text}`;
}

function sameCode(loop: readonly DisassembledLine[], shown: readonly DisassembledLine[]): boolean {
  const known = new Set(shown.map((line) => `${line.cs}:${line.ip}`));
  return loop.every((line) => known.has(`${line.cs}:${line.ip}`));
}

const GENERAL = /^(?:[re]?(?:[abcd]x|[sd]i|[sb]p|flags)|r\d+|cr[023])$/;

function registerLines(cpu: CpuReport): string[] {
  const shown = cpu.registers.filter(([name, value]) => GENERAL.test(name) && !(/^r\d+$/.test(name) && /^0x0*$/.test(value)));
  const lines: string[] = [];
  for (let at = 0; at < shown.length; at += 6) {
    const row = shown.slice(at, at + 6).map(([name, value]) => `${name} ${value}`);
    lines.push(`${at === 0 ? 'registers:  ' : '            '}${row.join('  ')}`);
  }
  return lines;
}
