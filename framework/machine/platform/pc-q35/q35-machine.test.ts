import type { MachineConfig } from '../../types';
import { Q35Machine } from './q35-machine';

function machine() {
  const events: unknown[][] = [];
  const config: MachineConfig = {
    platform: 'q35',
    name: 'test',
    memoryBytes: 16 << 20,
    vcpus: 1,
    firmware: { bios: new Uint8Array(0x10000).fill(0xf4), biosKind: 'seabios' },
    disks: {},
    cdroms: { hda: { sizeBytes: 1 << 20, read: (_offset, length) => new Uint8Array(length) } },
    vga: 'stdvga',
    acpi: true,
    apic: true,
    boot: 'c',
    uuid: '00000000-0000-0000-0000-000000000000',
    rtcSeconds: 0,
    tscKhz: 1_000_000,
    domid: 1,
  };
  const q35 = new Q35Machine(config, { wants: (kind) => kind === 'reset', record: (...row) => void events.push(row) });
  const select = (device: number, fn: number, register: number) =>
    q35.bus.writePort(0xcf8, 4, 0x8000_0000 + device * 0x800 + fn * 0x100 + (register & 0xfc));
  const write = (device: number, fn: number, register: number, size: 1 | 2 | 4, value: number) => {
    select(device, fn, register);
    q35.bus.writePort(0xcfc + (register & 3), size, value);
  };
  const read = (device: number, fn: number, register: number, size: 1 | 2 | 4) => {
    select(device, fn, register);
    return q35.bus.readPort(0xcfc + (register & 3), size);
  };
  return { q35, events, write, read };
}

test('functions stand where QEMU has them', () => {
  const { read } = machine();
  const ids = [
    [0, 0],
    [1, 0],
    [31, 0],
    [31, 2],
    [31, 3],
    [2, 0],
  ].map(([device, fn]) => read(device!, fn!, 0, 4));
  expect(ids).toEqual([0x29c0_8086, 0x1111_1234, 0x2918_8086, 0x2922_8086, 0x2930_8086, 0xffff_ffff]);
  expect(read(31, 0, 0x0e, 1)).toBe(0x80);
});

test('configuration space in memory: where PCIEXBAR says, also after a restore', () => {
  const { q35, write } = machine();
  const lpc = 0xe000_0000 + 31 * 0x8000;
  expect(q35.bus.readMmio(lpc, 4)).toBe(0xffff_ffff);
  write(0, 0, 0x60, 4, 0xe000_0001);
  expect([q35.bus.readMmio(lpc, 2), q35.bus.readMmio(lpc + 2, 2), q35.bus.readMmio(lpc + 0x100, 4)]).toEqual([0x8086, 0x2918, 0xffff_ffff]);
  q35.bus.writeMmio(lpc + 0x60, 1, 0x0b);
  expect(q35.bus.readMmio(lpc + 0x60, 4)).toBe(0x8080_800b);
  const saved = q35.save();
  const other = machine().q35;
  other.restore(saved);
  expect(other.bus.readMmio(lpc + 0x60, 4)).toBe(0x8080_800b);
});

test('PAM shadows C0000h to FFFFFh as on every bridge', () => {
  const { q35, write } = machine();
  expect(q35.readPhysical(0xf0000, 1)[0]).toBe(0xf4);
  write(0, 0, 0x90, 1, 0x30);
  expect(q35.readPhysical(0xf0000, 1)[0]).toBe(0);
  expect(q35.memory.kind(0xf0)).toBe('ram');
});

test('D_LCK closes SMRAM and freezes its registers', () => {
  const { write, read } = machine();
  write(0, 0, 0x9d, 1, 0x4a);
  expect(read(0, 0, 0x9d, 1)).toBe(0x4a);
  write(0, 0, 0x9e, 1, 0x07);
  write(0, 0, 0x9d, 1, 0x1a);
  write(0, 0, 0x9d, 1, 0x4a);
  write(0, 0, 0x9e, 1, 0x00);
  expect([read(0, 0, 0x9d, 1), read(0, 0, 0x9e, 1), read(0, 0, 0x50, 2)]).toEqual([0x1a, 0x3f, 16]);
});

