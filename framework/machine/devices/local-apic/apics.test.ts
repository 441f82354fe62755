import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApicBus } from '../../bus/apic-bus';
import { VirtualWire } from '../../bus/virtual-wire';
import { VirtualClock } from '../../clock/virtual-clock';
import { I8259aPair } from '../i8259a/pair';
import { IoApic } from '../io-apic';
import { ApicPage } from './apic-page';
import { LocalApic } from './local-apic';
import type { LocalApicOptions } from './options';

const GOLDEN = join(__dirname, '..', '..', '..', '..', '..', 'shared', 'golden', 'hvm1');
const APIC = 0xfee0_0000;
const IOAPIC = 0xfec0_0000;

/** A board with two CPUs, APIC ids 0 and 2, a 48-pin I/O APIC and the 8259A pair behind the virtual wire. */
function board(options: Partial<LocalApicOptions> = {}) {
  const clock = new VirtualClock(() => 0);
  const log: string[] = [];
  const intr = [false, false];
  const bus = new ApicBus();
  const wire = new VirtualWire((vcpu, asserted) => (intr[vcpu] = asserted));
  const pic = new I8259aPair(wire.picInt);
  const apics = [0, 1].map(
    (vcpu) =>
      new LocalApic({
        name: `lapic${vcpu}`,
        clock,
        bus,
        apicId: vcpu * 2,
        bsp: vcpu === 0,
        version: 0x5_0014,
        busHz: 100_000_000,
        physicalAddressBits: 40,
        baseChanged: () => undefined,
        cpu: {
          changed: wire.update,
          nmi: () => void log.push(`nmi ${vcpu}`),
          init: () => void log.push(`init ${vcpu}`),
          startup: (vector) => void log.push(`sipi ${vcpu} ${vector.toString(16)}`),
          smi: () => void log.push(`smi ${vcpu}`),
        },
        ...options,
      }),
  );
  const ioApic = new IoApic({ name: 'ioapic', bus, pins: 48, version: 0x11, baseGpa: IOAPIC, changed: wire.update });
  wire.connect({ pic, ioApic, localApics: apics });
  let current = 0;
  const page = new ApicPage(apics, () => current);
  const on = (vcpu: number) => (current = vcpu);
  const write = (offset: number, value: number) => page.writeMmio(APIC + offset, 4, value);
  const read = (offset: number) => page.readMmio(APIC + offset, 4)! >>> 0;
  const redirect = (pin: number, low: number, high = 0) => {
    ioApic.writeMmio(IOAPIC, 4, 0x10 + 2 * pin);
    ioApic.writeMmio(IOAPIC + 0x10, 4, low);
    ioApic.writeMmio(IOAPIC, 4, 0x11 + 2 * pin);
    ioApic.writeMmio(IOAPIC + 0x10, 4, high);
  };
  const entry = (pin: number) => ioApic.redirectionLow(pin);
  const bios = () => {
    for (const [port, value] of [
      [0x20, 0x11],
      [0x21, 0x08],
      [0x21, 0x04],
      [0x21, 0x01],
      [0x21, 0xfa],
    ] as const)
      pic.writePort(port, 1, value);
  };
  return { clock, log, intr, wire, pic, apics, ioApic, page, on, write, read, redirect, entry, bios };
}

function goldenRegisters(moment: 'before' | 'after'): number[] | undefined {
  const file = join(GOLDEN, moment, 'hvmctx.txt');
  if (!existsSync(file)) return undefined;
  const [, section] = readFileSync(file, 'latin1').split('LAPIC registers:');
  return Array.from(section!.matchAll(/^\s+0x[0-9a-f]{3}: 0x([0-9a-f]{8})\s+0x[0-9a-f]{3}: 0x([0-9a-f]{8})/gm)).flatMap((match) => [
    parseInt(match[1]!, 16),
    parseInt(match[2]!, 16),
  ]);
}

const hasGolden = existsSync(GOLDEN);
test(`registers before and after firmware are those of a real Xen${hasGolden ? '' : ' (golden run absent: not compared)'}`, () => {
  const { apics, write, redirect, ioApic } = board();
  const image = () => Array.from(apics[0]!.state.registers);
  expect(image()).toEqual(goldenRegisters('before') ?? image());
  expect(apics.map((apic) => apic.state.base)).toEqual([0xfee0_0900n, 0xfee0_0800n]);
  ioApic.writeMmio(IOAPIC, 4, 1);
  expect(ioApic.readMmio(IOAPIC + 0x10, 4)).toBe(0x002f_0011);
  ioApic.writeMmio(IOAPIC, 4, 0);
  ioApic.writeMmio(IOAPIC + 0x10, 4, 1);
  write(0xf0, 0x1ff);
  write(0x350, 0x0001_0700);
  write(0x360, 0x400);
  redirect(0, 0x700);
  expect(image()).toEqual(goldenRegisters('after') ?? image());
  expect(ioApic.state).toMatchObject({ select: 0x11, id: 0 });
});

