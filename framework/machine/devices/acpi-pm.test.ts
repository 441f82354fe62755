import { SharedLine } from '../bus/line';
import { SystemBus } from '../bus/system-bus';
import { VirtualClock } from '../clock/virtual-clock';
import { AcpiGpe } from './acpi-gpe';
import { AcpiPm } from './acpi-pm';
import { SmiCommand } from './smi-command';

function board(timerBits: 24 | 32, startTicks = 0) {
  const clock = new VirtualClock(() => 0);
  const sci: boolean[] = [];
  const line = new SharedLine('sci', { set: (level) => void sci.push(level) });
  const sleeps: number[] = [];
  const bus = new SystemBus(clock, { wants: () => false, record: () => undefined });
  const pm = new AcpiPm({
    name: 'pm',
    clock,
    bus,
    sci: line.input(),
    timerBits,
    startTicks,
    sleep: (type) => void sleeps.push(type),
  });
  pm.setBase(0xb000);
  const gpe = new AcpiGpe('gpe', 0xafe0, 2, line.input());
  return { clock, bus, pm, gpe, sci, sleeps };
}

test('a delay loop reads the 24-bit timer at 3.579545 MHz, and it wraps', () => {
  const { clock, pm } = board(24);
  clock.idleTo(1e9);
  expect(pm.readPort(0xb008, 4)).toBe(3_579_545);
  clock.idleTo(5e9);
  expect(pm.readPort(0xb008, 4)).toBe((5 * 3_579_545) % 2 ** 24);
  expect(pm.writePort(0xb008, 4, 0)).toBe(true);
  expect([pm.readPort(0xb00a, 2), pm.readPort(0xb00a, 4)]).toEqual([((5 * 3_579_545) % 2 ** 24) >> 16, undefined]);
});

test('the 32-bit timer of a hypervisor starts anywhere', () => {
  const { clock, pm } = board(32, 0x08ab_542d);
  expect(pm.readPort(0xb008, 4)).toBe(0x08ab_542d);
  clock.idleTo(1200e9);
  expect(pm.readPort(0xb008, 4)! >>> 0).toBe((0x08ab_542d + 1200 * 3_579_545) % 2 ** 32);
});

test('TMR_STS follows the top bit, and interrupts once SCI and its enable are on', () => {
  const { clock, pm, sci } = board(24);
  clock.idleTo(2.4e9);
  expect([pm.readPort(0xb000, 2), clock.nextDeadlineNs()]).toEqual([0x0001, Infinity]);
  pm.writePort(0xb000, 2, 0x0001);
  pm.writePort(0xb002, 2, 0x0001);
  pm.writePort(0xb004, 2, 0x0001);
  clock.idleTo(4.6e9);
  expect(sci).toEqual([]);
  clock.idleTo(4.7e9);
  expect(sci).toEqual([true]);
  pm.writePort(0xb000, 2, 0x0001);
  expect([sci.at(-1), pm.readPort(0xb000, 4)]).toEqual([false, 0x0001_0000]);
});

test('the power button is an SCI until its status is cleared; events share the line', () => {
  const { pm, gpe, sci } = board(24);
  pm.setSciEnabled(true);
  pm.writePort(0xb003, 1, 0x01);
  pm.pressPowerButton();
  gpe.writePort(0xafe2, 1, 0x04);
  gpe.raise(2);
  expect([pm.readPort(0xb001, 1), gpe.readPort(0xafe0, 1), sci]).toEqual([0x01, 0x04, [true]]);
  pm.writePort(0xb001, 1, 0x01);
  expect(sci).toEqual([true]);
  gpe.writePort(0xafe0, 1, 0x04);
  expect(sci).toEqual([true, false]);
});

test('firmware turns ACPI on by SMI command; an OS sleeps by SLP_TYP and SLP_EN', () => {
  const { pm, sleeps } = board(24);
  const smi = new SmiCommand('smi', (command) => pm.setSciEnabled(command === 0xf1));
  smi.writePort(0xb2, 1, 0xf1);
  expect([pm.readPort(0xb004, 2), smi.readPort(0xb2, 1)]).toEqual([1, 0xf1]);
  pm.writePort(0xb004, 2, 0x1401);
  expect(sleeps).toEqual([]);
  pm.writePort(0xb004, 2, 0x3401);
  expect([sleeps, pm.readPort(0xb004, 2)]).toEqual([[5], 0x1401]);
});

test('the block moves with its base, is gone without one, and comes back where a snapshot had it', () => {
  const { pm, bus } = board(24);
  pm.pressPowerButton();
  const saved = structuredClone(pm.state);
  expect(bus.readPort(0xb000, 2)).toBe(0x0100);
  pm.setBase(0x600);
  expect([bus.readPort(0xb000, 2), bus.readPort(0x600, 2)]).toEqual([0xffff, 0x0100]);
  pm.setBase(-1);
  expect(bus.readPort(0x600, 2)).toBe(0xffff);
  Object.assign(pm.state, saved);
  pm.restored();
  expect(bus.readPort(0xb000, 2)).toBe(0x0100);
});
