/** What all ways of delivery have in common. */
import { EFLAGS, LAST_FAR_CS, LAST_FAR_IP, SEG_CS } from '../layout/cpu-state';
import { FLAG_IF, FLAG_NT, FLAG_RF, FLAG_TF, FLAG_VM, eflags, selector } from '../state';

/** A gate's index as error code: selector index of the IDT, IDT bit set (EXT is added by raise). */
export function gateCode(vector: i32): i32 {
  return (vector << 3) | 2;
}

export function leaveFrom(address: u64): void {
  store<u32>(LAST_FAR_CS, selector(SEG_CS));
  store<u64>(LAST_FAR_IP, address);
}

export function flagsAfter(keepIf: bool): void {
  const clear = FLAG_TF | FLAG_NT | FLAG_RF | FLAG_VM | (keepIf ? 0 : FLAG_IF);
  store<u32>(EFLAGS, eflags() & ~clear);
}
