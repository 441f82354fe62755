/** One element of each string instruction: every access that can fault comes before the first register changes. */
import { FLAG_AUX, FLAG_RESULT, RAX, RDX } from '../layout/cpu-state';
import { portRead, portWrite } from '../host';
import { gpaForWrite, probeWrite, readAny, writeAny } from '../memory/access';
import { checkPort } from '../system/ports';
import { advanceSource, advanceTarget, size, sourceLinear, targetLinear } from './operands';

const FLAG_AUX_ADJUST: u64 = 8;

export function movsElement(): void {
  const from = sourceLinear();
  const value = readAny(from, size);
  writeAny(targetLinear(true), size, value);
  advanceSource(1);
  advanceTarget(1);
}

export function stosElement(): void {
  writeAny(targetLinear(true), size, load<u64>(RAX) & mask());
  advanceTarget(1);
}

export function lodsElement(): void {
  const value = readAny(sourceLinear(), size);
  if (size == 1) store<u8>(RAX, <u8>value);
  else if (size == 2) store<u16>(RAX, <u16>value);
  else store<u64>(RAX, value);
  advanceSource(1);
}

export function cmpsElement(): void {
  const left = readAny(sourceLinear(), size);
  const right = readAny(targetLinear(false), size);
  compare(left, right);
  advanceSource(1);
  advanceTarget(1);
}

export function scasElement(): void {
  compare(load<u64>(RAX) & mask(), readAny(targetLinear(false), size));
  advanceTarget(1);
}

/** The target is probed first: a port read cannot be taken back. */
export function insElement(): void {
  const port = <i32>load<u16>(RDX);
  checkPort(port, <i32>size);
  const to = targetLinear(true);
  probeWrite(<i64>to, <i32>size);
  const value = portRead(port, <i32>size, <f64>gpaForWrite(to));
  writeAny(to, size, <u64>(<u32>value));
  advanceTarget(1);
}

export function outsElement(): void {
  const port = <i32>load<u16>(RDX);
  checkPort(port, <i32>size);
  const value = readAny(sourceLinear(), size);
  portWrite(port, <i32>size, <i32>value);
  advanceSource(1);
}

function mask(): u64 {
  return size == 8 ? 0xffffffffffffffff : ((<u64>1) << (size << 3)) - 1;
}

/** Lazy flags of left - right (layout/cpu-state.ts, FLAG_AUX): the borrow-out vector and the sign-extended difference. */
function compare(left: u64, right: u64): void {
  const result = left - right;
  const borrow = (~left & right) | ((~left | right) & result);
  const shift = 64 - (size << 3);
  store<i64>(FLAG_RESULT, (<i64>(result << shift)) >> shift);
  store<u32>(FLAG_AUX, ((<u32>((borrow << shift) >> 32)) & 0xc0000000) | (<u32>(borrow & FLAG_AUX_ADJUST)));
}

/** ZF of the last compare. */
export function equal(): bool {
  return load<i64>(FLAG_RESULT) == 0;
}
