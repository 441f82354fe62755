/** The MSRs of a local APIC: its base, the TSC deadline, and in x2APIC mode its registers (SDM vol. 3, table 11-6). */
import { TO_SELF, x2LogicalId } from './interrupt-command';
import type { LocalApic } from './local-apic';
import * as reg from './registers';

const IA32_APIC_BASE = 0x1b;
const IA32_TSC_DEADLINE = 0x6e0;
const X2APIC_FIRST = 0x800;
const X2APIC_LAST = 0x8ff;
const READ_ONLY: readonly number[] = [reg.ID, reg.VERSION, reg.PPR, reg.LDR, reg.CURRENT_COUNT];
const DWORD = 0xffff_ffffn;
const VECTOR = 0xff;

/** Registers that x2APIC mode has to read: not EOI and SELF IPI, which are write only, nor DFR and the high half of ICR. */
function isReadable(register: number): boolean {
  if (READ_ONLY.includes(register) || (register >= reg.ISR && register < reg.ESR)) return true;
  return reg.WRITABLE[register] !== undefined && ![reg.EOI, reg.DFR, reg.ICR_HIGH].includes(register);
}

function readX2(apic: LocalApic, register: number): bigint | undefined {
  if (!apic.isX2Apic || !isReadable(register)) return undefined;
  if (register === reg.ID) return BigInt(apic.apicId);
  if (register === reg.LDR) return BigInt(x2LogicalId(apic.apicId));
  const low = BigInt(apic.readRegister(register) >>> 0);
  return register === reg.ICR_LOW ? (BigInt(apic.readRegister(reg.ICR_HIGH) >>> 0) << 32n) | low : low;
}

/** Bits that may be set in a write; the others are reserved. undefined: the register cannot be written. */
function acceptable(apic: LocalApic, register: number): number | undefined {
  if (register === reg.SELF_IPI) return VECTOR;
  if (READ_ONLY.includes(register) || register === reg.DFR || register === reg.ICR_HIGH) return undefined;
  const writable = apic.writable(register);
  const isLvt = register >= reg.LVT_TIMER && register <= reg.LVT_ERROR;
  return writable !== undefined && isLvt ? writable | reg.LVT_DELIVERY_STATUS | reg.LVT_REMOTE_IRR : writable;
}

function writeX2(apic: LocalApic, register: number, value: bigint): boolean {
  const bits = apic.isX2Apic ? acceptable(apic, register) : undefined;
  if (bits === undefined) return false;
  const low = Number(value & DWORD);
  if ((low & ~bits) !== 0 || (register !== reg.ICR_LOW && value > DWORD)) return false;
  if (register === reg.ICR_LOW) apic.writeInterruptCommand(low, Number(value >> 32n));
  else if (register === reg.SELF_IPI) apic.send(low | TO_SELF, 0);
  else apic.writeRegister(register, low);
  return true;
}

/** undefined: not there, or not now. */
export function readApicMsr(apic: LocalApic, msr: number): bigint | undefined {
  if (msr === IA32_APIC_BASE) return apic.state.base;
  if (msr === IA32_TSC_DEADLINE) return apic.tscDeadline;
  return msr >= X2APIC_FIRST && msr <= X2APIC_LAST ? readX2(apic, msr - X2APIC_FIRST) : undefined;
}

/** false: not there, not now, or not this value. */
export function writeApicMsr(apic: LocalApic, msr: number, value: bigint): boolean {
  if (msr === IA32_APIC_BASE) return apic.writeBase(value);
  if (msr === IA32_TSC_DEADLINE) {
    if (apic.tscDeadline === undefined) return false;
    apic.setTscDeadline(value);
    return true;
  }
  return msr >= X2APIC_FIRST && msr <= X2APIC_LAST && writeX2(apic, msr - X2APIC_FIRST, value);
}
