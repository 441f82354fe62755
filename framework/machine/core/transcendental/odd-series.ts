/** The power series that arc tangent and area tangent share. */
import { NUMBER_BYTES } from '../float/number';
import { ONE, addWide, divideByInteger, multiplyWide } from '../float/wide';

const term: usize = memory.data(NUMBER_BYTES, 16);

/** `sum` = x + x * square / 3 + x * square^2 / 5 + ..., up to the power `terms` of `square`. */
export function oddSeries(sum: usize, x: usize, square: usize, terms: u64): void {
  divideByInteger(sum, ONE, 2 * terms + 1);
  for (let index: u64 = terms; index > 0; index--) {
    multiplyWide(sum, sum, square);
    divideByInteger(term, ONE, 2 * index - 1);
    addWide(sum, sum, term);
  }
  multiplyWide(sum, sum, x);
}
