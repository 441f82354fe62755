/** Exports of core.wasm: functions only. */
export { start, beginRestoreAll, restoreMapFrame, restoreMapRun, selectSlot, resetSlot, loaded, stateSaved } from './system/host-calls';
export { requestStop, recheckEvents, shorten, setA20, setWatchCount } from './system/host-calls';
export { beginRestore, reviveFrame, endRestore } from './memory/frames';
export {
  pageForRead,
  pageForCpu,
  pageForWrite,
  frameForWrite,
  frameForRead,
  populate,
  unmap,
  allocateFrame,
  mapFrame,
  movePage,
  kindAt,
  frameAt,
  setSmmOnly,
  setWatchFlags,
  watchesChanged,
  dirtyTaken,
} from './memory/physical';
export { mapSlotsUsed, nextDirty } from './memory/map';
export {
  read8,
  read16,
  read32,
  read64,
  write8,
  write16,
  write32,
  write64,
  read128,
  write128,
  readForWrite8,
  readForWrite16,
  readForWrite32,
  readForWrite64,
  probeRead,
  probeWrite,
  translate,
} from './memory/access';
export {
  boundary,
  breakpoint,
  branch,
  lookup,
  next,
  stale,
  watch,
  undefinedInstruction as undefined,
  abandon,
  notRetired,
} from './blocks/boundary';
export { checkTarget } from './blocks/lookup';
export { segmentLinear } from './segments/linear';
export { loadSegment, lldt, ltr } from './segments/load';
export { enter, bound } from './segments/frames';
export { raise, raiseCode, raiseDivide, raiseGeneral, raiseStack } from './interrupts/raise';
export { deliverFault } from './interrupts/deliver';
export { softInterrupt, int1, int3, into } from './interrupts/software';
export { farCall, farJump, farReturn } from './transfers/far';
export { iret } from './transfers/iret';
export { swapgs, syscall, sysenter, sysexit, sysret } from './transfers/fast';
export { syscallLegacy, sysretLegacy } from './transfers/fast-legacy';
export { cli, clac, getFlags, popf, pushf, setFlags, stac, sti } from './system/flags';
export { clts, lmsw, movFromCr, movFromDr, movToCr, movToDr, requirePrivilege, smsw } from './system/control';
export { rdmsr, rdpmc, rdtsc, rdtscp, wrmsr } from './system/msr';
export { lar, lgdt, lidt, lsl, sgdt, sidt, sldt, str, verr, verw } from './system/tables';
export { portIn, portOut } from './system/ports';
export { cpuid, fwait, hlt, invd, invlpg, rdrand, vmcall } from './system/misc';
export { monitor, mwait } from './system/monitor';
export { rsm } from './smm/resume';
export { cmpxchg16b, crc32, div128, idiv128 } from './arithmetic/wide';
export { emms, enterMmx, requireMmx, requireSse } from './simd/gate';
export { aes, aesKey } from './simd/aes';
export { carrylessProduct, slidingDifferences, smallestWord } from './simd/whole';
export { compareStrings } from './simd/strings';
export { maskedStore } from './simd/masked-store';
export { xgetbv, xrstor, xsave, xsetbv } from './simd/xsave';
export { fxrstor, fxsave, ldmxcsr } from './simd/save';
export { x87Memory } from './x87/memory-forms';
export { x87Register } from './x87/register-forms';
export { sseFloat, sseFromInteger, sseToInteger } from './sse-float/dispatch';
export { stringOp } from './strings/string-op';
export { decode } from './decode/decode';
