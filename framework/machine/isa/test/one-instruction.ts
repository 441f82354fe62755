/** Runs single instructions on the built core, for rows of [name, before, bytes, after]. */
import { SHADOW } from '../../core/layout/cpu-state';
import { FPU_REGISTERS, MXCSR, XMM } from '../../core/layout/fpu-state';
import { createCore } from '../../core-host/create-core';
import { SILENT_HOOKS } from '../../core-host/silent-hooks';
import type { Core, CoreHooks, CpuState, SegmentState } from '../../core-host/types';

const REGISTERS = 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15'.split(' ');
const FLAG_BITS: Record<string, number> = { c: 0x1, p: 0x4, a: 0x10, z: 0x40, s: 0x80, d: 0x400, o: 0x800 };
/** Where the code and the default stack pointer are. */
export const CODE = 0x1000;
export const STACK = 0x8000;
const PAGE_TABLES = 0x10000;

/** Vector registers, MXCSR and control registers: bytes in hex, the lowest first. */
const VECTORS = /^(xmm|mm)(\d+)$/;

/** Registers by name, `xmm0` and `mm0` as hex bytes, `flags` as letters of "oszapcd" that are set, memory as `@address`: hex bytes. What is not named is 0. */
export type Machine = Record<string, string | number | bigint>;
/** Name; machine before; instruction bytes; what differs after. `flags` are compared in full, `fault` is "vector:code". */
export type Row = readonly [name: string, before: Machine, bytes: string, after: Machine];
export type Bits = 16 | 32 | 64;

const ZEROES: CoreHooks = {
  ...SILENT_HOOKS,
  portRead: () => 0,
  mmioRead: () => 0,
  cpuid: () => undefined,
  readRandom: () => 0xfedc_ba98_7654_3210n,
};

function segment(selector: number, limit: number, attributes: number): SegmentState {
  return { selector, base: 0n, limit, attributes };
}

/** Bytes of a vector register in the opaque part of a vCPU's state. */
function vectorBytes(state: CpuState, name: string): Uint8Array | undefined {
  const [, file, number] = VECTORS.exec(name) ?? [];
  if (number === undefined) return undefined;
  const at = (file === 'xmm' ? XMM : FPU_REGISTERS) + 16 * Number(number) - SHADOW;
  return state.internal.subarray(at, at + (file === 'xmm' ? 16 : 8));
}

function bareState(core: Core, bits: Bits): CpuState {
  const state = core.saveCpu(0);
  const limit = bits === 16 ? 0xffff : 0xffff_ffff;
  for (const name of ['ds', 'es', 'ss', 'fs', 'gs'] as const)
    state.segments[name] = segment(bits === 16 ? 0 : 0x10, limit, bits === 16 ? 0x93 : 0xc93);
  state.segments.cs = segment(bits === 16 ? 0 : 8, limit, { 16: 0x9b, 32: 0xc9b, 64: 0xa9b }[bits]);
  state.idtr = { base: 0n, limit: 0 };
  state.cr0 = 0x10n;
  if (bits !== 16) state.cr0 = 0x11n;
  if (bits === 64) {
    const tables = Buffer.alloc(0x3000);
    tables.writeUInt32LE(PAGE_TABLES + 0x1003, 0);
    tables.writeUInt32LE(PAGE_TABLES + 0x2003, 0x1000);
    tables.writeUInt32LE(0x83, 0x2000);
    core.memory.write(PAGE_TABLES, tables);
    Object.assign(state, { cr0: 0x8000_0011n, cr3: BigInt(PAGE_TABLES), cr4: 0x20n, efer: 0x500n });
  }
  state.cr4 |= 0x600n;
  state.internal.fill(0, FPU_REGISTERS - SHADOW, XMM + 256 - SHADOW);
  state.gpr.fill(0n);
  return state;
}

function flagsOf(letters: string): bigint {
  return BigInt(Array.from(letters).reduce((bits, letter) => bits | (FLAG_BITS[letter] ?? 0), 2));
}

function lettersOf(flags: bigint): string {
  return Array.from('oszapcd')
    .filter((letter) => (Number(flags) & (FLAG_BITS[letter] ?? 0)) !== 0)
    .join('');
}

