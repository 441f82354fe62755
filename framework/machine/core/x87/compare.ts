/** FCOM, FUCOM, FCOMI, FUCOMI, FTST, FXAM. SDM vol. 1, 8.1.3.1 and 8.3.6; vol. 2. */
import { FLAG_CF, FLAG_PF, FLAG_ZF } from '../state';
import { ARITHMETIC, setFlags } from '../system/flags';
import { COMPARE_EQUAL, COMPARE_GREATER, COMPARE_LESS, COMPARE_UNORDERED, compare } from '../float/arithmetic';
import { A, B, CLASS_FINITE, CLASS_INFINITY, CLASS_UNSUPPORTED, CLASS_ZERO, DENORMAL, classOf, setNumber } from '../float/number';
import { beginExtended, commit, stackUnderflow } from './exceptions';
import { unpackRegister } from './operands';
import { C0, C1, C2, C3, isEmpty, pop, setConditions, signExponentOf } from './state';

function conditionsOf(result: i32): u32 {
  if (result == COMPARE_LESS) return C0;
  if (result == COMPARE_EQUAL) return C3;
  return result == COMPARE_GREATER ? 0 : C0 | C2 | C3;
}

function flagsOf(result: i32): u32 {
  if (result == COMPARE_LESS) return FLAG_CF;
  if (result == COMPARE_EQUAL) return FLAG_ZF;
  return result == COMPARE_GREATER ? 0 : FLAG_CF | FLAG_PF | FLAG_ZF;
}

/** Into C3, C2, C0, or into ZF, PF, CF. */
function deliver(result: i32, toFlags: bool): void {
  if (toFlags) setFlags(<i32>flagsOf(result), <i32>ARITHMETIC);
  else setConditions(conditionsOf(result));
}

/** ST(0) against B. false: an unmasked exception, nothing else happens. */
export function compareTop(signalQuiet: bool, toFlags: bool): bool {
  if (isEmpty(0)) {
    if (!stackUnderflow()) return false;
    deliver(COMPARE_UNORDERED, toFlags);
    return true;
  }
  unpackRegister(A, 0);
  beginExtended();
  const result = compare(signalQuiet);
  if (!commit()) return false;
  deliver(result, toFlags);
  return true;
}

/** ST(0) against ST(index), then `pops` pops. */
export function compareRegister(index: u32, signalQuiet: bool, toFlags: bool, pops: u32): void {
  if (isEmpty(index)) {
    if (!stackUnderflow()) return;
    deliver(COMPARE_UNORDERED, toFlags);
  } else {
    unpackRegister(B, index);
    if (!compareTop(signalQuiet, toFlags)) return;
  }
  for (; pops > 0; pops--) pop();
}

/** FTST. */
export function compareZero(): void {
  setNumber(B, CLASS_ZERO, 0, 0, 0, 0);
  compareTop(true, false);
}

/** FXAM: the class of ST(0), C1 its sign, empty or not. */
export function examine(): void {
  const sign: u32 = signExponentOf(0) >> 15 ? C1 : 0;
  let kind: u32 = C0;
  if (isEmpty(0)) kind = C3 | C0;
  else {
    unpackRegister(A, 0);
    const found = classOf(A);
    if (found == CLASS_UNSUPPORTED) kind = 0;
    else if (found == CLASS_ZERO) kind = C3;
    else if (found == CLASS_INFINITY) kind = C2 | C0;
    else if (found == CLASS_FINITE) kind = load<u32>(A, DENORMAL) ? C3 | C2 : C2;
  }
  setConditions(kind | sign);
}
