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