/**
 * What the core shows of `expected`'s keys, and every register that differs from `before`; of MMX registers, which x87 programs leave
 * full, only what a single instruction changed.
 */
function observe(core: Core, before: Machine, expected: Machine, length: number, fault: string | undefined, isProgram: boolean): Machine {
  const state = core.saveCpu(0);
  const seen: Machine = {};
  REGISTERS.forEach((name, index) => {
    const value = state.gpr[index] ?? 0n;
    if (name in expected || value !== BigInt(before[name] ?? (name === 'rsp' ? STACK : 0))) seen[name] = value;
  });
  if ('rip' in expected || (fault === undefined && state.rip !== BigInt(CODE + length))) seen['rip'] = state.rip;
  const flags = lettersOf(state.rflags);
  if ('flags' in expected || flags !== (before['flags'] ?? '')) seen['flags'] = flags;
  for (const [key, value] of Object.entries({ ...before, ...expected })) {
    if (!key.startsWith('@')) continue;
    const hex = Buffer.from(core.memory.read(Number(key.slice(1)), String(value).length / 2)).toString('hex');
    if (key in expected || hex !== value) seen[key] = hex;
  }
  for (let index = 0; index < 16; index++) {
    for (const name of index < 8 ? [`xmm${index}`, `mm${index}`] : [`xmm${index}`]) {
      const bytes = Buffer.from(vectorBytes(state, name) ?? []);
      const hex = bytes.toString('hex');
      if (isProgram && name.startsWith('mm') && !(name in expected)) continue;
      if (name in expected || hex !== (before[name] ?? '').toString().padEnd(bytes.length * 2, '0')) seen[name] = hex;
    }
  }
  if ('mxcsr' in expected)
    seen['mxcsr'] = BigInt(new DataView(state.internal.buffer, state.internal.byteOffset).getUint32(MXCSR - SHADOW, true));
  if (fault !== undefined) seen['fault'] = fault;
  return seen;
}

function normalize(machine: Machine): Machine {
  const entries = Object.entries(machine).map(([key, value]) => {
    if (key === 'flags') return [key, lettersOf(flagsOf(String(value)))];
    return [key, typeof value === 'number' ? BigInt(value) : value];
  });
  return Object.fromEntries(entries) as Machine;
}

/** Runs the row's instruction, or so many instructions, and gives [what was seen, what the row wants], ready for `toEqual`. */
export function runRow(bits: Bits, [, before, bytes, after]: Row, instructions = 1): [Machine, Machine] {
  let fault: string | undefined;
  const core = createCore({
    vcpus: 1,
    hooks: { ...ZEROES, exception: (vector, code) => (fault ??= `${vector}:${code}`) },
    features: 0xbfff_ffff,
    features2: 0x710, // XSAVE, AES, PCLMULQDQ, RDRAND
    physicalAddressBits: 40,
  });
  core.memory.populate(0, 32);
  const state = bareState(core, bits);
  const code = Buffer.from(bytes.replaceAll(' ', ''), 'hex');
  core.memory.write(CODE, code);
  state.rip = BigInt(CODE);
  state.gpr[4] = BigInt(STACK);
  for (const [key, value] of Object.entries(before)) {
    const register = REGISTERS.indexOf(key);
    if (register >= 0) state.gpr[register] = BigInt(value);
    else if (key === 'cr0') state.cr0 |= BigInt(value);
    else if (key === 'cr4') state.cr4 = (state.cr4 & ~0x600n) | BigInt(value);
    else if (key === 'mxcsr') new DataView(state.internal.buffer, state.internal.byteOffset).setUint32(MXCSR - SHADOW, Number(value), true);
    else vectorBytes(state, key)?.set(Buffer.from(String(value), 'hex'));
    if (key.startsWith('@')) core.memory.write(Number(key.slice(1)), Buffer.from(String(value), 'hex'));
  }
  state.rflags = flagsOf(String(before['flags'] ?? ''));
  core.loadCpu(0, state);
  core.run(instructions);
  const expected = normalize(after);
  return [observe(core, normalize(before), expected, code.length, fault, instructions > 1), expected];
}