test('compatible SMRAM and TSEG are there for SMM only, while G_SMRAME and T_EN say so', () => {
  const { q35, write } = machine();
  const top = (16 << 20) - 4;
  const seen = () => [q35.readPhysical(0xa0000, 1)[0], q35.readPhysical(top, 1)[0], q35.memory.kind(0xa0), q35.memory.kind(0xfeda0)];
  expect(seen()).toEqual([0xff, 0, 'hole', 'hole']);
  write(0, 0, 0x9d, 1, 0x4a);
  write(0, 0, 0x9e, 1, 0x01);
  expect(seen()).toEqual([0, 0xff, 'ram', 'hole']);
  q35.memory.write(0xa0000, Uint8Array.of(7));
  write(0, 0, 0x9d, 1, 0x0a);
  expect(seen()).toEqual([0xff, 0xff, 'ram', 'hole']);
  write(0, 0, 0x9e, 1, 0x81);
  expect(seen()).toEqual([0xff, 0xff, 'hole', 'ram']);
  const other = machine().q35;
  other.restore(q35.save());
  expect([other.readPhysical(top, 1)[0], other.memory.kind(0xfeda0)]).toEqual([0xff, 'ram']);
  write(0, 0, 0x9e, 1, 0x00);
  write(0, 0, 0x9d, 1, 0x4a);
  expect([...seen(), q35.readPhysical(top - (1 << 20), 1)[0]]).toEqual([7, 0, 'ram', 'hole', 0]);
});

test('an APM write makes an SMI when APMC_EN is set, but for the ACPI switch', () => {
  const { q35, write } = machine();
  write(31, 0, 0x40, 4, 0x600);
  write(31, 0, 0x44, 1, 0x80);
  q35.run(1000);
  const inSmm = (command: number) => {
    q35.bus.writePort(0xb2, 1, command);
    q35.run(1000);
    return [q35.core.inSmm, q35.bus.readPort(0x604, 2), q35.bus.readPort(0x634, 4)];
  };
  expect(inSmm(0x55)).toEqual([false, 0, 0]);
  q35.bus.writePort(0x630, 4, 0x20);
  expect(inSmm(0x02)).toEqual([false, 1, 0]);
  q35.memory.write(0x38000, Uint8Array.of(0xeb, 0xfe));
  expect(inSmm(0x55)).toEqual([true, 1, 0x20]);
});

test('the ACPI block moves with PMBASE; the watchdog resets when it runs out twice, unless NO_REBOOT', () => {
  const { q35, events, write } = machine();
  write(31, 0, 0x40, 4, 0x600);
  write(31, 0, 0x44, 1, 0x80);
  write(31, 0, 0xf0, 4, 0xfed1_c001);
  expect(q35.bus.readMmio(0xfed1_c000 + 0x3140, 2)).toBe(0x3210);
  const runOutTwice = () => {
    q35.bus.writePort(0x672, 2, 3);
    q35.bus.writePort(0x660, 2, 1);
    for (let times = 0; times < 2; times++) {
      q35.clock.advanceTo(q35.clock.nowNs() + 1.9e9);
      q35.clock.fireDue();
    }
  };
  runOutTwice();
  expect([q35.bus.readPort(0x664, 2), q35.bus.readPort(0x666, 2), events.length]).toEqual([8, 2, 0]);
  q35.bus.writeMmio(0xfed1_c000 + 0x3410, 4, 0);
  runOutTwice();
  expect(events).toEqual([['reset', 'tco']]);
});

test('a pin of device 31 follows its route register to the I/O APIC and, when routed, to an ISA interrupt', () => {
  const { q35, write } = machine();
  write(31, 2, 0x24, 4, 0xf000_0000);
  write(31, 2, 0x04, 2, 0x0006);
  write(31, 0, 0x60, 1, 0x0a);
  const pending = () => {
    q35.bus.writePort(0xa0, 1, 0x0a);
    return q35.bus.readPort(0xa0, 1) & 0x04;
  };
  q35.bus.writeMmio(0xf000_0114, 4, 0x40);
  q35.bus.writeMmio(0xf000_0004, 4, 0x8000_0002);
  expect(pending()).toBe(0x04);
  q35.bus.writeMmio(0xf000_0130, 4, 0xffff_ffff);
  q35.bus.writeMmio(0xf000_0008, 4, 1);
  expect(pending()).toBe(0);
});
