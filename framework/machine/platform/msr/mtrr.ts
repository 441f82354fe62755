/** Memory type range registers of one CPU, SDM vol. 3, 12.11. They keep what is written: every memory type acts as write-back. */

const MTRRCAP = 0xfe;
const PHYSBASE0 = 0x200;
const FIX64K_00000 = 0x250;
const FIX16K_80000 = 0x258;
const FIX16K_A0000 = 0x259;
const FIX4K_C0000 = 0x268;
const FIX4K_F8000 = 0x26f;
const DEF_TYPE = 0x2ff;

const VARIABLE_COUNT = 8;
/** 8 variable ranges, fixed ranges, write combining. */
const CAPABILITIES = 0x508n;
const MASK_VALID = 1n << 11n;
const DEF_TYPE_WRITABLE = 0xcffn;
const VALID_TYPES: readonly number[] = [0, 1, 4, 5, 6];

export interface MtrrState {
  /** By MSR number. */
  readonly registers: Record<number, bigint>;
}

const FIXED: readonly number[] = [
  FIX64K_00000,
  FIX16K_80000,
  FIX16K_A0000,
  ...Array.from({ length: FIX4K_F8000 - FIX4K_C0000 + 1 }, (_, index) => FIX4K_C0000 + index),
];
const VARIABLE: readonly number[] = Array.from({ length: 2 * VARIABLE_COUNT }, (_, index) => PHYSBASE0 + index);

export function resetMtrrs(): MtrrState {
  return { registers: Object.fromEntries([...VARIABLE, ...FIXED, DEF_TYPE].map((msr) => [msr, 0n])) };
}

export function readMtrr(state: MtrrState, msr: number): bigint | undefined {
  return msr === MTRRCAP ? CAPABILITIES : state.registers[msr];
}

function validType(value: bigint): boolean {
  return VALID_TYPES.includes(Number(value & 0xffn));
}

function validFixed(value: bigint): boolean {
  return [0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].every((shift) => validType(value >> shift));
}

function acceptable(msr: number, value: bigint, physicalAddressBits: number): boolean {
  if (msr === DEF_TYPE) return (value & ~DEF_TYPE_WRITABLE) === 0n && validType(value);
  if (msr >= FIX64K_00000) return validFixed(value);
  if (value >> BigInt(physicalAddressBits)) return false;
  const isMask = (msr & 1) === 1;
  return isMask ? (value & 0xfffn & ~MASK_VALID) === 0n : (value & 0xf00n) === 0n && validType(value);
}

/** undefined: no MTRR; false: #GP. */
export function writeMtrr(state: MtrrState, msr: number, value: bigint, physicalAddressBits: number): boolean | undefined {
  if (msr === MTRRCAP) return false;
  if (state.registers[msr] === undefined) return undefined;
  if (!acceptable(msr, value, physicalAddressBits)) return false;
  state.registers[msr] = value;
  return true;
}
