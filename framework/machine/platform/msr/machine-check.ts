/** Machine-check banks in which nothing is ever logged (SDM vol. 3, 16.3.2). */

/** IA32_P5_MC_ADDR and IA32_P5_MC_TYPE, which every later CPU has too, AMD's among them. */
const PENTIUM_LAST = 0x01;
const BANKS_FIRST = 0x400;
const REGISTERS_PER_BANK = 4;
const CONTROL = 0;
const STATUS = 1;

/** Which of the bank registers an MSR number is; undefined: none of them. */
function registerOf(banks: number, msr: number): number | undefined {
  const index = msr - BANKS_FIRST;
  return index >= 0 && index < banks * REGISTERS_PER_BANK ? index % REGISTERS_PER_BANK : undefined;
}

/** undefined: no register of a bank, nor one of the two that a Pentium has. Every kind of error is enabled, and no valid one is recorded. */
export function readMachineCheckBank(banks: number, msr: number): bigint | undefined {
  if (msr <= PENTIUM_LAST) return 0n;
  const register = registerOf(banks, msr);
  if (register === undefined) return undefined;
  return register === CONTROL ? 0xffff_ffff_ffff_ffffn : 0n;
}

/** undefined: no register of a bank; false: #GP. Status, address and other information can only be cleared. */
export function writeMachineCheckBank(banks: number, msr: number, value: bigint): boolean | undefined {
  if (msr <= PENTIUM_LAST) return true;
  const register = registerOf(banks, msr);
  if (register === undefined) return undefined;
  return register < STATUS || value === 0n;
}
