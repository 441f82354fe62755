import { apicMessage } from './message-signalled';

test.each<[string, number, number, unknown]>([
  [
    'one APIC by its id',
    0xfee0_3000,
    0x41,
    { message: { delivery: 0, vector: 0x41, level: false }, destination: { id: 3, logical: false } },
  ],
  [
    'APICs by a logical name',
    0xfee0_1004,
    0x141,
    { message: { delivery: 1, vector: 0x41, level: false }, destination: { id: 1, logical: true } },
  ],
  ['everybody', 0xfeef_f000, 0x400, { message: { delivery: 4, vector: 0, level: false }, destination: { id: 0xff, logical: false } }],
  ['memory', 0x1000, 0x41, undefined],
  ['memory above 4 GiB', 0x1_fee0_0000, 0x41, undefined],
])('a device’s write reaches %s', (_name, address, data, expected) => {
  expect(apicMessage(address, data)).toEqual(expected);
});
