/** Control and debug registers. SDM vol. 2, MOV CR/DR, LMSW, SMSW, CLTS; vol. 3, 2.5 and 17.2. */
import { CR, CR0, CR2, CR3, CR4, DR, EFER, SEG_CS, SEG_TR } from '../layout/cpu-state';
import {
  FEATURE2_FSGSBASE,
  FEATURE2_MCE,
  FEATURE2_PCID,
  FEATURE2_UMIP,
  FEATURE2_XSAVE,
  FEATURE_DE,
  FEATURE_FXSR,
  FEATURE_LM,
  FEATURE_PAE,
  FEATURE_PGE,
  FEATURE_PSE,
  FEATURE_SMAP,
  FEATURE_SMEP,
  FEATURE_SSE,
  FEATURE_TSC,
  FEATURE_VME,
} from '../layout/features';
import { EXCHANGE, RESERVED_PHYSICAL } from '../layout/run-state';
import { controlRegister } from '../host';
import {
  CR0_CD,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_TS,
  CR0_WP,
  CR4_DE,
  CR4_FSGSBASE,
  CR4_MCE,
  CR4_OSFXSR,
  CR4_OSXMMEXCPT,
  CR4_OSXSAVE,
  CR4_PAE,
  CR4_PCE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PSE,
  CR4_PVI,
  CR4_SMAP,
  CR4_SMEP,
  CR4_TSD,
  CR4_UMIP,
  CR4_VME,
  EFER_LMA,
  EFER_LME,
  VECTOR_DB,
  VECTOR_UD,
  attributes,
  cpl,
  cr4,
  efer,
  features,
  features2,
  is64,
  isLong,
  isProtected,
  isVm86,
} from '../state';
import { raise, raiseGeneral } from '../interrupts/raise';
import { DR6_BD, DR7_GD } from '../interrupts/debug';
import { flushNonGlobal, flushTlb } from '../memory/tlb';
import { ATTR_L, derive, deriveSseGate } from '../segments/derive';
import { loadPdptes } from './paging';

const CR0_DEFINED: u32 = 0xe005003f;
const CR0_ET: u32 = 0x10;
/** CR0 bits whose change drops translations: PG, AM, WP and PE. Without paging, WP and PE have no part in them. */
const CR0_PAGING: u32 = 0x80050001;
const CR0_TRANSLATING: u32 = 0x80040000;
const CR4_PAGING: u32 = CR4_PSE | CR4_PAE | CR4_PGE | CR4_PCIDE | CR4_SMEP | CR4_SMAP;

/** CPL 0 in protected mode; always in real mode; never in VM86. */
export function requirePrivilege(): void {
  if (isVm86() || (isProtected() && cpl() != 0)) raiseGeneral(0);
}

/** CR4 bits that this CPU model has. */
export function allowedCr4(): u32 {
  const first = features();
  const second = features2();
  let bits: u32 = CR4_PCE;
  if (first & FEATURE_VME) bits |= CR4_VME | CR4_PVI;
  if (first & FEATURE_TSC) bits |= CR4_TSD;
  if (first & FEATURE_DE) bits |= CR4_DE;
  if (first & FEATURE_PSE) bits |= CR4_PSE;
  if (first & FEATURE_PAE) bits |= CR4_PAE;
  if (second & FEATURE2_MCE) bits |= CR4_MCE;
  if (first & FEATURE_PGE) bits |= CR4_PGE;
  if (first & FEATURE_FXSR) bits |= CR4_OSFXSR;
  if (first & FEATURE_SSE) bits |= CR4_OSXMMEXCPT;
  if (second & FEATURE2_UMIP) bits |= CR4_UMIP;
  if (second & FEATURE2_FSGSBASE) bits |= CR4_FSGSBASE;
  if (second & FEATURE2_PCID) bits |= CR4_PCIDE;
  if (second & FEATURE2_XSAVE) bits |= CR4_OSXSAVE;
  if (first & FEATURE_SMEP) bits |= CR4_SMEP;
  if (first & FEATURE_SMAP) bits |= CR4_SMAP;
  return bits;
}

function report(index: u32, before: u64, after: u64): void {
  store<u64>(EXCHANGE, before);
  store<u64>(EXCHANGE, after, 8);
  controlRegister(<i32>index);
}

/** Takes over a checked CR0: long mode comes and goes with PG while EFER.LME. */
function setCr0(value: u32): void {
  const before = load<u32>(CR0);
  const after = (value & CR0_DEFINED) | CR0_ET;
  const paging = (after & CR0_PG) != 0;
  if (((before ^ after) & CR0_PG) != 0) {
    if (paging) {
      if (efer() & EFER_LME) {
        if (!(cr4() & CR4_PAE) || attributes(SEG_CS) & ATTR_L || (attributes(SEG_TR) & 8) == 0) raiseGeneral(0);
      } else if (cr4() & CR4_PAE) loadPdptes(load<u64>(CR3), true);
    } else if (is64() || cr4() & CR4_PCIDE) raiseGeneral(0);
    if (efer() & EFER_LME) store<u32>(EFER, paging ? efer() | EFER_LMA : efer() & ~EFER_LMA);
  } else if (paging && (before ^ after) & (CR0_CD | CR0_NW) && cr4() & CR4_PAE && !isLong()) loadPdptes(load<u64>(CR3), true);
  store<u64>(CR0, after);
  const dropping = (before | after) & CR0_PG ? CR0_PAGING : CR0_TRANSLATING;
  if ((before ^ after) & dropping) flushTlb();
  report(0, before, after);
  derive();
}

