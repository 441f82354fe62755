import type { TraceSink } from '../../../trace/sink';
import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { PciConfigMechanism } from './config-mechanism';
import { I440Fx } from './i440fx';
import type { PamArea } from './pam';
import { Piix3Ide } from './piix3-ide';
import { Piix3Isa } from './piix3-isa';
import { Piix4Pm } from './piix4-pm';
import { PirqRouter } from './pirq-router';
import { StdVgaFunction } from './std-vga';
import { XenPlatformDevice } from './xen-platform';

const SILENT: TraceSink = { wants: () => false, record: () => undefined };

function machine() {
  const bus = new SystemBus(new VirtualClock(() => 0), SILENT);
  const irqs: string[] = [];
  const pam: PamArea[] = [];
  const pmBases: (number | undefined)[] = [];
  const frameBuffers: (number | undefined)[] = [];
  const isa = new Piix3Isa(Array.from({ length: 16 }, (_, irq) => ({ set: (level: boolean) => void irqs.push(`${irq}=${level}`) })));
  const router = new PirqRouter(
    (device, pin) => (device + pin) & 3,
    (line, level) => isa.setPirq(line, level),
  );
  const config = new PciConfigMechanism(SILENT, router.setPin);
  const host = new I440Fx({ pam: (area) => pam.push(area), smram: () => undefined }, { vendorId: 0x1af4, id: 0x1100 });
  const pm = new Piix4Pm({ mapPm: (base) => pmBases.push(base) });
  const xen = new XenPlatformDevice(bus, { unplug: () => undefined, log: () => undefined });
  const vga = new StdVgaFunction({
    bus,
    mapFrameBuffer: (base) => frameBuffers.push(base),
    readRegister: (port) => port & 0xff,
    writeRegister: () => undefined,
    readDispi: (index) => 0xb0c0 + index,
    writeDispi: () => undefined,
    frameBufferBytes: 0x100_0000,
    rom: new Uint8Array(39936).fill(0x55),
    subsystem: { vendorId: 0x1af4, id: 0x1100 },
  });
  const ide = new Piix3Ide(bus, { read: (offset) => offset, write: () => true });
  config.add(0, 0, host);
  config.add(1, 0, isa);
  config.add(1, 1, ide);
  config.add(1, 3, pm);
  config.add(2, 0, xen);
  config.add(3, 0, vga);
  bus.addPorts(config);
  const at = (device: number, fn: number, register: number) => 0x8000_0000 + device * 0x800 + fn * 0x100 + (register & 0xfc);
  const read = (device: number, fn: number, register: number, size: 1 | 2 | 4) => {
    bus.writePort(0xcf8, 4, at(device, fn, register));
    return bus.readPort(0xcfc + (register & 3), size);
  };
  const write = (device: number, fn: number, register: number, size: 1 | 2 | 4, value: number) => {
    bus.writePort(0xcf8, 4, at(device, fn, register));
    bus.writePort(0xcfc + (register & 3), size, value);
  };
  return { bus, read, write, irqs, pam, pmBases, frameBuffers, pm, xen };
}

test('a scan of bus 0 finds exactly the functions that are there', () => {
  const { read } = machine();
  const found: string[] = [];
  for (let devfn = 0; devfn < 256; devfn++) {
    const id = read(devfn >> 3, devfn & 7, 0, 4);
    if (id !== 0xffff_ffff) found.push(`${devfn >> 3}.${devfn & 7} ${id.toString(16)}`);
  }
  expect(found).toEqual(['0.0 12378086', '1.0 70008086', '1.1 70108086', '1.3 71138086', '2.0 15853', '3.0 11111234']);
  expect(read(1, 0, 0x0e, 1)).toBe(0x80);
  expect(read(0, 0, 0x2c, 4)).toBe(0x1100_1af4);
});