test('the PIC reaches the CPU through I/O APIC pin 0 as ExtINT while LINT0 is masked', () => {
  const { bios, pic, intr, write, redirect, wire, on } = board();
  on(1);
  write(0xf0, 0x1ff);
  on(0);
  bios();
  pic.line(0).set(true);
  expect([pic.int, intr[0]]).toEqual([true, false]);
  write(0xf0, 0x1ff);
  write(0x350, 0x0001_0700);
  expect(intr[0]).toBe(false);
  redirect(0, 0x700);
  expect(intr).toEqual([true, false]);
  expect(wire.acknowledge(0)).toEqual({ vector: 0x08, source: 'pic' });
  expect(intr[0]).toBe(false);
  pic.line(0).set(false);
  pic.line(0).set(true);
  pic.writePort(0x20, 1, 0x20);
  expect(intr[0]).toBe(true);
  redirect(0, 0x700, 0x0200_0000);
  expect(intr).toEqual([false, true]);
  redirect(0, 0x1_0700);
  expect(intr).toEqual([false, false]);
});

test('the PIC reaches the CPU through LINT0 as ExtINT, and when the APIC is off', () => {
  const lint0 = board({ lint0AtReset: 0x700 });
  lint0.bios();
  lint0.pic.line(0).set(true);
  expect(lint0.intr[0]).toBe(true);
  const off = board();
  off.bios();
  off.pic.line(0).set(true);
  expect(off.intr[0]).toBe(false);
  expect(off.apics[0]!.writeBase(0xfee0_0100n)).toBe(true);
  expect([off.intr[0], off.page.readMmio(APIC + 0x30, 4)]).toEqual([true, undefined]);
  expect(off.apics[0]!.writeBase(0xfee0_0d00n)).toBe(false);
  expect(off.apics[0]!.writeBase(0x100_fee0_0900n)).toBe(false);
});

test('firmware wakes an AP with INIT and two SIPIs, and broadcasts them too', () => {
  const { write, log, read } = board();
  write(0x310, 0x0200_0000);
  write(0x300, 0x500);
  write(0x300, 0x601);
  write(0x300, 0x601);
  expect([log, read(0x300)]).toEqual([['init 1', 'sipi 1 1', 'sipi 1 1'], 0x601]);
  write(0x300, 0xc4500);
  write(0x300, 0xc4610);
  write(0x300, 0x8500); // INIT level de-assert: nobody minds
  expect(log.slice(3)).toEqual(['init 1', 'sipi 1 10']);
});

test('fixed interrupts wait for priority; EOI ends the highest', () => {
  const { write, read, wire, intr, on } = board();
  write(0xf0, 0x1ff);
  write(0x80, 0x40);
  write(0x300, 0x4_0045); // to itself
  expect(intr[0]).toBe(false);
  write(0x80, 0x30);
  expect([read(0xa0), intr[0]]).toEqual([0x30, true]);
  expect(wire.acknowledge(0)).toEqual({ vector: 0x45, source: 'lapic' });
  write(0x300, 0x4_004f);
  expect([intr[0], read(0xa0), read(0x120), read(0x220)]).toEqual([false, 0x40, 0x20, 0x8000]);
  write(0x300, 0x4_0051);
  expect(intr[0]).toBe(true);
  expect(wire.acknowledge(0).vector).toBe(0x51);
  write(0xb0, 0);
  expect([read(0xa0), intr[0]]).toEqual([0x40, false]);
  write(0xb0, 0);
  expect(wire.acknowledge(0).vector).toBe(0x4f);
  expect(wire.acknowledge(0).vector).toBe(0xff);
  on(1);
  write(0x310, 0);
  write(0x300, 0x4040);
  expect(read(0x280)).toBe(0);
});

test('logical destinations, flat and cluster, and lowest priority', () => {
  const { write, on, intr, apics } = board();
  for (const vcpu of [0, 1]) {
    on(vcpu);
    write(0xf0, 0x1ff);
    write(0xd0, (1 << vcpu) * 0x100_0000);
  }
  on(0);
  write(0x310, 0x0200_0000);
  write(0x300, 0x0850);
  expect(intr).toEqual([false, true]);
  write(0x80, 0x60);
  on(1);
  apics[1]!.acknowledge();
  write(0xb0, 0);
  on(0);
  write(0x310, 0x0300_0000);
  write(0x300, 0x0970); // lowest priority: CPU 1, whose TPR is 0
  expect(intr).toEqual([false, true]);
  on(1);
  write(0xe0, 0x0fff_ffff);
  write(0xd0, 0x2100_0000);
  expect([0x21, 0x11, 0xf1].map((destination) => apics[1]!.matchesLogical(destination))).toEqual([true, false, true]);
});

