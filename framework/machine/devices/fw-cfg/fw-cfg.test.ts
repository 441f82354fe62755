import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { Ich9SmiFeatures } from '../ich9-smi-features';
import { FwCfg, type FwCfgFile } from './fw-cfg';

function machine(more: readonly (readonly [name: string, file: FwCfgFile])[] = []) {
  const bus = new SystemBus(new VirtualClock(() => 0), { wants: () => false, record: () => undefined });
  const ram = new Uint8Array(0x10000);
  const memory = {
    read: (gpa: number, length: number) => ram.slice(gpa, gpa + length),
    write: (gpa: number, bytes: Uint8Array) => ram.set(bytes, gpa),
  };
  const files = new Map<string, FwCfgFile>([['etc/e820', Uint8Array.of(1, 2, 3)], ...more]);
  bus.addPorts(new FwCfg({ items: new Map([[5, Uint8Array.of(2, 0)]]), files }, memory));
  const select = (key: number) => bus.writePort(0x510, 2, key);
  const bytes = (count: number) => Array.from({ length: count }, () => bus.readPort(0x511, 1));
  const view = new DataView(ram.buffer);
  /** One DMA access of `length` bytes at 2000h; gives the control word afterwards. */
  const dma = (control: number, length: number) => {
    view.setUint32(0x100, control);
    view.setUint32(0x104, length);
    view.setUint32(0x10c, 0x2000);
    bus.writePort(0x518, 4, 0x0001_0000);
    return view.getUint32(0x100);
  };
  return { bus, ram, select, bytes, dma };
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
  const { bus, ram, dma } = machine();
  expect(bus.readPort(0x514, 4)).toBe(0x554d4551);
  expect([dma((0x20 << 16) | 0x0a, 4), ...ram.subarray(0x2000, 0x2004)]).toEqual([0, 1, 2, 3, 0]);
  expect(dma(0x10, 4)).toBe(1);
});

test('firmware and the machine settle on features of SMIs: what does not exist is refused, what is settled stays', () => {
  const features = new Ich9SmiFeatures();
  const { ram, select, bytes, dma } = machine(features.files);
  const [ok, requested, supported] = [0x21, 0x22, 0x23];
  select(supported);
  expect(bytes(8)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  const ask = (low: number) => {
    ram.set([low, 0, 0, 0, 0, 0, 0, 0], 0x2000);
    expect(dma((requested << 16) | 0x18, 8)).toBe(0);
    select(ok);
    return [...bytes(1), features.state.broadcast];
  };
  expect(ask(3)).toEqual([0, false]);
  expect(ask(1)).toEqual([1, true]);
  expect(ask(0)).toEqual([1, true]);
  expect([dma((requested << 16) | 0x18, 9), dma((ok << 16) | 0x18, 1)]).toEqual([1, 1]);
});