test('CF8h answers dword accesses only, and nothing decodes CFCh while it is disabled', () => {
  const { bus } = machine();
  bus.writePort(0xcf8, 4, 0x8000_0803);
  expect(bus.readPort(0xcf8, 4)).toBe(0x8000_0800);
  bus.writePort(0xcf8, 1, 0x55);
  expect(bus.readPort(0xcf8, 4)).toBe(0x8000_0800);
  bus.writePort(0xcf8, 4, 0x0000_0800);
  expect(bus.readPort(0xcfc, 4)).toBe(0xffff_ffff);
});

test('BAR sizing: implemented ones give their size and kind, the others 0; decoding follows the command register', () => {
  const { bus, read, write, frameBuffers } = machine();
  const size = (device: number, fn: number, register: number) => {
    write(device, fn, register, 4, register === 0x30 ? 0xffff_f800 : 0xffff_ffff);
    const value = read(device, fn, register, 4);
    write(device, fn, register, 4, 0);
    return value;
  };
  expect([0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30].map((register) => size(3, 0, register))).toEqual([
    0xff00_0008, 0, 0xffff_f000, 0, 0, 0, 0xffff_0000,
  ]);
  expect([size(2, 0, 0x10), size(2, 0, 0x14), size(1, 1, 0x20), size(1, 1, 0x10)]).toEqual([0xffff_ff01, 0xff00_0008, 0xffff_fff1, 0]);
  write(1, 1, 0x20, 4, 0xc101);
  expect(bus.readPort(0xc102, 1)).toBe(0xff);
  write(1, 1, 0x04, 2, 1);
  expect(bus.readPort(0xc102, 1)).toBe(2);
  write(3, 0, 0x10, 4, 0xf100_0000);
  write(3, 0, 0x30, 4, 0xf200_0001);
  write(3, 0, 0x04, 2, 3);
  expect(frameBuffers).toEqual([0xf100_0000]);
  expect(bus.readMmio(0xf200_0000, 2)).toBe(0x5555);
  expect(bus.readMmio(0xf200_9c00, 1)).toBe(0);
  write(3, 0, 0x30, 4, 0xf200_0000);
  expect(bus.readMmio(0xf200_0000, 2)).toBe(0xffff);
  write(3, 0, 0x04, 2, 0);
  expect(frameBuffers).toEqual([0xf100_0000, undefined]);
});

test('the interrupt pin is read-only, whatever word writes hit 3Ch', () => {
  const { read, write } = machine();
  write(1, 3, 0x3c, 2, 9);
  write(1, 3, 0x3c, 2, 1);
  expect([read(1, 3, 0x3d, 1), read(1, 3, 0x3c, 1)]).toEqual([1, 1]);
});

test('PAM writes tell what each area decodes', () => {
  const { pam, write } = machine();
  pam.length = 0;
  write(0, 0, 0x59, 1, 0x30);
  write(0, 0, 0x5a, 2, 0x0031);
  expect(pam).toEqual([
    { first: 0xf0000, last: 0xfffff, readsDram: true, writesDram: true },
    { first: 0xc0000, last: 0xc3fff, readsDram: true, writesDram: false },
    { first: 0xc4000, last: 0xc7fff, readsDram: true, writesDram: true },
  ]);
});

test('INTA of a slot goes by its PIRQ register to an ISA interrupt, and moves with it', () => {
  const { xen, irqs, write } = machine();
  write(1, 0, 0x60, 4, 0x050b_0a05);
  xen.setInterrupt(true);
  expect(irqs).toEqual(['11=true']);
  write(1, 0, 0x62, 1, 0x05);
  expect(irqs).toEqual(['11=true', '5=true', '11=false'].sort((a, b) => (a === '11=true' ? -1 : b === '11=true' ? 1 : 0)));
  xen.setInterrupt(false);
  expect(irqs.at(-1)).toBe('5=false');
});

test('PMBASE decodes once PMIOSE is set', () => {
  const { read, write, pmBases } = machine();
  expect([read(1, 3, 0x40, 4), read(1, 3, 0x58, 4)]).toEqual([1, 0]);
  write(1, 3, 0x40, 4, 0xb001);
  write(1, 3, 0x80, 1, 1);
  expect([read(1, 3, 0x40, 4), pmBases]).toEqual([0xb001, [0xb000]]);
});
