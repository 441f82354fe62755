import { VirtualClock } from '../clock/virtual-clock';
import { Hpet } from './hpet';

const BASE = 0xfed0_0000;

function board() {
  const clock = new VirtualClock(() => 0);
  const log: string[] = [];
  const line = (name: string) => ({ set: (level: boolean) => void log.push(`${name} ${level ? 'up' : 'down'} @${clock.nowNs()}`) });
  const hpet = new Hpet({
    name: 'hpet',
    clock,
    baseGpa: BASE,
    capabilities: 0x00f4_2400_8086_a201n,
    timerCapabilities: 0x00f0_0000_0000_0030n,
    route: (pin) => line(`pin${pin}`),
    legacyIrq0: line('irq0'),
    legacyIrq8: line('irq8'),
    legacyReplacement: (on) => void log.push(`legacy ${on}`),
  });
  const write = (offset: number, value: number) => hpet.writeMmio(BASE + offset, 4, value);
  const read = (offset: number) => hpet.readMmio(BASE + offset, 4)!;
  return { clock, log, hpet, write, read };
}

test('power-on registers; the vendor word that firmware looks for', () => {
  const { hpet, read } = board();
  expect([hpet.readMmio(BASE + 2, 2), read(0), read(4)]).toEqual([0x8086, 0x8086_a201, 16_000_000]);
  expect([read(0x100), read(0x104), read(0x108), read(0x10c), read(0x160)]).toEqual([0x30, 0x00f0_0000, 0xffff_ffff, 0xffff_ffff, 0]);
});

test('the main counter runs at 62.5 MHz while enabled, and can be set while stopped', () => {
  const { write, read, clock } = board();
  clock.idleTo(1000);
  expect(read(0xf0)).toBe(0);
  write(0xf0, 0xffff_fff0);
  write(0x10, 1);
  clock.idleTo(1000 + 16 * 20);
  expect([read(0xf0), read(0xf4)]).toEqual([4, 1]);
  write(0x10, 0);
  clock.idleTo(5000);
  expect(read(0xf0)).toBe(4);
});

test('a one-shot level timer asserts its I/O APIC pin until its status is cleared', () => {
  const { write, read, clock, log } = board();
  write(0x140, (20 << 9) | 6);
  write(0x148, 100);
  write(0x14c, 0);
  write(0x10, 1);
  clock.idleTo(10_000);
  expect([log, read(0x20)]).toEqual([['pin20 up @1600'], 4]);
  write(0x20, 4);
  expect([log.at(-1), read(0x20)]).toEqual(['pin20 down @10000', 0]);
});

test('periodic timer 0 in legacy replacement is IRQ0; VAL_SET sets the accumulator', () => {
  const { write, read, clock, log } = board();
  write(0x10, 2);
  write(0x100, 0x14c); // 32-bit, set value, periodic, enabled: as Linux programs it
  write(0x108, 1000);
  write(0x108, 62_500);
  write(0x10, 3);
  clock.idleTo(2_500_000);
  expect(log.filter((entry) => entry.includes('up'))).toEqual(['irq0 up @16000', 'irq0 up @1016000', 'irq0 up @2016000']);
  expect([log[0], read(0x108)]).toEqual(['legacy true', 1000 + 3 * 62_500]);
});

test('a 32-bit timer wraps; disabling leaves nothing armed', () => {
  const { write, clock, log } = board();
  write(0x120, 0x104 | (21 << 9));
  write(0x128, 10);
  write(0xf0, 0xffff_fff6);
  write(0x10, 1);
  clock.idleTo(320);
  expect(log).toEqual(['pin21 up @320', 'pin21 down @320']);
  write(0x10, 0);
  expect(clock.nextDeadlineNs()).toBe(Infinity);
});
