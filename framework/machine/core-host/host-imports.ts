import { EXCHANGE, FORCED } from '../core/layout/run-state';
import type { CoreHooks } from './types';
import type { Views } from './views';
import type { Watches } from './watches';

/** What the runtime throws through the Wasm frames when an instruction faults. Carries nothing: the fault is in the state. */
class Unwind extends Error {}
export const UNWIND = new Unwind('an instruction faulted');

/** Late parts: they exist only once the instance does. */
export interface HostContext {
  readonly views: Views;
  readonly hooks: CoreHooks;
  watches: Watches | undefined;
  /** Host-made state changes (reset, select, load) tell nobody. */
  quiet: boolean;
}

type Size = 1 | 2 | 4;

/** The "host" imports of core.wasm (core/host.ts). */
export function hostImports(context: HostContext): WebAssembly.ModuleImports {
  const { views, hooks } = context;
  const cpuidOut = new Uint32Array(4);
  return {
    unwind: () => {
      throw UNWIND;
    },
    portRead: (port: number, size: Size, target: number) => hooks.portRead(port, size, target),
    portWrite: (port: number, size: Size, value: number) => hooks.portWrite(port, size, value >>> 0),
    mmioRead: (gpa: number, size: Size) => hooks.mmioRead(gpa, size),
    mmioWrite: (gpa: number, size: Size, value: number) => hooks.mmioWrite(gpa, size, value >>> 0),
    mmioWrites: (gpa: number, size: Size, count: number, source: number, step: number) => {
      let done = 0;
      do {
        const first = done;
        const bytes = (elements: number): Uint8Array => views.repeated(source + first * step, size, elements, step);
        if (views.u32(FORCED) === 0) done += hooks.mmioWrites?.(gpa + done * size, size, count - done, bytes) ?? 0;
        if (done > first) continue;
        hooks.mmioWrite(gpa + done * size, size, views.value(source + done * step, size));
        done++;
      } while (done < count && views.u32(FORCED) === 0);
      return done;
    },
    cpuid: (leaf: number, subleaf: number) => {
      hooks.cpuid(leaf >>> 0, subleaf >>> 0, cpuidOut);
      cpuidOut.forEach((value, index) => views.setU32(EXCHANGE + index * 4, value));
    },
    readMsr: (msr: number) => {
      const value = hooks.readMsr(msr >>> 0);
      if (value === undefined) return 0;
      views.setU64(EXCHANGE, BigInt.asUintN(64, value));
      return 1;
    },
    writeMsr: (msr: number) => (hooks.writeMsr(msr >>> 0, views.u64(EXCHANGE)) ? 1 : 0),
    addedNs: () => hooks.addedNs(),
    tscWritten: () => hooks.tscWritten?.(),
    readRandom: () => views.setU64(EXCHANGE, hooks.readRandom?.() ?? 0n),
    vmcall: () => (hooks.vmcall() ? 1 : 0),
    acknowledgeInterrupt: () => hooks.acknowledgeInterrupt(),
    controlRegister: (index: number) => {
      if (!context.quiet) hooks.controlRegister(index, views.u64(EXCHANGE), views.u64(EXCHANGE + 8));
    },
    modeChanged: () => {
      if (!context.quiet) hooks.modeChanged();
    },
    exception: (vector: number, errorCode: number) => hooks.exception(vector, errorCode, views.u64(EXCHANGE)),
    softwareInterrupt: (vector: number) => hooks.softwareInterrupt(vector),
    undefinedOpcode: (address: number, count: number) => hooks.undefinedOpcode(views.bytes.slice(address, address + count)),
    executionWatch: () => context.watches?.executed(views.u64(EXCHANGE)),
    memoryWatch: (gpa: number, size: number, isWrite: number) => context.watches?.accessed(gpa, size, views.u64(EXCHANGE), isWrite !== 0),
    floatError: (level: number) => hooks.floatError?.(level !== 0),
    sensitive: (vmxReason: number) => hooks.sensitiveInstruction(vmxReason),
    exhausted: () => {
      throw new Error('guest memory is exhausted: more than 4 GiB of distinct pages were written, or the physical map is full');
    },
  };
}
