/** What RDRAND gives: a sequence that follows from a seed alone, so that a run can be repeated. */
import type { Stateful } from '../bus/types';

const GOLDEN_RATIO = 0x9e37_79b9_7f4a_7c15n;
const MIX_1 = 0xbf58_476d_1ce4_e5b9n;
const MIX_2 = 0x94d0_49bb_1331_11ebn;

/** SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). No reset: the generator runs on through one. */
export class RandomSource implements Stateful {
  readonly name = 'random-source';
  readonly state: { counter: bigint };

  constructor(seed: number) {
    this.state = { counter: BigInt(seed) };
  }

  next(): bigint {
    this.state.counter = BigInt.asUintN(64, this.state.counter + GOLDEN_RATIO);
    let value = this.state.counter;
    value = BigInt.asUintN(64, (value ^ (value >> 30n)) * MIX_1);
    value = BigInt.asUintN(64, (value ^ (value >> 27n)) * MIX_2);
    return value ^ (value >> 31n);
  }
}
