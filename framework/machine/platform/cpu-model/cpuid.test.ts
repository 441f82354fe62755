import { createBareCore } from '../../../conformance/bare-core';
import { cpuid } from './cpuid';
import { CPU_MODELS, type CpuModel, DEFAULT_CPU, configuredCpu } from './models';

function leaf(kind: Pick<CpuModel, 'signature' | 'features' | 'features2'>, number: number, subleaf = 0, osxsave = false): Uint32Array {
  const model: CpuModel = { ...kind, physicalAddressBits: 40, vcpus: 1, apic: true, hypervisor: false, apicId: () => 0 };
  const out = new Uint32Array(4);
  cpuid(model, { vcpu: 0, apicEnabled: true, osxsave }, number, subleaf, out);
  return out;
}

function leaf1(name: keyof typeof CPU_MODELS): { eax: number; ecx: number; edx: number } {
  const out = leaf(CPU_MODELS[name], 1);
  return { eax: out[0] ?? 0, ecx: out[2] ?? 0, edx: out[3] ?? 0 };
}

const MMX_FXSR_SSE_SSE2 = 0x0780_0000;
/** SSE3, PCLMULQDQ, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, MOVBE, POPCNT, AES. */
const LEVEL_2 = 0x02d8_2203;
const RDRAND = 0x4000_0000;

test('every model has what x86-64 code may take for granted', () => {
  for (const name of ['x86-64', 'x86-64-v2'] as const) expect(leaf1(name).edx & MMX_FXSR_SSE_SSE2).toBe(MMX_FXSR_SSE_SSE2);
});

test('x86-64-v2 shows the second level, x86-64 nothing of it, neither a source of randomness', () => {
  expect(leaf1('x86-64-v2').ecx & LEVEL_2).toBe(LEVEL_2);
  expect(leaf1('x86-64').ecx & LEVEL_2).toBe(0);
  expect(leaf1('x86-64-v2').ecx & RDRAND).toBe(0);
});

test('what RESET leaves in EDX is what leaf 1 says', () => {
  const edx = createBareCore(1).saveCpu(0).gpr[2];
  expect(Number(edx)).toBe(leaf1(DEFAULT_CPU).eax);
});

const OSXSAVE = 0x0800_0000;
const XSAVE = 0x0400_0000;

test('a model without XSAVE has neither its bit nor its leaf', () => {
  expect(leaf1('x86-64-v2').ecx & XSAVE).toBe(0);
  expect([...leaf(CPU_MODELS['x86-64-v2'], 0)][0]).toBe(0xb);
});

test('x86-64-v2-xsave describes the area of x87 and SSE state, and XSAVEOPT', () => {
  const model = CPU_MODELS['x86-64-v2-xsave'];
  expect(leaf(model, 0)[0]).toBe(0xd);
  expect(leaf(model, 1)[2]! & (XSAVE | OSXSAVE)).toBe(XSAVE);
  expect(leaf(model, 1, 0, true)[2]! & OSXSAVE).toBe(OSXSAVE);
  expect([...leaf(model, 0xd, 0)]).toEqual([3, 576, 576, 0]);
  expect([...leaf(model, 0xd, 1)]).toEqual([1, 0, 0, 0]);
  expect([...leaf(model, 0xd, 2)]).toEqual([0, 0, 0, 0]);
});

test('RDRAND is there once a seed is given', () => {
  expect(leaf(configuredCpu({ rdrand: 0 }), 1)[2]! & RDRAND).toBe(RDRAND);
  expect(leaf(configuredCpu({}), 1)[2]! & RDRAND).toBe(0);
});

test('intel has MONITOR with its leaf, while IA32_MISC_ENABLE has it on', () => {
  const MONITOR = 8;
  expect(leaf(CPU_MODELS.intel, 1)[2]! & MONITOR).toBe(MONITOR);
  expect([...leaf(CPU_MODELS.intel, 5)]).toEqual([64, 64, 3, 0x10]);
  const out = new Uint32Array(4);
  const model = { ...CPU_MODELS.intel, physicalAddressBits: 40, vcpus: 1, apic: true, hypervisor: false, apicId: () => 0 };
  cpuid(model, { vcpu: 0, apicEnabled: true, osxsave: false, monitorOff: true }, 1, 0, out);
  expect(out[2]! & MONITOR).toBe(0);
});

test('intel has x2APIC mode and the TSC-deadline timer, unless the machine has no APICs', () => {
  const X2APIC_AND_DEADLINE = 0x0120_0000;
  expect(leaf(CPU_MODELS.intel, 1)[2]! & X2APIC_AND_DEADLINE).toBe(X2APIC_AND_DEADLINE);
  const out = new Uint32Array(4);
  const model = { ...CPU_MODELS.intel, physicalAddressBits: 40, vcpus: 1, apic: false, hypervisor: false, apicId: () => 0 };
  cpuid(model, { vcpu: 0, apicEnabled: false, osxsave: false }, 1, 0, out);
  expect(out[2]! & X2APIC_AND_DEADLINE).toBe(0);
});

function textOf(out: Uint32Array, order: readonly number[]): string {
  return order.map((index) => Buffer.from(Uint32Array.of(out[index]!).buffer).toString('latin1')).join('');
}

test('amd names its maker twice, and describes caches and processors in AMD’s leaves', () => {
  const model = CPU_MODELS.amd;
  for (const number of [0, 0x8000_0000]) expect(textOf(leaf(model, number), [1, 3, 2])).toBe('AuthenticAMD');
  expect(textOf(leaf(CPU_MODELS.intel, 0), [1, 3, 2])).toBe('GenuineIntel');
  expect(leaf(model, 1)[0]).toBe(0x0080_0f12);
  expect([...leaf(model, 4), ...leaf(model, 2), ...leaf(model, 0x100)].every((register) => register === 0)).toBe(true);
  expect([...leaf(model, 0x8000_0005)]).toEqual([0, 0, 0x2008_0140, 0x2004_0140]);
  expect([...leaf(model, 0x8000_0006)]).toEqual([0, 0, 0x0100_6040, 0x0040_8140]);
  const repeated = leaf(model, 0x8000_0001);
  expect([repeated[0], repeated[3]! & 0x0183_f3ff]).toEqual([0x0080_0f12, leaf(model, 1)[3]! & 0x0183_f3ff]);
  const out = new Uint32Array(4);
  const four: CpuModel = { ...model, physicalAddressBits: 40, vcpus: 4, apic: true, hypervisor: false, apicId: (vcpu) => vcpu };
  cpuid(four, { vcpu: 0, apicEnabled: true, osxsave: false }, 0x8000_0008, 0, out);
  expect([...out]).toEqual([0x3028, 0, 0x2003, 0]);
});

test('on Intel’s models a leaf past the highest gives the highest', () => {
  expect([...leaf(CPU_MODELS.intel, 0x100)]).toEqual([...leaf(CPU_MODELS.intel, 0xd)]);
});
