import { device, eisaId, field, integer, method, name, packageOf, path, region, returnOf, scope, ACCESS, REGION } from './aml';
import { operatingSystemCapabilities } from './pcie-root';
import { highWindow, interrupts, irq, resources } from './resources';

const text = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');

test.each([
  ['\\_SB', '5c 5f 53 42 5f'],
  ['\\_SB.PCI0', '5c 2e 5f 53 42 5f 50 43 49 30'],
  ['^A.B.C', '5e 2f 03 41 5f 5f 5f 42 5f 5f 5f 43 5f 5f 5f'],
])('the name %s', (at, bytes) => expect(text(path(at))).toBe(bytes));

test.each([
  [0, '00'],
  [1, '01'],
  [0xff, '0a ff'],
  [0xcf8, '0b f8 0c'],
  [0x1_ffff, '0c ff ff 01 00'],
  [2n ** 32n, '0e 00 00 00 00 01 00 00 00'],
])('the integer %s', (value, bytes) => expect(text(integer(value))).toBe(bytes));

test('a PNP id is the compressed form that interpreters print again', () => expect(text(eisaId('PNP0A03'))).toBe('0c 41 d0 0a 03'));

test('a package length counts itself, whatever its own size is', () => {
  const bodies = [57, 58, 4088, 4089].map((length) => method('M', 0, new Array<number>(length).fill(0xa3)));
  expect(bodies.map((bytes) => text(bytes.slice(1, 4)))).toEqual(['3f 4d 5f', '41 04 4d', '4f ff 4d', '81 00 01']);
  expect(bodies.map((bytes) => bytes.length)).toEqual([64, 66, 4096, 4098]);
});

test('a device with its objects, a region with fields', () => {
  expect(text(scope('\\', device('D', name('_UID', integer(1)))))).toBe('10 10 5c 00 5b 82 0b 44 5f 5f 5f 08 5f 55 49 44 01');
  expect(text(region('R', REGION.pciConfig, 0x60, 4))).toBe('5b 80 52 5f 5f 5f 02 0a 60 0a 04');
  expect(text(field('R', ACCESS.byte, ['A', 8], [undefined, 0x100], ['B', 1]))).toBe(
    '5b 81 13 52 5f 5f 5f 01 41 5f 5f 5f 08 00 40 10 42 5f 5f 5f 01',
  );
  expect(text(packageOf(integer(0), returnOf(integer(1))))).toBe('12 05 02 00 a4 01');
});

test('interrupts of a link are extended descriptors, those of ISA devices short ones', () => {
  expect(text(resources(interrupts(5, 10)))).toBe('11 12 0a 0f 89 0a 00 09 02 05 00 00 00 0a 00 00 00 79 00');
  expect(text(irq(8))).toBe('22 00 01');
});

test('_OSC looks at the UUID of host bridges, masks the control that is asked for and says so', () => {
  const bytes = text(operatingSystemCapabilities());
  expect(bytes).toContain('a0 25 92 93 68 11 13 0a 10 5b 4d db 33 f7 1f 1c 40 96 57 74 41 c0 3d d7 66 ');
  expect(bytes).toContain('7b 43 44 57 33 0a 1e 60 a0 13 92 93 60 43 44 57 33 7d 43 44 57 31 0a 10 43 44 57 31 70 60 43 44 57 33 a4 6b');
});

test('the window for 64-bit BARs begins behind RAM and ends with physical addresses', () => {
  expect(text(highWindow(0x2000_0000, 40))).toBe(
    '8a 2b 00 00 0c 01 00 00 00 00 00 00 00 00 00 00 00 40 01 00 00 00 ff ff ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00 00 00 c0 fe 00 00 00',
  );
});
