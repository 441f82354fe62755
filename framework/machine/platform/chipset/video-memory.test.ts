import type { MachineConfig } from '../../types';
import { PcMachine } from '../pc-i440fx/pc-machine';

const ROM = Uint8Array.from({ length: 0x1800 }, (_, at) => (at * 7) & 0xff);

function machine() {
  const config: MachineConfig = {
    platform: 'pc',
    name: 'test',
    memoryBytes: 32 << 20,
    vcpus: 1,
    firmware: { bios: new Uint8Array(0x10000).fill(0xf4), biosKind: 'seabios', vgaRom: ROM },
    disks: {},
    vga: 'stdvga',
    acpi: true,
    apic: true,
    boot: 'c',
    uuid: '00000000-0000-0000-0000-000000000000',
    rtcSeconds: 0,
    tscKhz: 1_000_000,
    domid: 1,
  };
  const pc = new PcMachine(config, { wants: () => false, record: () => undefined });
  const config32 = (register: number, value: number) => {
    pc.bus.writePort(0xcf8, 4, 0x8000_1000 + register);
    pc.bus.writePort(0xcfc, 4, value);
  };
  const dispi = (index: number, value: number) => {
    pc.bus.writePort(0x1ce, 2, index);
    pc.bus.writePort(0x1cf, 2, value);
  };
  return { pc, config32, dispi };
}

test('a frame buffer page becomes plain memory on its first write, and moves with the BAR', () => {
  const { pc, config32 } = machine();
  config32(0x10, 0xe000_0000);
  config32(0x04, 3);
  const before = pc.memory.allocatedBytes;
  expect(pc.bus.readMmio(0xe000_0000, 4)).toBe(0);
  expect(pc.memory.allocatedBytes).toBe(before);
  pc.bus.writeMmio(0xe010_0000, 4, 0x1122_3344);
  expect(pc.memory.kind(0xe0100)).toBe('ram');
  expect(pc.memory.read(0xe010_0000, 4)).toEqual(Uint8Array.of(0x44, 0x33, 0x22, 0x11));
  config32(0x10, 0xd000_0000);
  expect([pc.memory.kind(0xe0100), pc.memory.kind(0xd0100)]).toEqual(['hole', 'ram']);
  expect(pc.bus.readMmio(0xe010_0000, 4)).toBe(0xffff_ffff);
  config32(0x04, 0);
  expect(pc.memory.kind(0xd0100)).toBe('hole');
});

test('a frame buffer over RAM changes nothing: RAM stays, and is still there afterwards', () => {
  const { pc, config32, dispi } = machine();
  pc.memory.write(0x100_0000, Uint8Array.of(0x5a));
  pc.bus.writePort(0x3c2, 1, 0x63);
  dispi(1, 640);
  dispi(2, 480);
  dispi(3, 8);
  dispi(4, 0x41);
  pc.bus.writePort(0x3c4, 2, 0x0f02);
  pc.bus.writePort(0x3c4, 2, 0x0e04);
  pc.bus.writePort(0x3ce, 2, 0x0506);
  pc.bus.writeMmio(0xa0000, 1, 0x77);
  config32(0x10, 0x0100_0000);
  config32(0x04, 3);
  expect(pc.readPhysical(0x100_0000, 1)[0]).toBe(0x5a);
  config32(0x10, 0xe000_0000);
  expect(pc.readPhysical(0x100_0000, 1)[0]).toBe(0x5a);
  expect(pc.readPhysical(0xe000_0000, 1)[0]).toBe(0x77);
});

test('a restored machine has its frame buffer where the saved one had it', () => {
  const { pc, config32 } = machine();
  config32(0x10, 0xe000_0000);
  config32(0x04, 3);
  pc.bus.writeMmio(0xe000_0000, 1, 0x99);
  const saved = pc.save();
  const other = machine();
  other.config32(0x10, 0xd000_0000);
  other.config32(0x04, 3);
  other.pc.bus.writeMmio(0xd000_0000, 1, 0x11);
  other.pc.restore(saved);
  expect([other.pc.memory.kind(0xd0000), other.pc.readPhysical(0xe000_0000, 1)[0]]).toEqual(['hole', 0x99]);
  expect(other.pc.save()).toEqual(saved);
});

test("the adapter's ROM is read-only memory while its BAR decodes, and moves with it", () => {
  const { pc, config32 } = machine();
  config32(0x04, 3);
  config32(0x30, 0xe800_0001);
  expect(pc.memory.kind(0xe8001)).toBe('rom');
  expect(pc.memory.read(0xe800_1000, 0x800)).toEqual(ROM.subarray(0x1000));
  config32(0x30, 0xe900_0001);
  expect([pc.memory.kind(0xe8001), pc.memory.kind(0xe9001)]).toEqual(['hole', 'rom']);
  // Over RAM, RAM stays.
  config32(0x30, 0x0100_0001);
  expect([pc.memory.kind(0xe9001), pc.memory.kind(0x1001)]).toEqual(['hole', 'ram']);
  config32(0x30, 0);
  expect(pc.memory.kind(0x1001)).toBe('ram');
});
