import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApicBus } from '../bus/apic-bus';
import { fanOut } from '../bus/line';
import { SystemBus } from '../bus/system-bus';
import type { Stateful } from '../bus/types';
import { VirtualWire } from '../bus/virtual-wire';
import { VirtualClock } from '../clock/virtual-clock';
import { Hpet } from './hpet';
import { I8254 } from './i8254/i8254';
import { I8259aPair } from './i8259a/pair';
import { IoApic } from './io-apic';
import { ApicPage } from './local-apic/apic-page';
import { LocalApic } from './local-apic/local-apic';
import { Mc146818 } from './mc146818/mc146818';
import { toSeconds } from './mc146818/calendar';
import { Port61 } from './port-61';
import { Uart16550a } from './uart-16550a/uart-16550a';

const GOLDEN = join(__dirname, '..', '..', '..', '..', 'shared', 'golden', 'hvm1');
const HAS_GOLDEN = existsSync(GOLDEN);
const IGNORE = { set: () => undefined };

/** A board of the chips that keep time and interrupt, wired as a platform does it. */
function board() {
  const clock = new VirtualClock(() => 0);
  const bus = new SystemBus(clock, { wants: () => false, record: () => undefined });
  const log: string[] = [];
  const intr = { level: false };
  const wire = new VirtualWire((_, asserted) => (intr.level = asserted));
  const apicBus = new ApicBus();
  const pic = new I8259aPair(wire.picInt);
  const ioApic = new IoApic({ name: 'ioapic', bus: apicBus, pins: 48, version: 0x11, baseGpa: 0xfec0_0000, changed: wire.update });
  const isa = (irq: number) => fanOut(pic.line(irq), ioApic.line(irq === 0 ? 2 : irq));
  const lapic = new LocalApic({
    name: 'lapic0',
    clock,
    bus: apicBus,
    apicId: 0,
    bsp: true,
    version: 0x5_0014,
    busHz: 100_000_000,
    physicalAddressBits: 40,
    baseChanged: () => undefined,
    cpu: { changed: wire.update, nmi: () => undefined, init: () => undefined, startup: () => undefined, smi: () => undefined },
  });
  wire.connect({ pic, ioApic, localApics: [lapic] });
  const pit = new I8254({ name: 'pit', clock, outputs: [isa(0)] });
  const port61 = new Port61({
    name: 'port61',
    gate: { set: (level) => pit.setGate(2, level) },
    timer2Out: () => pit.out(2),
    refresh: () => pit.refresh,
    nmi: IGNORE,
  });
  const rtc = new Mc146818({
    name: 'rtc',
    clock,
    irq: isa(8),
    nmiDisable: IGNORE,
    startSeconds: toSeconds({ year: 2026, month: 11, day: 22, hour: 9, minute: 45, second: 30 }),
    sunday: 0,
    periodicFlagNeedsEnable: true,
  });
  const uart = new Uart16550a({ name: 'com1', clock, base: 0x3f8, irq: isa(4), transmit: (byte) => void log.push(`tx ${byte}`) });
  const hpet = new Hpet({
    name: 'hpet',
    clock,
    baseGpa: 0xfed0_0000,
    capabilities: 0x00f4_2400_8086_a201n,
    timerCapabilities: 0x00f0_0000_0000_0030n,
    route: (pin) => ioApic.line(pin),
    legacyIrq0: isa(0),
    legacyIrq8: isa(8),
    legacyReplacement: () => undefined,
  });
  for (const device of [pic, pit, port61, rtc, uart]) bus.addPorts(device);
  for (const device of [ioApic, new ApicPage([lapic], () => 0), hpet]) bus.addMmio(device);
  const devices: Stateful[] = [pic.master, pic.slave, ioApic, lapic, pit, port61, rtc, uart, hpet, wire];
  const out = (port: number, ...values: number[]) => values.forEach((value) => bus.writePort(port, 1, value));
  const cmos = (index: number, value: number) => {
    out(0x70, index);
    out(0x71, value);
  };
  return { clock, bus, log, intr, wire, pic, ioApic, lapic, pit, rtc, uart, hpet, devices, out, cmos };
}
type Board = ReturnType<typeof board>;