test('the timer: one-shot and periodic at bus frequency over its divider', () => {
  const { write, read, clock, wire, intr } = board();
  write(0xf0, 0x1ff);
  write(0x3e0, 0x0b);
  write(0x380, 1000);
  clock.idleTo(4000);
  expect(read(0x390)).toBe(600);
  clock.idleTo(20_000);
  expect([read(0x390), intr[0]]).toEqual([0, false]);
  write(0x320, 0x2_0030);
  write(0x3e0, 0x03); // by 16: 160 ns a count
  write(0x380, 100);
  const start = clock.nowNs();
  clock.idleTo(start + 16_000);
  expect(intr[0]).toBe(true);
  expect(wire.acknowledge(0).vector).toBe(0x30);
  write(0xb0, 0);
  clock.idleTo(start + 24_000);
  expect(read(0x390)).toBe(50);
  clock.idleTo(start + 32_000);
  expect(wire.acknowledge(0).vector).toBe(0x30);
  write(0xf0, 0xff); // software disable masks every LVT
  expect([read(0x320), clock.nextDeadlineNs()]).toEqual([0x3_0030, Infinity]);
});

test('a level interrupt keeps its remote IRR until EOI and asks again while asserted', () => {
  const { write, redirect, entry, ioApic, wire, intr } = board();
  write(0xf0, 0x1ff);
  const pci = ioApic.line(20);
  pci.set(true);
  redirect(20, 0xa051);
  expect([entry(20), intr[0]]).toEqual([0xe051, true]);
  wire.acknowledge(0);
  write(0xb0, 0);
  expect([entry(20), intr[0]]).toEqual([0xe051, true]);
  wire.acknowledge(0);
  pci.set(false);
  write(0xb0, 0);
  expect([entry(20), intr[0]]).toEqual([0xa051, false]);
});

test('an edge on a masked pin is lost, on an unmasked one it is delivered once', () => {
  const { write, redirect, ioApic, wire, intr } = board();
  write(0xf0, 0x1ff);
  ioApic.line(4).set(true);
  redirect(4, 0x41);
  expect(intr[0]).toBe(false);
  ioApic.line(4).set(false);
  ioApic.line(4).set(true);
  expect(wire.acknowledge(0).vector).toBe(0x41);
  write(0xb0, 0);
  expect(intr[0]).toBe(false);
});

test('the direct EOI register of later I/O APICs', () => {
  const bus = new ApicBus();
  const sent: number[] = [];
  bus.attach({
    apicId: 0,
    broadcastId: 0xff,
    processorPriority: 0,
    accepting: true,
    matchesLogical: () => true,
    receive: ({ vector }) => sent.push(vector) > 0,
  });
  const apic = new IoApic({ name: 'ioapic', bus, pins: 24, version: 0x20, baseGpa: IOAPIC, changed: () => undefined });
  apic.line(16).set(true);
  apic.writeMmio(IOAPIC, 4, 0x30);
  apic.writeMmio(IOAPIC + 0x10, 4, 0x8060);
  apic.writeMmio(IOAPIC + 0x40, 4, 0x61);
  expect(sent).toEqual([0x60]);
  apic.writeMmio(IOAPIC + 0x40, 4, 0x60);
  expect(sent).toEqual([0x60, 0x60]);
});

test('NMI by LINT1, reserved vectors and registers as errors, byte reads', () => {
  const { write, read, log, apics, page, wire } = board();
  apics[0]!.lint1.set(true);
  apics[0]!.lint1.set(false);
  write(0xf0, 0x1ff);
  write(0x360, 0x400);
  apics[0]!.lint1.set(true);
  expect(log).toEqual(['nmi 0']);
  write(0x370, 0xfe);
  write(0x300, 0x4_0003);
  read(0x40);
  expect(read(0x280)).toBe(0);
  write(0x280, 0);
  expect([read(0x280), wire.acknowledge(0).vector]).toEqual([0xa0, 0xfe]);
  expect([page.readMmio(APIC + 0x30, 1), page.readMmio(APIC + 0x32, 2), page.readMmio(APIC + 0x34, 4)]).toEqual([0x5_0014, 5, 0]);
});

test('a vector that a hypervisor posts waits while the APIC is off, and outlives an INIT that is ignored', () => {
  const { apics, intr, on, write, read, log } = board({ ignoresInit: () => true });
  on(1);
  write(0xf0, 0xff);
  apics[1]!.post(0xf3);
  expect(apics[1]!.receive({ delivery: 5, vector: 0, level: false })).toBe(true);
  expect(log).toEqual([]);
  expect(intr[1]).toBe(false);
  expect(read(0x270)).toBe(1 << (0xf3 & 31));
  write(0xf0, 0x1ff);
  expect(intr[1]).toBe(true);
  expect(apics[1]!.acknowledge()).toBe(0xf3);
});
