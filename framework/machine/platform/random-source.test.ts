import { RandomSource } from './random-source';

const numbers = (source: RandomSource, count: number): bigint[] => Array.from({ length: count }, () => source.next());

test('the numbers are SplitMix64’s, so that any machine repeats them', () => {
  // The generator's published sequence for the seed 1234567.
  expect(numbers(new RandomSource(1_234_567), 3)).toEqual([
    6_457_827_717_110_365_317n,
    3_203_168_211_198_807_973n,
    9_817_491_932_198_370_423n,
  ]);
});

test('a snapshot goes on where it was taken', () => {
  const source = new RandomSource(1);
  numbers(source, 5);
  const restored = new RandomSource(0);
  Object.assign(restored.state, structuredClone(source.state));
  expect(numbers(restored, 3)).toEqual(numbers(source, 3));
});
