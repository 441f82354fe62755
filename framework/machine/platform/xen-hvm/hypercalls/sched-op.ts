/** SCHED_OP (public/sched.h; xen/common/sched/core.c of 4.17) and SET_TIMER_OP. */
import { EFAULT, EINVAL, ENOSYS, EPERM, ESRCH, XenError } from '../errno';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { subOp } from '../hypervisor';

/** Most ports that one poll may name. */
const MAX_POLL_PORTS = 128;
/** A timer further away than 2^50 ns is taken for a wrapped one and fires soon. */
const HUGE_TIMEOUT_NS = 2 ** 50;
const SOON_NS = 100e6;

function poll(xen: Hypervisor, call: Hypercall): number {
  const { access, vcpu } = call;
  const struct = access.read(call.args[1], access.wide ? 24 : 16);
  const list = struct.natural(0);
  const count = struct.u32(access.naturalBytes);
  const timeout = struct.u64(access.wide ? 16 : 8);
  if (count > MAX_POLL_PORTS) throw new XenError(EINVAL);
  if (!access.rangeOkay(list, count, 4)) throw new XenError(EFAULT);
  if (xen.vcpus.hasPending(vcpu)) return 0;
  const ports: number[] = [];
  for (let index = 0; index < count; index++) {
    const port = access.read(list + BigInt(index * 4), 4).u32(0);
    if (xen.channels.isPending(port)) return 0;
    ports.push(port);
  }
  xen.vcpus.block(vcpu, ports.length === 1 ? ports : undefined, timeout === 0n ? undefined : Number(timeout));
  return 0;
}

function remoteShutdown(xen: Hypervisor, call: Hypercall): never {
  const domid = call.access.read(call.args[1], 8).u16(0);
  throw new XenError(domid === 0 || domid === xen.config.domid ? EPERM : ESRCH);
}

export const schedOp: HypercallHandler = (xen, call) => {
  const [, pointer] = call.args;
  switch (subOp(call)) {
    case 0:
      xen.vcpus.yield();
      return 0;
    case 1:
      if (!xen.vcpus.hasPending(call.vcpu)) xen.vcpus.block(call.vcpu, undefined, undefined);
      return 0;
    case 2:
      xen.shutdown(call.access.read(pointer, 4).u32(0) & 0xff);
      return 0;
    case 3:
      return poll(xen, call);
    case 4:
      return remoteShutdown(xen, call);
    case 5:
      xen.setShutdownCode(call.access.read(pointer, 4).u32(0) & 0xff);
      return 0;
    case 6: {
      const struct = call.access.read(pointer, 8);
      return xen.watchdog(struct.u32(0), struct.u32(4));
    }
    case 7:
      throw new XenError(EPERM);
    default:
      throw new XenError(ENOSYS);
  }
};

/** The timeout is 64 bits: two registers in the 32-bit ABI. */
export const setTimerOp: HypercallHandler = (xen, call) => {
  const [low, high] = call.args;
  const timeout = call.access.wide ? low : (low & 0xffff_ffffn) | ((high & 0xffff_ffffn) << 32n);
  const signed = BigInt.asIntN(64, timeout);
  if (signed === 0n) {
    xen.vcpus.setSingleshot(call.vcpu, undefined);
    return 0;
  }
  const isHuge = signed < 0n || Number(signed) - xen.nowNs() >= HUGE_TIMEOUT_NS;
  xen.vcpus.setSingleshot(call.vcpu, isHuge ? xen.nowNs() + SOON_NS : Number(signed));
  return 0;
};
