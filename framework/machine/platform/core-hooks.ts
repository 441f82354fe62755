import type { TraceSink } from '../../trace/sink';
import type { Gpa } from '../../quantities/units';
import type { AccessSize, Bus } from '../bus/types';
import type { Core, CoreHooks } from '../core-host/types';
import { VMX_EXIT, ioQualification } from './vmx-reasons';

/** What a machine answers for its core; MachineBase implements it. */
export interface HookTarget {
  readonly core: Core;
  readonly bus: Bus;
  readonly trace: TraceSink;
  readMmio(gpa: Gpa, size: AccessSize): number;
  writeMmio(gpa: Gpa, size: AccessSize, value: number): void;
  writeMmioBlock(gpa: Gpa, size: AccessSize, count: number, bytes: (count: number) => Uint8Array): number;
  cpuid(leaf: number, subleaf: number, out: Uint32Array): void;
  readMsr(msr: number): bigint | undefined;
  writeMsr(msr: number, value: bigint): boolean;
  addedNs(): number;
  tscWritten(): void;
  readRandom(): bigint;
  vmcall(): boolean;
  acknowledgeInterrupt(): number;
  controlRegister(register: number, before: bigint, after: bigint): void;
  floatError(asserted: boolean): void;
  /** An exception is being delivered. */
  faulted(vector: number): void;
  exit?(reason: number, qualification: number): void;
  /** The exit of an access to memory that is not RAM; gives its reason. */
  memoryExit(gpa: Gpa, isWrite: boolean): number;
  entry?(reason: number): void;
  /** After anything that may have armed a timer or charged time: keeps the running slice within the next deadline. */
  afterAccess(): void;
}

type AccessHooks = Pick<CoreHooks, 'portRead' | 'portWrite' | 'mmioRead' | 'mmioWrite' | 'mmioWrites'>;

function accessHooks(target: HookTarget): AccessHooks {
  return {
    portRead(port, size, destination) {
      target.exit?.(VMX_EXIT.IO, ioQualification(port, size, true, destination >= 0));
      target.bus.stringTarget = destination >= 0 ? destination : undefined;
      const value = target.bus.readPort(port, size);
      target.bus.stringTarget = undefined;
      target.entry?.(VMX_EXIT.IO);
      target.afterAccess();
      return value;
    },
    portWrite(port, size, value) {
      target.exit?.(VMX_EXIT.IO, ioQualification(port, size, false, false));
      target.bus.writePort(port, size, value);
      target.entry?.(VMX_EXIT.IO);
      target.afterAccess();
    },
    mmioRead(gpa, size) {
      const reason = target.memoryExit(gpa, false);
      const value = target.readMmio(gpa, size);
      target.entry?.(reason);
      target.afterAccess();
      return value;
    },
    mmioWrite(gpa, size, value) {
      const reason = target.memoryExit(gpa, true);
      target.writeMmio(gpa, size, value);
      target.entry?.(reason);
      target.afterAccess();
    },
    mmioWrites: (gpa, size, count, bytes) => target.writeMmioBlock(gpa, size, count, bytes),
  };
}

type SystemHooks = Pick<
  CoreHooks,
  | 'cpuid'
  | 'readMsr'
  | 'writeMsr'
  | 'addedNs'
  | 'tscWritten'
  | 'readRandom'
  | 'vmcall'
  | 'acknowledgeInterrupt'
  | 'controlRegister'
  | 'modeChanged'
  | 'sensitiveInstruction'
  | 'floatError'
>;

function systemHooks(target: HookTarget): SystemHooks {
  const { trace } = target;
  return {
    cpuid(leaf, subleaf, out) {
      target.exit?.(VMX_EXIT.CPUID, 0);
      target.cpuid(leaf, subleaf, out);
      if (trace.wants('cpuid')) {
        trace.record('cpuid', leaf, subleaf, out[0] ?? 0, out[1] ?? 0, out[2] ?? 0, out[3] ?? 0);
      }
      target.entry?.(VMX_EXIT.CPUID);
      target.afterAccess();
    },
    readMsr(msr) {
      target.exit?.(VMX_EXIT.RDMSR, 0);
      const value = target.readMsr(msr);
      if (trace.wants('msr-read')) trace.record('msr-read', msr, value ?? 0n, value === undefined ? 0 : 1);
      target.entry?.(VMX_EXIT.RDMSR);
      target.afterAccess();
      return value;
    },
    writeMsr(msr, value) {
      target.exit?.(VMX_EXIT.WRMSR, 0);
      const known = target.writeMsr(msr, value);
      if (trace.wants('msr-write')) trace.record('msr-write', msr, value, known ? 1 : 0);
      target.entry?.(VMX_EXIT.WRMSR);
      target.afterAccess();
      return known;
    },
    addedNs: () => target.addedNs(),
    tscWritten() {
      target.tscWritten();
      target.afterAccess();
    },
    readRandom: () => target.readRandom(),
    vmcall() {
      const done = target.vmcall();
      target.afterAccess();
      return done;
    },
    acknowledgeInterrupt: () => target.acknowledgeInterrupt(),
    controlRegister: (register, before, after) => target.controlRegister(register, before, after),
    modeChanged() {
      if (!trace.wants('mode')) return;
      const { core } = target;
      trace.record('mode', core.mode, core.paging ? 1 : 0, core.controlRegister(0), core.controlRegister(4), core.efer, core.cs, core.ip);
    },
    floatError: (asserted) => target.floatError(asserted),
    sensitiveInstruction(vmxReason) {
      target.exit?.(vmxReason, 0);
      target.entry?.(vmxReason);
    },
  };
}

type WatchHooks = Pick<CoreHooks, 'exception' | 'softwareInterrupt' | 'undefinedOpcode' | 'executionWatch' | 'memoryWatch'>;

const SEGMENT_GPRS = { ax: 0, cx: 1, dx: 2, bx: 3 } as const;

function watchHooks(target: HookTarget): WatchHooks {
  const { trace } = target;
  const low16 = (index: number): number => Number(target.core.gpr(index) & 0xffffn);
  return {
    exception(vector, errorCode, cr2) {
      target.faulted(vector);
      if (!trace.wants('exception')) return;
      const { core } = target;
      const has = errorCode >= 0;
      trace.record('exception', vector, has ? 1 : 0, has ? errorCode : 0, cr2, core.cs, core.ip);
    },
    softwareInterrupt(vector) {
      if (!trace.wants('software-interrupt')) return;
      const { cs, ip } = target.core;
      const { ax, bx, cx, dx } = SEGMENT_GPRS;
      trace.record('software-interrupt', vector, cs, ip, low16(ax), low16(bx), low16(cx), low16(dx));
    },
    undefinedOpcode(bytes) {
      if (!trace.wants('undefined-opcode')) return;
      const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
      trace.record('undefined-opcode', target.core.cs, target.core.ip, text);
    },
    executionWatch(id, linear) {
      const { core } = target;
      const from = core.lastFar;
      trace.record('executed', id, linear, core.cs, core.ip, from.cs, from.ip, core.mode);
    },
    memoryWatch(id, gpa, size, value, isWrite) {
      const { cs, ip } = target.core;
      trace.record(isWrite ? 'memory-write' : 'memory-read', id, gpa, size, value, cs, ip);
    },
  };
}

/** Connects a core's questions to a machine, with their VM exits and trace events. */
export function coreHooks(target: HookTarget): CoreHooks {
  return { ...accessHooks(target), ...systemHooks(target), ...watchHooks(target) };
}
