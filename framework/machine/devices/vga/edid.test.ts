import { edid } from './edid';

test('a driver takes the block: header, version 1.4, sum 0', () => {
  const bytes = edid();
  expect([bytes.length, ...bytes.subarray(0, 8), bytes[18], bytes[19], bytes[126]]).toEqual([
    128, 0, 255, 255, 255, 255, 255, 255, 0, 1, 4, 0,
  ]);
  expect(bytes.reduce((sum, byte) => (sum + byte) & 0xff)).toBe(0);
});

test('its first timing is 1280 by 800 at 60 Hz, its second descriptor the name', () => {
  const bytes = edid();
  const [clock, width, widthBlank, height, heightBlank] = [
    (bytes[54]! | (bytes[55]! << 8)) * 10_000,
    bytes[56]! | ((bytes[58]! & 0xf0) << 4),
    bytes[57]! | ((bytes[58]! & 0x0f) << 8),
    bytes[59]! | ((bytes[61]! & 0xf0) << 4),
    bytes[60]! | ((bytes[61]! & 0x0f) << 8),
  ];
  expect([width, height, Math.round(clock / ((width + widthBlank) * (height + heightBlank)))]).toEqual([1280, 800, 60]);
  expect(String.fromCharCode(...bytes.subarray(77, 86))).toBe('Milepost\n');
});
