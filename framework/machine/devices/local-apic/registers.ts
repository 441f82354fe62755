/** Register numbers (offset >> 4), SDM vol. 3, table 11-1. */
export const ID = 0x02;
export const VERSION = 0x03;
export const TPR = 0x08;
const APR = 0x09;
export const PPR = 0x0a;
export const EOI = 0x0b;
export const LDR = 0x0d;
export const DFR = 0x0e;
export const SVR = 0x0f;
/** Eight registers each, 32 vectors a register. */
export const ISR = 0x10;
export const TMR = 0x18;
export const IRR = 0x20;
export const ESR = 0x28;
export const ICR_LOW = 0x30;
export const ICR_HIGH = 0x31;
export const LVT_TIMER = 0x32;
const LVT_THERMAL = 0x33;
const LVT_PERFORMANCE = 0x34;
export const LVT_LINT0 = 0x35;
export const LVT_LINT1 = 0x36;
export const LVT_ERROR = 0x37;
export const INITIAL_COUNT = 0x38;
export const CURRENT_COUNT = 0x39;
export const DIVIDE = 0x3e;
/** In x2APIC mode only. */
export const SELF_IPI = 0x3f;
/** 32-bit registers in the first KiB of the page; the rest is reserved. */
export const REGISTERS = 0x40;

export const SVR_ENABLE = 0x100;
const SVR_WRITABLE = 0x3ff;
export const LVT_MASKED = 1 << 16;
export const LVT_PERIODIC = 1 << 17;
export const LVT_DEADLINE = 1 << 18;
export const LVT_TIMER_MODE = LVT_PERIODIC | LVT_DEADLINE;
export const LVT_DELIVERY_STATUS = 1 << 12;
export const LVT_LEVEL = 1 << 15;
export const LVT_REMOTE_IRR = 1 << 14;
const LVT_POLARITY = 1 << 13;
const LVT_DELIVERY = 0x700;
export const DELIVERY_SHIFT = 8;

export const ICR_LOGICAL = 1 << 11;
export const ICR_ASSERT = 1 << 14;
export const ICR_LEVEL = 1 << 15;
const ICR_WRITABLE = 0xc_cfff;

export const ESR_SEND_ILLEGAL = 0x20;
export const ESR_RECEIVE_ILLEGAL = 0x40;
export const ESR_ILLEGAL_REGISTER = 0x80;
/** Vectors below are reserved. */
export const FIRST_VECTOR = 16;

const LVT_LINT = 0xff | LVT_DELIVERY | LVT_POLARITY | LVT_LEVEL | LVT_MASKED;

/** Bits that a write changes; registers that are not here cannot be written. */
export const WRITABLE: Readonly<Record<number, number>> = {
  [TPR]: 0xff,
  [EOI]: 0,
  [LDR]: 0xff00_0000,
  [DFR]: 0xf000_0000,
  [SVR]: SVR_WRITABLE,
  [ESR]: 0,
  [ICR_LOW]: ICR_WRITABLE,
  [ICR_HIGH]: 0xff00_0000,
  [LVT_TIMER]: 0xff | LVT_MASKED | LVT_PERIODIC,
  [LVT_THERMAL]: 0xff | LVT_DELIVERY | LVT_MASKED,
  [LVT_PERFORMANCE]: 0xff | LVT_DELIVERY | LVT_MASKED,
  [LVT_LINT0]: LVT_LINT,
  [LVT_LINT1]: LVT_LINT,
  [LVT_ERROR]: 0xff | LVT_MASKED,
  [INITIAL_COUNT]: 0xffff_ffff,
  [DIVIDE]: 0x0b,
};

/** Registers that exist but are read only. */
const READ_ONLY: readonly number[] = [ID, VERSION, APR, PPR, 0x0c, CURRENT_COUNT];

export function exists(register: number): boolean {
  return register in WRITABLE || READ_ONLY.includes(register) || (register >= ISR && register < ESR);
}

/** APIC base MSR, 1Bh. */
export const BASE_BSP = 0x100n;
export const BASE_X2APIC = 0x400n;
export const BASE_ENABLE = 0x800n;
export const BASE_ADDRESS = 0xfff_ffff_f000n;

/** The highest vector set in the eight registers from `first`, or -1. */
export function highest(registers: Uint32Array, first: number): number {
  for (let index = 7; index >= 0; index--) {
    const bits = registers[first + index]!;
    if (bits !== 0) return index * 32 + 31 - Math.clz32(bits);
  }
  return -1;
}

export function setVector(registers: Uint32Array, first: number, vector: number, on: boolean): void {
  const index = first + (vector >> 5);
  const bit = 1 << (vector & 31);
  registers[index] = on ? registers[index]! | bit : registers[index]! & ~bit;
}

export function hasVector(registers: Uint32Array, first: number, vector: number): boolean {
  return ((registers[first + (vector >> 5)]! >>> (vector & 31)) & 1) === 1;
}
