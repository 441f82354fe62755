import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { FwCfg } from './fw-cfg';

function machine() {
  const bus = new SystemBus(new VirtualClock(() => 0), { wants: () => false, record: () => undefined });
  const ram = new Uint8Array(0x10000);
  const memory = {
    read: (gpa: number, length: number) => ram.slice(gpa, gpa + length),
    write: (gpa: number, bytes: Uint8Array) => ram.set(bytes, gpa),
  };
  const files = new Map([['etc/e820', Uint8Array.of(1, 2, 3)]]);
  bus.addPorts(new FwCfg({ items: new Map([[5, Uint8Array.of(2, 0)]]), files }, memory));
  const select = (key: number) => bus.writePort(0x510, 2, key);
  const bytes = (count: number) => Array.from({ length: count }, () => bus.readPort(0x511, 1));
  return { bus, ram, select, bytes };
}

test('firmware finds the device by its signature and a file by the directory', () => {
  const { select, bytes } = machine();
  select(0);
  expect(String.fromCharCode(...bytes(4))).toBe('QEMU');
  select(5);
  expect(bytes(4)).toEqual([2, 0, 0, 0]);
  select(0x19);
  expect(bytes(12)).toEqual([0, 0, 0, 1, 0, 0, 0, 3, 0, 0x20, 0, 0]);
  expect(String.fromCharCode(...bytes(8))).toBe('etc/e820');
  select(0x20);
  expect(bytes(4)).toEqual([1, 2, 3, 0]);
});

test('DMA selects and copies in one access and clears the control word', () => {
  const { bus, ram } = machine();
  expect(bus.readPort(0x514, 4)).toBe(0x554d4551);
  const view = new DataView(ram.buffer);
  view.setUint32(0x100, (0x20 << 16) | 0x0a);
  view.setUint32(0x104, 4);
  view.setUint32(0x10c, 0x2000);
  bus.writePort(0x518, 4, 0x0001_0000);
  expect([view.getUint32(0x100), ...ram.subarray(0x2000, 0x2004)]).toEqual([0, 1, 2, 3, 0]);
  view.setUint32(0x100, 0x10);
  bus.writePort(0x518, 4, 0x0001_0000);
  expect(view.getUint32(0x100)).toBe(1);
});
