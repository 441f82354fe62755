import { ApicBus } from '../../bus/apic-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { readApicMsr, writeApicMsr } from './apic-msrs';
import { ApicPage } from './apic-page';
import { LocalApic } from './local-apic';
import type { LocalApicOptions } from './options';

const BASE = 0x1b;
const DEADLINE = 0x6e0;
const [ID, VERSION, TPR, PPR, EOI, LDR, SVR] = [0x802, 0x803, 0x808, 0x80a, 0x80b, 0x80d, 0x80f] as const;
const [IRR2, ESR, ICR, LVT_TIMER, INITIAL, CURRENT, DIVIDE, SELF_IPI] = [0x822, 0x828, 0x830, 0x832, 0x838, 0x839, 0x83e, 0x83f] as const;
const XAPIC = 0xfee0_0800n;
const X2APIC = 0xfee0_0c00n;

/** Three CPUs with the APIC ids 0, 1 and 33, a TSC of 2 GHz. */
function cpus(options: Partial<LocalApicOptions> = {}, hasDeadline = true) {
  const clock = new VirtualClock(() => 0);
  const bus = new ApicBus();
  const log: string[] = [];
  const now = (): bigint => BigInt(Math.floor(clock.nowNs())) * 2n;
  const tsc = { now, whenNs: (value: bigint) => Math.max(clock.nowNs(), Number((value + 1n) / 2n)) };
  const apics = [0, 1, 33].map(
    (apicId) =>
      new LocalApic({
        name: `lapic${apicId}`,
        clock,
        bus,
        apicId,
        bsp: false,
        version: 0x5_0014,
        busHz: 1_000_000_000,
        physicalAddressBits: 40,
        x2apic: true,
        ...(hasDeadline ? { tsc } : {}),
        baseChanged: () => undefined,
        cpu: {
          changed: () => undefined,
          nmi: () => void log.push(`nmi ${apicId}`),
          init: () => void log.push(`init ${apicId}`),
          startup: (vector) => void log.push(`sipi ${apicId} ${vector.toString(16)}`),
          smi: () => undefined,
        },
        ...options,
      }),
  );
  const write = (cpu: number, msr: number, value: bigint): boolean => writeApicMsr(apics[cpu]!, msr, value);
  const read = (cpu: number, msr: number): bigint | undefined => readApicMsr(apics[cpu]!, msr);
  const enable = (): void =>
    apics.forEach((_, cpu) => {
      write(cpu, BASE, X2APIC);
      write(cpu, SVR, 0x1ffn);
    });
  const interrupting = (): boolean[] => apics.map((apic) => apic.interrupting);
  return { clock, log, apics, write, read, enable, interrupting };
}

test('the modes change as figure 11-27 allows', () => {
  const { write, read, apics } = cpus();
  expect([write(0, BASE, 0xfee0_0400n), write(0, BASE, X2APIC)]).toEqual([false, true]);
  expect([write(0, BASE, XAPIC), write(0, BASE, 0xfee0_0400n)]).toEqual([false, false]);
  write(0, SVR, 0x1ffn);
  expect([write(0, BASE, 0xfee0_0000n), write(0, BASE, X2APIC), write(0, BASE, XAPIC)]).toEqual([true, false, true]);
  expect([apics[0]!.accepting, read(0, ID)]).toEqual([false, undefined]);
  expect(cpus({ x2apic: false }).write(0, BASE, X2APIC)).toBe(false);
});

test('in x2APIC mode there are MSRs and no page, in xAPIC mode it is the other way round', () => {
  const { apics, write, read } = cpus();
  const page = new ApicPage(apics, () => 2);
  expect([page.mmioRegions.length, read(2, VERSION), write(2, TPR, 0x20n)]).toEqual([1, undefined, false]);
  page.writeMmio(0xfee0_0080, 4, 0x30);
  write(2, BASE, X2APIC);
  expect(page.readMmio(0xfee0_0080, 4)).toBeUndefined();
  expect([ID, VERSION, TPR, PPR, LDR].map((msr) => read(2, msr))).toEqual([33n, 0x5_0014n, 0x30n, 0x30n, 0x2_0002n]);
});

test('#GP for reserved bits, read-only, write-only and missing registers', () => {
  const { write, read, enable } = cpus();
  enable();
  const refused: readonly (readonly [msr: number, value: bigint])[] = [
    [TPR, 0x100n],
    [TPR, 1n << 32n],
    [EOI, 1n],
    [ESR, 1n],
    [SVR, 0x1000n],
    [LVT_TIMER, 0x8_0000n],
    [ICR, 0x1000n],
    [SELF_IPI, 0x100n],
    [DIVIDE, 4n],
    [ID, 0n],
    [LDR, 0n],
    [PPR, 0n],
    [IRR2, 0n],
    [CURRENT, 0n],
    [0x80e, 0n],
    [0x831, 0n],
    [0x800, 0n],
    [0x840, 0n],
  ];
  expect(refused.filter(([msr, value]) => write(0, msr, value))).toEqual([]);
  expect([EOI, SELF_IPI, 0x80c, 0x80e, 0x831, 0x82f, 0x8ff].filter((msr) => read(0, msr) !== undefined)).toEqual([]);
});

