import { GPR_NAMES } from '../machine/core-host/types';
import type { Core, SegmentName } from '../machine/core-host/types';
import { REGISTER_BITS } from '../quantities/registers';
import { hex } from '../quantities/hex';
import type { RegisterCondition } from '../spec/types';
import { inRange, rangeText } from './conditions';
import type { Condition } from './conditions';

const HIGH_BYTES: Readonly<Record<string, string>> = { ah: 'rax', ch: 'rcx', dh: 'rdx', bh: 'rbx' };
const SEGMENTS: readonly string[] = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'];

/** A register of the selected vCPU by the name a spec uses (quantities/registers.ts). */
export function readRegister(core: Core, name: string): bigint {
  const bits = REGISTER_BITS.get(name) ?? 64;
  if (SEGMENTS.includes(name)) return BigInt(core.saveCpu(core.current).segments[name as SegmentName].selector);
  const control = /^cr([02348])$/.exec(name);
  if (control) return core.controlRegister(Number(control[1]) as 0 | 2 | 3 | 4 | 8);
  if (name === 'efer') return core.efer;
  const high = HIGH_BYTES[name];
  if (high !== undefined) return (general(core, high) >> 8n) & 0xffn;
  return wide(core, name) & ((1n << BigInt(bits)) - 1n);
}

function wide(core: Core, name: string): bigint {
  if (/^[re]?ip$/.test(name)) return core.ip;
  if (/^[re]?flags$/.test(name)) return core.rflags;
  const narrow = /^[a-d]l$/.test(name) ? `r${name[0] ?? ''}x` : name.replace(/^e/, 'r');
  return general(core, /^[a-z]{2}$/.test(narrow) ? `r${narrow}` : narrow);
}

function general(core: Core, name: string): bigint {
  return core.gpr((GPR_NAMES as readonly string[]).indexOf(name));
}

/** The register conditions of a milestone or expectation against the selected vCPU now. */
export function registerConditions(core: Core, wanted: readonly RegisterCondition[]): Condition[] {
  return wanted.map(({ register, value }) => {
    const actual = readRegister(core, register);
    return { label: register, isMet: inRange(value, actual), expected: () => rangeText(value), actual: () => hex(actual) };
  });
}

/** Linear address of the instruction under way. */
export function currentLinear(core: Core): bigint {
  return (core.saveCpu(core.current).segments.cs.base + core.ip) & 0xffff_ffff_ffff_ffffn;
}
