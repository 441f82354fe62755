/** The domain as the hypervisor's hypercalls see it. */
import type { Core, CpuState } from '../../core-host/types';
import type { TraceSink } from '../../../trace/sink';
import type { MachineConfig } from '../../types';
import type { E820Entry } from './builder/layout';
import type { EventChannels } from './event-channels';
import { EPERM, ESRCH, XenError } from './errno';
import type { GrantTable } from './grant-table';
import type { GuestAccess } from './guest-access';
import type { HvmParams } from './hvm-params';
import type { P2m } from './p2m';
import type { SharedInfo } from './shared-info';

/** What hypercalls do to vCPUs. */
export interface VcpuControl {
  /**
   * Takes the vCPU off its processor until an event, an interrupt or the deadline (virtual ns; undefined: none). `ports`
   * are those whose event is awaited, undefined: any.
   */
  block(vcpu: number, ports: readonly number[] | undefined, deadlineNs: number | undefined): void;
  /** Gives the rest of the quantum to the other vCPUs. */
  yield(): void;
  /** An event upcall or an interrupt waits for the vCPU. */
  hasPending(vcpu: number): boolean;
  isUp(vcpu: number): boolean;
  isInitialised(vcpu: number): boolean;
  initialise(vcpu: number, state: CpuState): void;
  up(vcpu: number): void;
  down(vcpu: number): void;
  sendNmi(vcpu: number): void;
  /** VIRQ_TIMER once at a virtual time, or each period; undefined stops it. */
  setSingleshot(vcpu: number, atNs: number | undefined): void;
  setPeriodic(vcpu: number, periodNs: number | undefined): void;
  /** LAPIC vector for event upcalls of this vCPU alone; 0 none. */
  setUpcallVector(vcpu: number, vector: number): void;
}

export interface Hypervisor {
  readonly config: MachineConfig;
  readonly core: Core;
  readonly trace: TraceSink;
  readonly p2m: P2m;
  readonly params: HvmParams;
  readonly channels: EventChannels;
  readonly sharedInfo: SharedInfo;
  readonly grants: GrantTable;
  readonly vcpus: VcpuControl;
  readonly maxPages: number;
  /** What XENMEM_memory_map gives; the guest may replace it. */
  readonly memoryMap: { entries: E820Entry[] };
  /** Xen's system time. */
  nowNs(): number;
  /** domain_shutdown: the domain stops with this reason (public/sched.h), or with the one set before. */
  shutdown(reason: number): void;
  /** Sets the reason that a later shutdown will have. */
  setShutdownCode(reason: number): void;
  /** SCHEDOP_watchdog: 0 makes a watchdog and gives its id. @throws XenError EINVAL, ENOSPC. */
  watchdog(id: number, timeoutSeconds: number): number;
  /** Brings the time of a vCPU's vcpu_info up to date. */
  updateTime(vcpu: number): void;
}

export interface Hypercall {
  readonly vcpu: number;
  readonly access: GuestAccess;
  /** EBX ECX EDX ESI EDI, or RDI RSI RDX R10 R8. */
  readonly args: readonly [bigint, bigint, bigint, bigint, bigint];
}

/** Gives the result (0 or more), or throws XenError for -errno. */
export type HypercallHandler = (xen: Hypervisor, call: Hypercall) => number;

export const DOMID_SELF = 0x7ff0;
const DOMID_DOM0 = 0;

/**
 * A guest may name itself only. Dom0 exists but is not the guest's to touch.
 * @throws XenError ESRCH, EPERM.
 */
export function requireSelf(xen: Hypervisor, domid: number): void {
  if (domid === DOMID_SELF || domid === xen.config.domid) return;
  throw new XenError(domid === DOMID_DOM0 ? EPERM : ESRCH);
}

/** A sub-operation number as C's `int`. */
export function subOp(call: Hypercall): number {
  return Number(BigInt.asUintN(32, call.args[0]));
}
