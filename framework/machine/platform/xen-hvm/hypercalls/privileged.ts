/** Hypercalls that an ordinary HVM guest can call but that have little or nothing for it. */
import { EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ESRCH, XenError } from '../errno';
import type { HypercallHandler } from '../hypervisor';
import { subOp } from '../hypervisor';

const VMASST_RUNSTATE_UPDATE_FLAG = 5;

/** DOMCTL, SYSCTL, PLATFORM_OP: the structure is read before the caller is turned away. */
export const control: HypercallHandler = (_xen, call) => {
  call.access.read(call.args[0], 8);
  throw new XenError(EPERM);
};

/** CONSOLE_IO: a guest other than the console's has none in a release build. */
export const denied: HypercallHandler = () => {
  throw new XenError(EPERM);
};

/** XSM_OP without FLASK; PHYSDEV_OP without PIRQs. */
export const missing: HypercallHandler = () => {
  throw new XenError(ENOSYS);
};

/** ARGO_OP and XENPMU_OP, which are off unless the host's command line turns them on; MMUEXT_OP for translated guests. */
export const switchedOff: HypercallHandler = () => {
  throw new XenError(EOPNOTSUPP);
};

/** DM_OP: a guest is nobody's device model. */
export const dmOp: HypercallHandler = (xen, call) => {
  const domid = Number(call.args[0] & 0xffffn);
  throw new XenError(domid === 0 || domid === xen.config.domid ? EPERM : ESRCH);
};

export const vmAssist: HypercallHandler = (_xen, call) => {
  const command = subOp(call);
  const type = Number(BigInt.asUintN(32, call.args[1]));
  if (type !== VMASST_RUNSTATE_UPDATE_FLAG) throw new XenError(EINVAL);
  if (command !== 0 && command !== 1) throw new XenError(ENOSYS);
  return 0;
};
