/** VCPU_OP as an HVM guest may use it (public/vcpu.h; compat_vcpu_op for the 32-bit ABI leaves some out). */
import { PAGE_BYTES } from '../../../../quantities/units';
import { EEXIST, EINVAL, ENOENT, ENOSYS, ENXIO, EFAULT, XenError } from '../errno';
import { GuestStruct } from '../guest-access';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { readVcpuContext } from './vcpu-context';

const VCPU_INFO_BYTES = 64;
const MIN_PERIOD_NS = 1_000_000n;
/** STIME_DELTA_MAX. */
const MAX_PERIOD_NS = (1n << 63n) - 2n;
const RUNSTATE_RUNNING = 0;

function registerVcpuInfo(xen: Hypervisor, call: Hypercall, vcpu: number): number {
  const struct = call.access.read(call.args[2], 16);
  const gfn = struct.u64(0);
  const offset = struct.u32(8);
  const align = call.access.naturalBytes;
  if (offset > PAGE_BYTES - VCPU_INFO_BYTES || offset % align !== 0) throw new XenError(ENXIO);
  const isTaken = xen.sharedInfo.isMoved(vcpu) || (vcpu !== call.vcpu && xen.vcpus.isUp(vcpu));
  if (isTaken || gfn >= 1n << 40n) throw new XenError(EINVAL);
  const frame = xen.p2m.lookup(Number(gfn)) && xen.core.memory.frameAt(Number(gfn));
  if (frame === undefined) throw new XenError(EINVAL);
  xen.sharedInfo.move(vcpu, frame, offset);
  xen.channels.markUpcall(vcpu);
  xen.updateTime(vcpu);
  return 0;
}

/** state, state_entry_time, time[4]: the guest has run all the time, as far as it can tell. */
function runstate(xen: Hypervisor, call: Hypercall): number {
  const pad = call.access.wide ? 8 : 4;
  const struct = new GuestStruct(new Uint8Array(pad + 5 * 8)).setU32(0, RUNSTATE_RUNNING);
  struct.setU64(pad + 8, BigInt(Math.floor(xen.nowNs())));
  call.access.write(call.args[2], struct.bytes);
  return 0;
}

function singleshot(xen: Hypervisor, call: Hypercall, vcpu: number): number {
  if (vcpu !== call.vcpu) throw new XenError(EINVAL);
  xen.vcpus.setSingleshot(vcpu, Number(call.access.read(call.args[2], call.access.wide ? 16 : 12).u64(0)));
  return 0;
}

function periodic(xen: Hypervisor, call: Hypercall, vcpu: number): number {
  const period = call.access.read(call.args[2], 8).u64(0);
  if (period < MIN_PERIOD_NS || period > MAX_PERIOD_NS) throw new XenError(EINVAL);
  xen.vcpus.setPeriodic(vcpu, Number(period));
  return 0;
}

function initialise(xen: Hypervisor, call: Hypercall, vcpu: number): number {
  const state = readVcpuContext(call.access, call.args[2], xen.core.saveCpu(vcpu));
  if (xen.vcpus.isInitialised(vcpu)) throw new XenError(EEXIST);
  xen.vcpus.initialise(vcpu, state);
  return 0;
}

function wideOnly(xen: Hypervisor, call: Hypercall, operation: number, vcpu: number): number {
  if (!call.access.wide) throw new XenError(ENOSYS);
  switch (operation) {
    case 5:
    case 13:
      if (!call.access.rangeOkay(call.args[2], 1, 48)) throw new XenError(EFAULT);
      return 0;
    case 11:
      if (call.args[2] !== 0n) throw new XenError(EINVAL);
      xen.vcpus.sendNmi(vcpu);
      return 0;
    case 12:
      throw new XenError(EINVAL);
    default:
      throw new XenError(ENOSYS);
  }
}

export const vcpuOp: HypercallHandler = (xen, call) => {
  const operation = Number(BigInt.asUintN(32, call.args[0]));
  const vcpu = Number(BigInt.asUintN(32, call.args[1]));
  if (vcpu >= xen.config.vcpus) throw new XenError(ENOENT);
  switch (operation) {
    case 0:
      return initialise(xen, call, vcpu);
    case 1:
      if (!xen.vcpus.isInitialised(vcpu)) throw new XenError(EINVAL);
      xen.vcpus.up(vcpu);
      return 0;
    case 2:
      xen.vcpus.down(vcpu);
      return 0;
    case 3:
      return xen.vcpus.isUp(vcpu) ? 1 : 0;
    case 4:
      return runstate(xen, call);
    case 6:
      return periodic(xen, call, vcpu);
    case 7:
      xen.vcpus.setPeriodic(vcpu, undefined);
      return 0;
    case 8:
      return singleshot(xen, call, vcpu);
    case 9:
      if (vcpu !== call.vcpu) throw new XenError(EINVAL);
      xen.vcpus.setSingleshot(vcpu, undefined);
      return 0;
    case 10:
      return registerVcpuInfo(xen, call, vcpu);
    default:
      return wideOnly(xen, call, operation, vcpu);
  }
};
