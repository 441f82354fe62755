/** FPATAN. SDM vol. 2. */
import { nanResult } from '../float/arithmetic';
import {
  A,
  B,
  CLASS_INFINITY,
  CLASS_ZERO,
  EXPONENT,
  NUMBER_BYTES,
  R,
  SIGN,
  SIGNIFICAND,
  classOf,
  copyNumber,
  setNumber,
} from '../float/number';
import { ONE, addWide, divideNumbers, multiplyWide, negate, roundInexact, setWide } from '../float/wide';
import { raiseDenormal } from '../x87/compute';
import { beginExtended, commit, stackUnderflow } from '../x87/exceptions';
import { packRegister, unpackRegister } from '../x87/operands';
import { isEmpty, pop, setIndefinite } from '../x87/state';
import { ATAN_1_2, ATAN_1_4, ATAN_3_4, PI, PI_HALF, PI_QUARTER, PI_THREE_QUARTERS } from './constants';
import { oddSeries } from './odd-series';

/** Terms of the series of atan for arguments up to 1/8. */
const TERMS: u64 = 22;

const ratio: usize = memory.data(NUMBER_BYTES, 16);
const center: usize = memory.data(NUMBER_BYTES, 16);
const below: usize = memory.data(NUMBER_BYTES, 16);
const square: usize = memory.data(NUMBER_BYTES, 16);
const sum: usize = memory.data(NUMBER_BYTES, 16);

/** `ratio` in eighths, rounded down. */
function eighths(): u32 {
  const exponent = load<i32>(ratio, EXPONENT);
  return exponent < -3 ? 0 : <u32>(load<u64>(ratio, SIGNIFICAND) >> (60 - exponent));
}

/** `sum` = atan(ratio), ratio positive and up to 1: by the nearest quarter, whose arc tangent is known. */
function arcTangentOfRatio(): void {
  const quarters = (eighths() + 1) >> 1;
  if (quarters != 0) {
    setWide(center, 0, 125, 0, quarters);
    multiplyWide(below, ratio, center);
    addWide(below, below, ONE);
    negate(center);
    addWide(ratio, ratio, center);
    divideNumbers(ratio, ratio, below);
  }
  multiplyWide(square, ratio, ratio);
  negate(square);
  oddSeries(sum, ratio, square, TERMS);
  if (quarters == 0) return;
  addWide(sum, sum, quarters == 1 ? ATAN_1_4 : quarters == 2 ? ATAN_1_2 : quarters == 3 ? ATAN_3_4 : PI_QUARTER);
}

function isLarger(a: usize, b: usize): bool {
  const difference = load<i32>(a, EXPONENT) - load<i32>(b, EXPONENT);
  return difference == 0 ? load<u64>(a, SIGNIFICAND) > load<u64>(b, SIGNIFICAND) : difference > 0;
}

/** Angle of the point (x = A, y = B), both finite and not 0, into `sum`. */
function angle(sign: u32, left: bool): void {
  store<u32>(A, 0, SIGN);
  store<u32>(B, 0, SIGN);
  const steep = isLarger(B, A);
  if (steep) divideNumbers(ratio, A, B);
  else divideNumbers(ratio, B, A);
  arcTangentOfRatio();
  if (steep != left) negate(sum);
  if (steep) addWide(sum, sum, PI_HALF);
  else if (left) addWide(sum, sum, PI);
  store<u32>(sum, sign, SIGN);
}

function compute(): void {
  const sign = load<u32>(B, SIGN);
  const left = load<u32>(A, SIGN) != 0;
  const x = classOf(A);
  const y = classOf(B);
  raiseDenormal(A);
  raiseDenormal(B);
  if (y == CLASS_INFINITY) copyNumber(sum, x != CLASS_INFINITY ? PI_HALF : left ? PI_THREE_QUARTERS : PI_QUARTER);
  else if (y == CLASS_ZERO || x == CLASS_INFINITY) {
    if (!left) {
      setNumber(R, CLASS_ZERO, sign, 0, 0, 0);
      return;
    }
    copyNumber(sum, PI);
  } else if (x == CLASS_ZERO) copyNumber(sum, PI_HALF);
  else angle(sign, left);
  store<u32>(sum, sign, SIGN);
  roundInexact(sum);
}

/** Angle of (ST(0), ST(1)) into ST(1), then a pop. */
export function arcTangent(): void {
  if (isEmpty(0) || isEmpty(1)) {
    if (!stackUnderflow()) return;
    setIndefinite(1);
  } else {
    unpackRegister(A, 0);
    unpackRegister(B, 1);
    beginExtended();
    if (!nanResult(true)) compute();
    if (!commit()) return;
    packRegister(1);
  }
  pop();
}
