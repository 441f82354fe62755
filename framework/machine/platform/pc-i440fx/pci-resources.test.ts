import { PciBridge } from '../../devices/pci/pci-bridge';
import { PciConfigMechanism } from '../../devices/pci/config-mechanism';
import { PciFunction } from '../../devices/pci/pci-function';
import { PCI_IRQS } from './pci-irqs';
import { assignPciResources } from './pci-resources';

/** A function of bus 0 whose base address registers keep the bits of these masks. */
function fakeFunction(header: Readonly<Record<number, number>>, masks: Readonly<Record<number, number>>) {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  for (const [register, value] of Object.entries(header)) bytes[Number(register)] = value;
  view.setUint16(0, 0x1234, true);
  const read = (register: number, size: number): number =>
    size === 4 ? view.getUint32(register, true) : size === 2 ? view.getUint16(register, true) : bytes[register]!;
  const write = (register: number, size: number, value: number): void => {
    if (register >= 0x10 && register < 0x28) {
      const mask = masks[register] ?? 0;
      const fixed = mask & 1 ? 1 : mask & 0xf;
      if (mask === 0xffff_ffff) view.setUint32(register, value, true);
      else view.setUint32(register, (value & mask & ~0xf) | (mask & 1 ? value & mask & 0xc : 0) | fixed, true);
    } else if (size === 2) view.setUint16(register, value, true);
    else bytes[register] = value;
  };
  return { read, write };
}

test('what a kernel finds that trusts the BIOS: base addresses apart from each other, decoding on, interrupt lines', () => {
  const functions = new Map([
    [0x08, fakeFunction({ 0x0e: 0x80 }, {})],
    [0x09, fakeFunction({ 0x0a: 0x01, 0x0b: 0x01 }, { 0x20: 0xffff_fff1 })],
    [0x10, fakeFunction({ 0x0b: 0x03 }, { 0x10: 0xff00_0008, 0x18: 0xffff_f000 })],
    [0x18, fakeFunction({ 0x0b: 0x02, 0x3d: 1 }, { 0x10: 0xfffe_0004, 0x14: 0xffff_ffff, 0x18: 0xffff_ffc1 })],
  ]);
  assignPciResources({
    readConfig: (bdf, register, size) => functions.get(bdf)?.read(register, size) ?? 2 ** (8 * size) - 1,
    writeConfig: (bdf, register, size, value) => functions.get(bdf)?.write(register, size, value),
  });
  const bars = (bdf: number): number[] => [0x10, 0x14, 0x18, 0x20].map((register) => functions.get(bdf)!.read(register, 4));
  expect(bars(0x09)).toEqual([0, 0, 0, 0xc001]);
  expect(bars(0x10)).toEqual([0xfd00_0008, 0, 0xfcff_f000, 0]);
  expect(bars(0x18)).toEqual([0xfcfc_0004, 0, 0xc041, 0]);
  expect([0x08, 0x09, 0x10, 0x18].map((bdf) => functions.get(bdf)!.read(0x04, 2))).toEqual([0, 1, 3, 3]);
  expect([0x10, 0x18].map((bdf) => functions.get(bdf)!.read(0x3c, 1))).toEqual([0, 11]);
});

test('a bus behind a bridge has a number, windows about what its functions take, and interrupts turned by the slot', () => {
  const config = new PciConfigMechanism({ wants: () => false, record: () => undefined }, () => undefined);
  const card = (name: string): PciFunction =>
    new PciFunction(name, { vendorId: 0x1234, deviceId: 1, revision: 0, classCode: 0x020000, interruptPin: 1 }, [
      { index: 0, kind: 'io', sizeBytes: 64, map: () => undefined },
      { index: 1, kind: 'memory', sizeBytes: 0x1000, map: () => undefined },
    ]);
  const bridge = new PciBridge('bridge');
  config.add(18, 0, bridge);
  config.add(19, 0, card('last'));
  bridge.add(3, 0, card('behind'));
  assignPciResources(config);
  const read = (bdf: number, ...registers: number[]): number[] => registers.map((register) => config.readConfig(bdf, register, 4));
  expect(read(18 * 8, 0x18, 0x1c, 0x20, 0x24)).toEqual([0x0001_0100, 0x0280_c0c0, 0xfeb0_feb0, 0x0000_fff0]);
  expect(read(0x100 + 3 * 8, 0x10, 0x14)).toEqual([0xc001, 0xfebf_f000]);
  expect(read(19 * 8, 0x10, 0x14)).toEqual([0xd001, 0xfeaf_f000]);
  // As INTD of slot 18 is, and INTA of slot 21 would be.
  expect(config.readConfig(0x100 + 3 * 8, 0x3c, 1)).toBe(PCI_IRQS[(18 + 3 - 1) & 3]);
});