/** What hvmloader and then a PC BIOS do to these chips, up to the boot sector. */
function boot({ bus, out, cmos, wire, clock, intr }: Board): void {
  bus.writeMmio(0xfee0_00f0, 4, 0x1ff);
  bus.writeMmio(0xfee0_0350, 4, 0x0001_0700);
  bus.writeMmio(0xfee0_0360, 4, 0x400);
  for (const [register, value] of [
    [0x10, 0x700],
    [0x11, 0],
  ] as const) {
    bus.writeMmio(0xfec0_0000, 4, register);
    bus.writeMmio(0xfec0_0010, 4, value);
  }
  out(0x4d0, 0x20);
  out(0x4d1, 0x0c);
  out(0x20, 0x11);
  out(0xa0, 0x11);
  out(0x21, 0x08, 0x04, 0x01, 0xfb);
  out(0xa1, 0x70, 0x02, 0x01, 0xff);
  out(0x43, 0x34);
  out(0x40, 0, 0);
  cmos(0x0a, 0x26);
  cmos(0x0b, 0x02);
  out(0x21, 0xb8);
  out(0xa1, 0x8e);
  for (let tick = 0; tick < 20; tick++) {
    clock.idleTo(clock.nextDeadlineNs());
    while (intr.level) {
      expect(wire.acknowledge(0)).toEqual({ vector: 0x08, source: 'pic' });
      out(0x20, 0x20);
    }
  }
  clock.idleTo(clock.nextDeadlineNs()); // a tick while interrupts are off
}

/** Lines of one record of the golden run. */
function golden(moment: 'before' | 'after', record: string): string[] | undefined {
  if (!HAS_GOLDEN) return undefined;
  const text = readFileSync(join(GOLDEN, moment, 'hvmctx.txt'), 'latin1').split(/^Entry .*\n/m);
  return text.filter((section) => section.trimStart().startsWith(record)).map((section) => section.trim().replace(/\s+/g, ' '));
}

const hex = (value: number | bigint) => (value === 0 || value === 0n ? '0' : `0x${value.toString(16)}`);
const bit = (value: boolean) => (value ? '0x1' : '0');

function picText({ pic }: Board, name: 'master' | 'slave'): string {
  const it = pic[name].state;
  return (
    `PIC: IRQ base ${hex(it.irqBase)}, irr ${hex(it.irr)}, imr ${hex(it.imr)}, isr ${hex(it.isr)} ` +
    `init_state ${it.initState}, priority_add ${it.highestPriority}, readsel_isr ${bit(it.readIsr)}, poll ${bit(it.poll)} ` +
    `auto_eoi ${bit(it.autoEoi)}, rotate_on_auto_eoi ${bit(it.rotateOnAutoEoi)} ` +
    `special_fully_nested_mode ${bit(it.specialFullyNested)}, special_mask_mode ${bit(it.specialMask)} ` +
    `is_master ${name === 'master' ? 1 : 0}, elcr ${hex(it.elcr)}, int_output ${bit(it.int)}`
  );
}

function pitText({ pit }: Board): string {
  const counter = (index: number) => {
    const it = pit.state.counters[index]!;
    return (
      `ch ${index}: count ${hex(it.count)}, latched_count ${hex(it.latchedCount)}, count_latched ${hex(it.countLatched)} ` +
      `status ${hex(it.latchedStatus)}, status_latched ${bit(it.statusLatched)} ` +
      `rd_state ${hex(it.readState)}, wr_state ${hex(it.writeState)}, wr_latch ${hex(it.writeLatch)}, rw_mode ${hex(it.rwMode)} ` +
      `mode ${hex(it.mode)}, bcd ${bit(it.bcd)}, gate ${bit(it.gate)}`
    );
  };
  return `PIT: speaker off ${counter(0)} ${counter(1)}`;
}

function ioApicText({ ioApic }: Board): string {
  const { state } = ioApic;
  const pins = Array.from(state.redirectionLow, (low, pin) => {
    const entry = (BigInt(state.redirectionHigh[pin]!) << 32n) | BigInt(low);
    return `pin ${String(pin).padStart(2, '0')}: 0x${entry.toString(16).padStart(16, '0')}`;
  });
  return `IOAPIC: base_address 0xfec00000, ioregsel ${hex(state.select)} id ${state.id} ${pins.join(' ')}`;
}

