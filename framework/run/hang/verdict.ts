import type { CpuState } from '../../machine/core-host/types';
import type { Machine } from '../../machine/types';
import { listing } from '../cpu-report';
import type { DisassembledLine, HangReport } from '../result';
import type { Loop } from './loop-trace';

/** Loops longer than this are shown by their beginning. */
const LINES_MAX = 8;

/** `12M`, `350k`, `42`. */
function compactCount(count: number): string {
  if (count >= 1e6) return `${trimmed(count / 1e6)}M`;
  return count >= 1e4 ? `${trimmed(count / 1e3)}k` : String(count);
}

function trimmed(value: number): string {
  return value >= 10 ? String(Math.floor(value)) : value.toFixed(1).replace(/\.0$/, '');
}

function upper(value: number | bigint): string {
  return value.toString(16).toUpperCase();
}

/** `F000:E2C3`. */
function place(cs: number, ip: bigint): string {
  return `${upper(cs).padStart(4, '0')}:${upper(ip).padStart(4, '0')}`;
}

/** Says in words why a loop can never end. `rounds`: how often it went round, as far as it was watched. */
export function loopVerdict(machine: Machine, loop: Loop, kind: HangReport['kind'], rounds: number): HangReport {
  const addresses = [...new Set(loop.ips)];
  const size = loop.ips.length;
  const what = `${size}-instruction loop at ${place(loop.cs, loop.ips[0] ?? 0n)}`;
  return {
    verdict: `${what} ${reason(loop, kind, rounds)}`,
    kind,
    vcpu: loop.vcpu,
    loopInstructions: size,
    rounds,
    loop: disassembly(machine, addresses.slice(0, LINES_MAX)),
  };
}

function reason(loop: Loop, kind: HangReport['kind'], rounds: number): string {
  const times = `${compactCount(rounds)} times`;
  if (kind === 'port-poll') {
    const read = loop.deviceReads[loop.deviceReads.length - 1]!;
    const name = read.kind === 'port-read' ? `port 0x${upper(read.address)}` : `device register 0x${upper(read.address)}`;
    return `polls ${name}, value 0x${upper(read.value)}, ${times}`;
  }
  const interrupts = loop.isInterruptible ? 'no timer armed' : 'interrupts off';
  if (kind === 'memory-poll') {
    const read = loop.memoryReads[0]!;
    const value = [...Buffer.from(read.value, 'hex')].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
    return `polls memory 0x${upper(read.linear)}, value 0x${value.join('').toUpperCase()}, which nothing can change (${interrupts})`;
  }
  return `repeats with the same registers and memory, ${interrupts}`;
}

function disassembly({ core }: Machine, addresses: readonly bigint[]): DisassembledLine[] {
  const cpu = core.saveCpu(core.current);
  return addresses.flatMap((ip) => listing(core, cpu, ip, 1));
}

const HLT = 0xf4;
const LINES_OF_WAIT = 3;

/** A guest that sleeps from one timer tick to the next. `interrupts`: how often each vector came in `waitedNs`. */
export function idleVerdict(
  sleeper: DisassembledLine[],
  vcpu: number,
  waitedNs: number,
  interrupts: ReadonlyMap<number, number>,
): HangReport {
  const ticks = [...interrupts].sort(([left], [right]) => left - right);
  const count = ticks.reduce((sum, [, times]) => sum + times, 0);
  const vectors = ticks.map(([vector]) => `0x${upper(vector).padStart(2, '0')}`).join(', ');
  const woken = count === 0 ? 'nothing wakes it' : `only interrupt ${vectors} comes, ${compactCount(count)} times, and returns there`;
  const [{ cs, ip } = { cs: 0, ip: '0' }] = sleeper;
  const verdict = `idle wait at ${place(cs, BigInt(`0x${ip}`))} for ${Number((waitedNs / 1e9).toPrecision(3))} s: ${woken}`;
  return { verdict, kind: 'idle', vcpu, loopInstructions: 0, rounds: count, loop: sleeper };
}

/** The HLT, or other instruction, at which a vCPU sleeps, and what comes after it. */
export function sleepingAt({ core }: Machine, cpu: CpuState): DisassembledLine[] {
  const before = core.readLinear(cpu.segments.cs.base + cpu.rip - 1n, 1);
  return listing(core, cpu, before[0] === HLT ? cpu.rip - 1n : cpu.rip, LINES_OF_WAIT);
}

/** Every CPU has halted, and nothing is left that could wake one. */
export function haltVerdict(machine: Machine): HangReport {
  const { core } = machine;
  const cpu = core.saveCpu(core.current);
  const hasInterrupts = (cpu.rflags & 0x200n) !== 0n;
  const why = hasInterrupts ? 'interrupts are on, but no timer is armed' : 'interrupts are off';
  return {
    verdict: `halted at ${place(core.cs, core.ip)}: ${why}, nothing can wake a CPU`,
    kind: 'halted',
    vcpu: core.current,
    loopInstructions: 0,
    rounds: 0,
    loop: [],
  };
}
