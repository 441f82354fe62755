import { runRow } from '../test/one-instruction';

/** Around each place where a half of a factor changes its sign or carries. */
const FACTORS = [
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0001n,
  0x7fff_ffff_ffff_ffffn,
  0x8000_0000_0000_0000n,
  0xffff_ffff_7fff_ffffn,
  0xffff_ffff_ffff_ffffn,
];
const PAIRS = FACTORS.flatMap((a) => FACTORS.map((b) => [a, b] as const));

const hasEvenParity = (byte: bigint): boolean => byte.toString(2).replaceAll('0', '').length % 2 === 0;

/** OF and CF when the product does not fit; SF and PF of the low half. */
function flags(low: bigint, fits: boolean): string {
  return `${fits ? '' : 'o'}${low >> 63n === 1n ? 's' : ''}${hasEvenParity(low & 0xffn) ? 'p' : ''}${fits ? '' : 'c'}`;
}

const low64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

test('MUL of 64 bits gives all 128 bits of the product', () => {
  for (const [a, b] of PAIRS) {
    const [low, high] = [low64(a * b), (a * b) >> 64n];
    const [seen, expected] = runRow(64, [
      `${a} * ${b}`,
      { rax: a, rcx: b },
      '48 f7 e1',
      { rax: low, rdx: high, flags: flags(low, high === 0n) },
    ]);
    expect(seen).toEqual(expected);
  }
});

test('IMUL of 64 bits gives all 128 bits of the product, or the low ones and whether it fits', () => {
  for (const [a, b] of PAIRS) {
    const product = signed(a) * signed(b);
    const low = low64(product);
    const after = { rax: low, flags: flags(low, signed(low) === product) };
    const before = { rax: a, rcx: b };
    const rows = [
      ['48 f7 e9', { ...after, rdx: low64(product >> 64n) }],
      ['48 0f af c1', after],
    ] as const;
    for (const [bytes, then] of rows) {
      const [seen, expected] = runRow(64, [`${a} * ${b}`, before, bytes, then]);
      expect(seen).toEqual(expected);
    }
  }
});