test('the interrupt command is one write, with destinations of 32 bits', () => {
  const { write, read, enable, interrupting, apics, log } = cpus();
  enable();
  write(0, ICR, (33n << 32n) | 0x45n);
  expect([interrupting(), read(0, ICR)]).toEqual([[false, false, true], (33n << 32n) | 0x45n]);
  expect(apics[2]!.acknowledge()).toBe(0x45);
  write(2, EOI, 0n);
  write(0, ICR, (0x2_0002n << 32n) | 0x0846n); // logical: cluster 2, bit 1
  expect(interrupting()).toEqual([false, false, true]);
  apics[2]!.acknowledge();
  write(2, EOI, 0n);
  write(0, ICR, (0x3n << 32n) | 0x0847n); // cluster 0, bits 0 and 1
  expect(interrupting()).toEqual([true, true, false]);
  write(1, ICR, (0xffn << 32n) | 0x500n);
  write(1, ICR, (0xffff_ffffn << 32n) | 0x400n);
  expect(log).toEqual(['nmi 0', 'nmi 1', 'nmi 33']);
});

test('SELF IPI leaves ICR alone; a reserved vector is an error', () => {
  const { write, read, enable, interrupting, apics } = cpus();
  enable();
  write(1, SELF_IPI, 0x50n);
  expect([interrupting(), read(1, IRR2), read(1, ICR)]).toEqual([[false, true, false], 1n << 16n, 0n]);
  expect(apics[1]!.acknowledge()).toBe(0x50);
  expect([write(1, SELF_IPI, 15n), write(1, ESR, 0n), read(1, ESR)]).toEqual([true, true, 0x20n]);
});

test('INIT keeps the mode, and the registers are as after power-up', () => {
  const { write, read, enable, log } = cpus();
  enable();
  write(1, TPR, 0x40n);
  write(0, ICR, (1n << 32n) | 0x500n);
  write(0, ICR, (1n << 32n) | 0x610n);
  expect([log, read(1, BASE), read(1, TPR), read(1, SVR), read(1, ID)]).toEqual([['init 1', 'sipi 1 10'], X2APIC, 0n, 0xffn, 1n]);
});

test('the TSC deadline comes once, at once when it has passed, and writing 0 takes it back', () => {
  const { clock, write, read, enable, interrupting, apics } = cpus();
  enable();
  write(0, DEADLINE, 1000n);
  expect(read(0, DEADLINE)).toBe(0n); // one-shot mode
  expect(write(0, LVT_TIMER, 0x4_0060n)).toBe(true);
  write(0, DEADLINE, 1000n);
  write(0, INITIAL, 5n);
  expect([read(0, DEADLINE), read(0, INITIAL), read(0, CURRENT), clock.nextDeadlineNs()]).toEqual([1000n, 0n, 0n, 500]);
  clock.idleTo(499);
  expect(interrupting()[0]).toBe(false);
  clock.idleTo(500);
  expect([interrupting()[0], read(0, DEADLINE)]).toEqual([true, 0n]);
  expect(apics[0]!.acknowledge()).toBe(0x60);
  write(0, EOI, 0n);
  write(0, DEADLINE, 10n);
  clock.idleTo(501);
  expect(interrupting()[0]).toBe(true);
  write(0, DEADLINE, 5000n);
  write(0, DEADLINE, 0n);
  expect(clock.nextDeadlineNs()).toBe(Infinity);
});

test('another timer mode takes the deadline back, a masked entry lets it pass; without the mode its bit is reserved', () => {
  const { clock, write, read, enable, interrupting } = cpus();
  enable();
  write(0, LVT_TIMER, 0x4_0060n);
  write(0, DEADLINE, 1000n);
  write(0, LVT_TIMER, 0x60n);
  expect([read(0, DEADLINE), clock.nextDeadlineNs()]).toEqual([0n, Infinity]);
  write(0, LVT_TIMER, 0x5_0060n);
  write(0, DEADLINE, 1000n);
  clock.idleTo(600);
  expect([read(0, DEADLINE), interrupting()[0]]).toEqual([0n, false]);
  const plain = cpus({}, false);
  plain.enable();
  expect([plain.write(0, LVT_TIMER, 0x4_0060n), plain.read(0, DEADLINE), plain.write(0, DEADLINE, 1n)]).toEqual([false, undefined, false]);
});
