/** XCR0, and XSAVE, XSAVEOPT and XRSTOR of the x87 and SSE state. SDM vol. 1, chapter 13. */
import { CR0, RAX, RCX, RDX, SEG_BASE } from '../layout/cpu-state';
import {
  FPU_CONTROL,
  FPU_CS,
  FPU_DP,
  FPU_DS,
  FPU_IP,
  FPU_OPCODE,
  FPU_REGISTERS,
  FPU_STATUS,
  FPU_TAGS,
  FPU_TOP,
  XCR0,
  XMM,
  XMM_BYTES,
} from '../layout/fpu-state';
import { sensitive } from '../host';
import { CR0_TS, CR4_OSXSAVE, VECTOR_NM, VECTOR_UD, cr4 } from '../state';
import { raise, raiseGeneral } from '../interrupts/raise';
import { probeRead, probeWrite, readAny, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';
import { requirePrivilege } from '../system/control';
import { refreshSummary } from '../x87/exceptions';
import { resetWords } from '../x87/state';
import { checkImageMxcsr, readImage, storeMxcsr, storeVectors, storeX87, takeMxcsr, takeVectors, takeX87, vectors } from './save';

const COMPONENT_X87: u32 = 1;
const COMPONENT_SSE: u32 = 2;
const COMPONENTS: u32 = COMPONENT_X87 | COMPONENT_SSE;
const CONTROL_INITIAL: u32 = 0x37f;
/** The legacy region, then the header: XSTATE_BV, XCOMP_BV, zeros. */
const HEADER: u64 = 512;
const AREA_BYTES: i32 = 576;
const VMX_XSETBV: i32 = 55;

function requireOsxsave(): void {
  if (!(cr4() & CR4_OSXSAVE)) raise(VECTOR_UD);
}

export function xgetbv(): void {
  requireOsxsave();
  if (load<u32>(RCX) != 0) raiseGeneral(0);
  store<u64>(RAX, load<u32>(XCR0));
  store<u64>(RDX, 0);
}

export function xsetbv(): void {
  requireOsxsave();
  requirePrivilege();
  sensitive(VMX_XSETBV);
  const low = load<u32>(RAX);
  if (load<u32>(RCX) != 0 || load<u32>(RDX) != 0 || low & ~COMPONENTS || !(low & COMPONENT_X87)) raiseGeneral(0);
  store<u32>(XCR0, low);
}

/** Linear address of the area, after every check. */
function place(segment: i32, ea: i64, write: i32): u64 {
  requireOsxsave();
  if (load<u32>(CR0) & CR0_TS) raise(VECTOR_NM);
  // As silicon has it, also where the address is not canonical.
  if ((load<u64>(<usize>segment, SEG_BASE) + <u64>ea) & 63) raiseGeneral(0);
  const linear = segmentLinear(segment, ea, AREA_BYTES, write);
  if (write) probeWrite(linear, AREA_BYTES);
  else probeRead(linear, AREA_BYTES);
  return <u64>linear;
}

/** RFBM: the components that EDX:EAX asks for and XCR0 has. */
function requested(): u32 {
  return load<u32>(RAX) & load<u32>(XCR0);
}

function isZero(from: usize, bytes: u32): bool {
  for (let offset: u32 = 0; offset < bytes; offset += 8) if (load<u64>(from + offset) != 0) return false;
  return true;
}

function isX87Initial(): bool {
  const words = load<u32>(FPU_STATUS) | load<u32>(FPU_TOP) | load<u32>(FPU_TAGS) | load<u32>(FPU_OPCODE);
  const pointers = load<u64>(FPU_IP) | load<u64>(FPU_DP) | (<u64>(load<u32>(FPU_CS) | load<u32>(FPU_DS)));
  return load<u32>(FPU_CONTROL) == CONTROL_INITIAL && words == 0 && pointers == 0 && isZero(FPU_REGISTERS, 128);
}

/** XINUSE: what is not in its initial configuration (13.6). */
function inUse(): u32 {
  return (isX87Initial() ? 0 : COMPONENT_X87) | (isZero(XMM, vectors() * XMM_BYTES) ? 0 : COMPONENT_SSE);
}

/** `optimized`: components in their initial configuration are not written (13.9). */
export function xsave(segment: i32, ea: i64, optimized: i32): void {
  const linear = place(segment, ea, 1);
  const components = requested();
  const used = inUse();
  const written = optimized ? components & used : components;
  if (written & COMPONENT_X87) storeX87(linear);
  if (components & COMPONENT_SSE) storeMxcsr(linear);
  if (written & COMPONENT_SSE) storeVectors(linear);
  const before = readAny(linear + HEADER, 8);
  writeAny(linear + HEADER, 8, (before & ~(<u64>components)) | (<u64>(used & components)));
}

function initializeX87(): void {
  resetWords();
  store<u32>(FPU_OPCODE, 0);
  store<u32>(FPU_CS, 0);
  store<u32>(FPU_DS, 0);
  store<u64>(FPU_IP, 0);
  store<u64>(FPU_DP, 0);
  memory.fill(FPU_REGISTERS, 0, 128);
  refreshSummary();
}

/** The standard form; there is no compacted one. */
export function xrstor(segment: i32, ea: i64): void {
  const linear = place(segment, ea, 0);
  const components = requested();
  const present = readAny(linear + HEADER, 8);
  if (present & ~(<u64>load<u32>(XCR0))) raiseGeneral(0);
  if (readAny(linear + HEADER + 8, 8) | readAny(linear + HEADER + 16, 8)) raiseGeneral(0);
  readImage(linear);
  if (components & COMPONENT_SSE) checkImageMxcsr();
  if (components & COMPONENT_X87) {
    if (present & COMPONENT_X87) takeX87();
    else initializeX87();
  }
  if (components & COMPONENT_SSE) {
    takeMxcsr();
    if (present & COMPONENT_SSE) takeVectors();
    else memory.fill(XMM, 0, vectors() * XMM_BYTES);
  }
}
