import type { Core, CpuState, SegmentState } from '../machine/core-host/types';
import { createBareCore } from './bare-core';
import { pushedFlagsOffset, type Chip } from './old-chips';
import { VECTOR_REGISTERS, type Vector, type VectorRegister } from './sst-pack';

const GPR_OF: Partial<Record<VectorRegister, number>> = { ax: 0, cx: 1, dx: 2, bx: 3, sp: 4, bp: 5, si: 6, di: 7 };
const SEGMENT_OF = { cs: 'cs', ss: 'ss', ds: 'ds', es: 'es' } as const;
const RAM_PAGES = 4096;
const LOADABLE_FLAGS = 0xfff;

export interface RealModeRunner {
  readonly core: Core;
  readonly powerOn: CpuState;
}

/** A bare CPU with 16 MiB of RAM in real mode. */
export function createRealModeRunner(): RealModeRunner {
  const core = createBareCore(RAM_PAGES);
  return { core, powerOn: core.saveCpu(0) };
}

function realSegment(selector: number, attributes: number): SegmentState {
  return { selector, base: BigInt(selector << 4), limit: 0xffff, attributes };
}

function loadVector({ core, powerOn }: RealModeRunner, vector: Vector): void {
  const state = structuredClone(powerOn);
  VECTOR_REGISTERS.forEach((name, position) => {
    const value = vector.registers[position] ?? 0;
    const gpr = GPR_OF[name];
    if (gpr !== undefined) state.gpr[gpr] = BigInt(value);
    else if (name === 'ip') state.rip = BigInt(value);
    else if (name === 'flags') state.rflags = BigInt((value & LOADABLE_FLAGS) | 2);
    else {
      const segment = SEGMENT_OF[name as keyof typeof SEGMENT_OF];
      state.segments[segment] = realSegment(value, segment === 'cs' ? 0x9b : 0x93);
    }
  });
  state.segments.fs = realSegment(0, 0x93);
  state.segments.gs = realSegment(0, 0x93);
  state.idtr = { base: 0n, limit: 0x3ff };
  state.activity = 0;
  core.loadCpu(0, state);
  for (const { address, bytes } of vector.ram) core.memory.write(address, bytes);
}

function clearVector(core: Core, vector: Vector): void {
  for (const { address, bytes } of [...vector.ram, ...vector.changedRam]) core.memory.write(address, new Uint8Array(bytes.length));
}

function registersOf(state: CpuState): Record<VectorRegister, number> {
  const entries = VECTOR_REGISTERS.map((name) => {
    const gpr = GPR_OF[name];
    if (gpr !== undefined) return [name, Number(state.gpr[gpr]! & 0xffffn)];
    if (name === 'ip') return [name, Number(state.rip & 0xffffn)];
    if (name === 'flags') return [name, Number(state.rflags & 0xffffn)];
    return [name, state.segments[SEGMENT_OF[name as keyof typeof SEGMENT_OF]].selector];
  });
  return Object.fromEntries(entries) as Record<VectorRegister, number>;
}

function compareRegisters(actual: Record<VectorRegister, number>, vector: Vector, flagsMask: number): string[] {
  const differences: string[] = [];
  VECTOR_REGISTERS.forEach((name, position) => {
    const expected = vector.changedRegisters[name] ?? vector.registers[position]!;
    const mask = name === 'flags' ? flagsMask & LOADABLE_FLAGS : 0xffff;
    if ((actual[name] & mask) !== (expected & mask)) {
      differences.push(`${name} is ${(actual[name] & mask).toString(16)}, silicon has ${(expected & mask).toString(16)}`);
    }
  });
  return differences;
}

function compareRam(core: Core, vector: Vector, flagsMask: number, flagsAt: number): string[] {
  const differences: string[] = [];
  for (const { address, bytes } of vector.changedRam) {
    const actual = core.memory.read(address, bytes.length);
    bytes.forEach((expected, offset) => {
      const at = address + offset;
      const mask = at === flagsAt ? flagsMask & 0xff : at === flagsAt + 1 ? (flagsMask >> 8) & 0x0f : 0xff;
      if ((actual[offset]! & mask) !== (expected & mask)) {
        differences.push(`[${at.toString(16)}] is ${actual[offset]!.toString(16)}, silicon has ${expected.toString(16)}`);
      }
    });
  }
  return differences;
}

/**
 * Runs one vector and gives the differences from silicon; none: it agrees.
 * 80286 vectors run to the HLT behind the instruction, 8086 vectors until CS:IP leaves the instruction.
 */
export function runVector(runner: RealModeRunner, chip: Chip, opcode: string, vector: Vector, flagsMask: number): string[] {
  const { core } = runner;
  loadVector(runner, vector);
  if (chip === '80286') {
    if (core.run(1000) !== 'halted') {
      clearVector(core, vector);
      return ['never reached the HLT'];
    }
  } else {
    const start = core.ip;
    const cs = core.cs;
    for (let step = 0; step < 8; step++) {
      core.run(1);
      if (core.ip !== start || core.cs !== cs) break;
    }
  }
  const actual = registersOf(core.saveCpu(0));
  const pushed = pushedFlagsOffset(opcode, vector);
  const flagsAt = pushed === undefined ? -1 : (actual.ss << 4) + ((actual.sp + pushed) & 0xffff);
  const differences = [...compareRegisters(actual, vector, flagsMask), ...compareRam(core, vector, flagsMask, flagsAt)];
  clearVector(core, vector);
  return differences;
}
