/** MXCSR, and the state image of FXSAVE and FXRSTOR. SDM vol. 1, 10.2.3 and 10.5. */
import { OP_SIZE_MASK } from '../layout/blocks';
import { CR0 } from '../layout/cpu-state';
import { FPU_CS, FPU_DP, FPU_DS, FPU_IP, FPU_OPCODE, FPU_REGISTER_BYTES, FPU_TAGS, MXCSR, XMM, XMM_BYTES } from '../layout/fpu-state';
import { CR0_EM, CR0_TS, VECTOR_NM, is64, operandFlags } from '../state';
import { raise, raiseGeneral } from '../interrupts/raise';
import { probeRead, probeWrite, readAny, writeAny } from '../memory/access';
import { segmentLinear } from '../segments/linear';
import { refreshSummary } from '../x87/exceptions';
import { REGISTER_EXPONENT, control, setControl, setStatusWord, stackRegister, statusWord } from '../x87/state';

const IMAGE_BYTES = 512;
/** Bits of MXCSR that exist: DAZ among them. */
const MXCSR_MASK: u32 = 0xffff;
const REGISTERS: u32 = 32;
const VECTORS: u32 = 160;
/** An image on its way into the CPU. */
const image: usize = memory.data(512, 16);

export function ldmxcsr(value: i32): void {
  if ((<u32>value) & ~MXCSR_MASK) raiseGeneral(0);
  store<u32>(MXCSR, value);
}

/** Linear address of the image, after every check. */
function place(segment: i32, ea: i64, write: i32): u64 {
  if (load<u32>(CR0) & (CR0_EM | CR0_TS)) raise(VECTOR_NM);
  const linear = segmentLinear(segment, ea, IMAGE_BYTES, write);
  if (linear & 15) raiseGeneral(0);
  if (write) probeWrite(linear, IMAGE_BYTES);
  else probeRead(linear, IMAGE_BYTES);
  return <u64>linear;
}

/** REX.W: 64-bit offsets instead of offset and selector. */
function isWide(): bool {
  return (operandFlags() & OP_SIZE_MASK) == 3;
}

/** XMM registers that the mode has. */
export function vectors(): u32 {
  return is64() ? 16 : 8;
}

/** x87 words and registers into an image at `linear`. */
export function storeX87(linear: u64): void {
  const wide = isWide();
  const ip = load<u64>(FPU_IP);
  const dp = load<u64>(FPU_DP);
  writeAny(linear, 4, control() | (statusWord() << 16));
  writeAny(linear + 4, 4, load<u32>(FPU_TAGS) | (load<u32>(FPU_OPCODE) << 16));
  writeAny(linear + 8, 8, wide ? ip : (ip & 0xffffffff) | ((<u64>load<u32>(FPU_CS)) << 32));
  writeAny(linear + 16, 8, wide ? dp : (dp & 0xffffffff) | ((<u64>load<u32>(FPU_DS)) << 32));
  for (let index: u32 = 0; index < 8; index++) {
    const at = stackRegister(index);
    const to = linear + REGISTERS + index * 16;
    writeAny(to, 8, load<u64>(at));
    writeAny(to + 8, 8, load<u16>(at, REGISTER_EXPONENT));
  }
}

export function storeMxcsr(linear: u64): void {
  writeAny(linear + 24, 8, (<u64>load<u32>(MXCSR)) | ((<u64>MXCSR_MASK) << 32));
}

export function storeVectors(linear: u64): void {
  for (let index: u32 = 0; index < vectors() * 2; index++) writeAny(linear + VECTORS + index * 8, 8, load<u64>(XMM + index * 8));
}

/** Reads what an image holds, before anything changes. */
export function readImage(linear: u64): void {
  const bytes: u32 = VECTORS + vectors() * XMM_BYTES;
  for (let offset: u32 = 0; offset < bytes; offset += 8) store<u64>(image + offset, readAny(linear + offset, 8));
}

/** #GP(0) for an MXCSR in the image that cannot be. */
export function checkImageMxcsr(): void {
  if (load<u32>(image, 24) & ~MXCSR_MASK) raiseGeneral(0);
}

export function takeX87(): void {
  const wide = isWide();
  setControl(load<u16>(image));
  setStatusWord(load<u16>(image, 2));
  store<u32>(FPU_TAGS, load<u8>(image, 4));
  store<u32>(FPU_OPCODE, load<u16>(image, 6) & 0x7ff);
  store<u64>(FPU_IP, wide ? load<u64>(image, 8) : load<u32>(image, 8));
  store<u64>(FPU_DP, wide ? load<u64>(image, 16) : load<u32>(image, 16));
  store<u32>(FPU_CS, wide ? 0 : load<u16>(image, 12));
  store<u32>(FPU_DS, wide ? 0 : load<u16>(image, 20));
  for (let index: u32 = 0; index < 8; index++) {
    const at = stackRegister(index);
    const from = image + REGISTERS + index * FPU_REGISTER_BYTES;
    store<u64>(at, load<u64>(from));
    store<u16>(at, load<u16>(from, 8), REGISTER_EXPONENT);
  }
  refreshSummary();
}

export function takeMxcsr(): void {
  store<u32>(MXCSR, load<u32>(image, 24));
}

export function takeVectors(): void {
  memory.copy(XMM, image + VECTORS, vectors() * XMM_BYTES);
}

export function fxsave(segment: i32, ea: i64): void {
  const linear = place(segment, ea, 1);
  storeX87(linear);
  storeMxcsr(linear);
  storeVectors(linear);
}

export function fxrstor(segment: i32, ea: i64): void {
  readImage(place(segment, ea, 0));
  checkImageMxcsr();
  takeX87();
  takeMxcsr();
  takeVectors();
}