function writeCr0(value: u64): void {
  const bits = <u32>value;
  if (value >> 32) raiseGeneral(0);
  if (bits & CR0_PG && !(bits & CR0_PE)) raiseGeneral(0);
  if (bits & CR0_NW && !(bits & CR0_CD)) raiseGeneral(0);
  if (!(bits & CR0_WP) && cr4() & 0x800000) raiseGeneral(0);
  setCr0(bits);
}

function writeCr3(value: u64): void {
  const before = load<u64>(CR3);
  let after = value;
  let keep = false;
  if (isLong()) {
    if (cr4() & CR4_PCIDE) {
      keep = value >> 63 != 0;
      after &= 0x7fffffffffffffff;
    }
    if (after & (load<u64>(RESERVED_PHYSICAL) | 0xfff0000000000000)) raiseGeneral(0);
  } else {
    after &= 0xffffffff;
    if (load<u32>(CR0) & CR0_PG && cr4() & CR4_PAE) loadPdptes(after, true);
  }
  store<u64>(CR3, after);
  if (!keep) {
    if (cr4() & CR4_PGE) flushNonGlobal();
    else flushTlb();
  } else flushNonGlobal();
  report(3, before, after);
}

function writeCr4(value: u64): void {
  const before = load<u32>(CR4);
  const after = <u32>value;
  if (value >> 32 || after & ~allowedCr4()) raiseGeneral(0);
  if (isLong() && !(after & CR4_PAE)) raiseGeneral(0);
  if (after & ~before & CR4_PCIDE && (!isLong() || load<u64>(CR3) & 0xfff)) raiseGeneral(0);
  const changed = before ^ after;
  if (load<u32>(CR0) & CR0_PG && !isLong() && after & CR4_PAE && changed & CR4_PAGING) loadPdptes(load<u64>(CR3), true);
  store<u64>(CR4, after);
  if (changed & CR4_PAGING) flushTlb();
  report(4, before, after);
  derive();
}

export function movToCr(index: i32, value: i64): void {
  if (index != 0 && index != 2 && index != 3 && index != 4 && !(index == 8 && features() & FEATURE_LM)) raise(VECTOR_UD);
  requirePrivilege();
  if (index == 0) writeCr0(<u64>value);
  else if (index == 2) store<u64>(CR2, <u64>value);
  else if (index == 3) writeCr3(<u64>value);
  else if (index == 4) writeCr4(<u64>value);
  else {
    if ((<u64>value) & ~(<u64>15)) raiseGeneral(0);
    const before = load<u64>(CR + 8 * 8);
    store<u64>(CR + 8 * 8, <u64>value);
    report(8, before, <u64>value);
  }
}

export function movFromCr(index: i32): i64 {
  if (index != 0 && index != 2 && index != 3 && index != 4 && !(index == 8 && features() & FEATURE_LM)) raise(VECTOR_UD);
  requirePrivilege();
  return load<i64>(CR + (index << 3));
}

/** DR4 and DR5 are DR6 and DR7 unless CR4.DE; DR7.GD makes every access a #DB fault. */
function debugIndex(index: u32): u32 {
  if (index == 4 || index == 5) {
    if (cr4() & CR4_DE) raise(VECTOR_UD);
    index += 2;
  }
  if (index > 7) raise(VECTOR_UD);
  requirePrivilege();
  if (load<u32>(DR + 7 * 8) & DR7_GD) {
    store<u32>(DR + 6 * 8, load<u32>(DR + 6 * 8) | DR6_BD);
    raise(VECTOR_DB);
  }
  return index;
}

export function movToDr(indexValue: i32, value: i64): void {
  const index = debugIndex(<u32>indexValue);
  let after = <u64>value;
  if (index >= 6) {
    if (is64() && after >> 32) raiseGeneral(0);
    after = index == 6 ? (after & 0xe00f) | 0xffff0ff0 : (after & 0xffff23ff) | 0x400;
  } else if (!is64()) after &= 0xffffffff;
  store<u64>(DR + (index << 3), after);
  flushTlb();
}

export function movFromDr(index: i32): i64 {
  return load<i64>(DR + (debugIndex(<u32>index) << 3));
}

export function lmsw(value: i32): void {
  requirePrivilege();
  const before = load<u32>(CR0);
  setCr0((before & ~0xe) | ((<u32>value) & 0xf) | (before & 1));
}

/** CR4.UMIP keeps SGDT, SIDT, SLDT, SMSW and STR from CPL above 0. */
export function requireNoUmip(): void {
  if (cr4() & CR4_UMIP && (isVm86() || cpl() != 0)) raiseGeneral(0);
}

export function smsw(): i64 {
  requireNoUmip();
  return load<i64>(CR0);
}

export function clts(): void {
  requirePrivilege();
  const before = load<u32>(CR0);
  store<u32>(CR0, before & ~CR0_TS);
  deriveSseGate();
  report(0, before, before & ~CR0_TS);
}