function hpetText({ hpet }: Board): string {
  const { state } = hpet;
  const timers = state.timers.map(
    (timer, index) =>
      `timer${index} config 0x${timer.configuration.toString(16).padStart(16, '0')} cmp ${hex(timer.comparator)} ` +
      `timer${index} period ${timer.period.toString(16).padStart(8, '0')} fsb 00000000`,
  );
  return `HPET: capability 0xf424008086a201 config ${hex(state.configuration)} isr ${hex(state.interruptStatus)} counter ${hex(state.counter)} ${timers.join(' ')}`;
}

/** Registers whose value does not depend on the time of day. */
const timeless = (registers: readonly number[]) => registers.filter((_, index) => index === 1 || index === 3 || index >= 5);

function rtcRegisters(moment: 'before' | 'after'): number[] | undefined {
  const text = golden(moment, 'RTC:')?.[0];
  return text === undefined ? undefined : Array.from(text.matchAll(/0x([0-9a-f]{2})\b/g), (match) => parseInt(match[1]!, 16)).slice(0, 14);
}

const missing = HAS_GOLDEN ? '' : ' (golden run absent: not compared)';

test.each(['before', 'after'] as const)(`chips %s firmware are in the state that a real Xen saved${missing}`, (moment) => {
  const it = board();
  if (moment === 'after') boot(it);
  const pics = [picText(it, 'master'), picText(it, 'slave')];
  expect(pics).toEqual(golden(moment, 'PIC:') ?? pics);
  expect([pitText(it)]).toEqual(golden(moment, 'PIT:') ?? [pitText(it)]);
  expect([ioApicText(it)]).toEqual(golden(moment, 'IOAPIC:') ?? [ioApicText(it)]);
  expect([hpetText(it)]).toEqual(golden(moment, 'HPET:') ?? [hpetText(it)]);
  it.clock.idleTo(it.clock.nowNs() + 1e9); // the update flag of the next second
  const registers = Array.from({ length: 14 }, (_, index) => it.rtc.byte(index));
  expect(timeless(registers)).toEqual(timeless(rtcRegisters(moment) ?? registers));
});

test('restored chips go on exactly as the saved ones would have', () => {
  const it = board();
  boot(it);
  const { clock, devices, out, cmos, log, bus, wire, intr } = it;
  cmos(0x0b, 0x72);
  cmos(0x01, 0x35);
  out(0x3fa, 0xc7);
  out(0x3fc, 0x0b);
  out(0x3f9, 0x0f);
  for (const character of 'snapshot') out(0x3f8, character.charCodeAt(0));
  bus.writeMmio(0xfee0_0320, 4, 0x2_0040);
  bus.writeMmio(0xfee0_0380, 4, 123_457);
  bus.writeMmio(0xfed0_0148, 4, 700_000);
  bus.writeMmio(0xfed0_014c, 4, 0);
  bus.writeMmio(0xfed0_0140, 4, (20 << 9) | 6);
  bus.writeMmio(0xfed0_0010, 4, 1);
  clock.idleTo(clock.nowNs() + 100_000);
  const saved = structuredClone({ clock: clock.save(), states: devices.map((device) => device.state) });
  const goOn = () => {
    log.length = 0;
    for (let step = 0; step < 400; step++) {
      clock.idleTo(clock.nowNs() + 123_456);
      if (intr.level) log.push(`${clock.nowNs()} ${JSON.stringify(wire.acknowledge(0))}`);
      if (step % 7 === 0) out(0x20, 0x20);
      if (step % 9 === 0) bus.writeMmio(0xfee0_00b0, 4, 0);
      log.push(`${bus.readPort(0x40, 1)} ${bus.readPort(0x3fd, 1)} ${bus.readMmio(0xfee0_0390, 4)} ${bus.readMmio(0xfed0_00f0, 4)}`);
    }
    return [...log];
  };
  const first = goOn();
  clock.restore(structuredClone(saved.clock));
  devices.forEach((device, index) => Object.assign(device.state, structuredClone(saved.states[index])));
  for (const device of devices) device.restored?.();
  expect(goOn()).toEqual(first);
  expect(first.filter((entry) => entry.startsWith('tx'))).toHaveLength(6);
  expect(first.filter((entry) => entry.includes('lapic')).length).toBeGreaterThan(5);
});
