import type { EventKind } from '../../trace/events';
import type { TraceSink } from '../../trace/sink';
import { VirtualClock } from '../clock/virtual-clock';
import { SharedLine, GatedLine } from './line';
import { SystemBus } from './system-bus';
import type { AccessSize, MmioDevice, PortDevice } from './types';

function busWithTrace() {
  const events: unknown[][] = [];
  const trace: TraceSink = {
    wants: () => true,
    record: (kind: EventKind, ...fields: unknown[]) => void events.push([kind, ...fields]),
  };
  const clock = new VirtualClock(() => 0);
  return { bus: new SystemBus(clock, trace), clock, events };
}

/** Registers of one width, as an 8-bit ISA card or a 16-bit one decodes them. */
function card(first: number, last: number, width: AccessSize, log: string[] = []): PortDevice & MmioDevice {
  const regions = [{ first, last, name: 'card' }];
  const read = (at: number, size: AccessSize) => (size === width ? at & (2 ** (8 * width) - 1) : undefined);
  const write = (at: number, size: AccessSize, value: number) => {
    if (size !== width) return false;
    log.push(`${at.toString(16)}=${value.toString(16)}`);
    return true;
  };
  return { portRegions: regions, mmioRegions: regions, readPort: read, writePort: write, readMmio: read, writeMmio: write };
}

test('an 8-bit card sees a dword access as four bytes, low first', () => {
  const { bus, events } = busWithTrace();
  const log: string[] = [];
  bus.addPorts(card(0x3f0, 0x3f7, 1, log));
  bus.writePort(0x3f2, 4, 0xdead_beef);
  expect(log).toEqual(['3f2=ef', '3f3=be', '3f4=ad', '3f5=de']);
  expect(bus.readPort(0x3f6, 4)).toBe(0xffff_f7f6);
  expect(events).toEqual([
    ['port-write', 0x3f2, 4, 0xdead_beef, 1],
    ['port-read', 0x3f6, 4, 0xffff_f7f6, 1],
  ]);
});

test('a 16-bit data register gets a dword as two words, and a byte access goes unclaimed', () => {
  const { bus } = busWithTrace();
  bus.addPorts(card(0x1f0, 0x1f3, 2));
  expect(bus.readPort(0x1f0, 4)).toBe(0x01f2_01f0);
  expect(bus.readPort(0x1f0, 1)).toBe(0xff);
});

test('nobody there: all ones, an unclaimed event, and the time is spent all the same', () => {
  const { bus, clock, events } = busWithTrace();
  expect([bus.readPort(0xffff, 4), bus.readMmio(0xfed4_0f00, 2), bus.readPort(0x2f9, 1)]).toEqual([0xffff_ffff, 0xffff, 0xff]);
  bus.writePort(0x80, 1, 0x1ff);
  expect(events).toEqual([
    ['port-read', 0xffff, 4, 0xffff_ffff, 0],
    ['mmio-read', 0xfed4_0f00, 2, 0xffff, 0],
    ['port-read', 0x2f9, 1, 0xff, 0],
    ['port-write', 0x80, 1, 0xff, 0],
  ]);
  expect(clock.nowNs()).toBe(2000);
});

test('a BAR programmed onto a fixed device leaves that one in charge, and can be moved away', () => {
  const { bus } = busWithTrace();
  const log: string[] = [];
  const bar = card(0x60, 0x6f, 1, log);
  bus.addPorts(card(0x60, 0x60, 1));
  bus.addPorts(bar);
  bus.writePort(0x60, 1, 1);
  bus.writePort(0x61, 1, 2);
  expect(log).toEqual(['61=2']);
  bus.removePorts(bar);
  expect(bus.readPort(0x61, 1)).toBe(0xff);
  expect(bus.readPort(0x60, 1)).toBe(0x60);
});

test('memory registers above 4 GiB, split and unmapped', () => {
  const { bus } = busWithTrace();
  const log: string[] = [];
  const device = card(0x1_0000_0000, 0x1_0000_0fff, 1, log);
  bus.addMmio(device);
  bus.writeMmio(0x1_0000_0ffe, 4, 0x4433_2211);
  expect(log).toEqual(['100000ffe=11', '100000fff=22']);
  expect(bus.readMmio(0x1_0000_0ffe, 4)).toBe(0xffff_fffe);
  bus.removeMmio(device);
  expect(bus.readMmio(0x1_0000_0000, 1)).toBe(0xff);
});

test('a shared line stays high until its last driver lets go', () => {
  const seen: boolean[] = [];
  const line = new SharedLine('sci', { set: (level) => void seen.push(level) });
  const [pm, gpe] = [line.input(), line.input()];
  pm.set(true);
  gpe.set(true);
  pm.set(false);
  expect([seen, line.level]).toEqual([[true], true]);
  gpe.set(false);
  expect(seen).toEqual([true, false]);
});

test('a masked NMI arrives when the mask is lifted while its cause lasts', () => {
  const seen: boolean[] = [];
  const gate = new GatedLine('nmi', { set: (level) => void seen.push(level) });
  gate.setOpen(false);
  gate.set(true);
  expect(seen).toEqual([]);
  gate.setOpen(true);
  gate.set(false);
  expect(seen).toEqual([true, false]);
});
