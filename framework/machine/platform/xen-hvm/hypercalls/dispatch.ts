/** The hypercall table of HVM guests (xen/include/hypercall-defs.c, columns hvm32 and hvm64) and the call itself. */
import type { Core } from '../../../core-host/types';
import { ENOSYS, EPERM, EINVAL, XenError } from '../errno';
import { GuestAccess, GuestStruct } from '../guest-access';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { eventChannelOp } from './event-channel-op';
import { grantTableOp } from './grant-table-op';
import { hvmOp } from './hvm-op';
import { memoryOp } from './memory-op';
import { hypercallName, subName } from './names';
import { control, denied, dmOp, missing, switchedOff, vmAssist } from './privileged';
import { schedOp, setTimerOp } from './sched-op';
import { vcpuOp } from './vcpu-op';
import { xenVersion } from './xen-version';

/** Calls in one multicall: far more than any guest batches. */
const MAX_MULTICALLS = 0x1_0000;

const RAX = 0;
/** Argument registers: EBX ECX EDX ESI EDI, and RDI RSI RDX R10 R8. */
const ARGS_32 = [3, 1, 2, 6, 7] as const;
const ARGS_64 = [7, 6, 2, 10, 8] as const;

const multicall: HypercallHandler = (xen, call) => {
  const { access } = call;
  const count = Number(BigInt.asUintN(32, call.args[1]));
  if (count > MAX_MULTICALLS) throw new XenError(EINVAL);
  const natural = access.naturalBytes;
  for (let index = 0; index < count; index++) {
    const at = call.args[0] + BigInt(index * 8 * natural);
    const entry = access.read(at, 8 * natural);
    const argument = (position: number): bigint => entry.natural((2 + position) * natural);
    const inner: Hypercall = {
      vcpu: call.vcpu,
      access,
      args: [argument(0), argument(1), argument(2), argument(3), argument(4)],
    };
    const result = BigInt.asUintN(64, BigInt(invoke(xen, Number(BigInt.asUintN(32, entry.natural(0))), inner)));
    access.write(at + BigInt(natural), new GuestStruct(new Uint8Array(8)).setU64(0, result).bytes.subarray(0, natural));
  }
  return 0;
};

const HANDLERS: ReadonlyMap<number, HypercallHandler> = new Map([
  [7, control],
  [12, memoryOp],
  [13, multicall],
  [15, setTimerOp],
  [17, xenVersion],
  [18, denied],
  [20, grantTableOp],
  [21, vmAssist],
  [24, vcpuOp],
  [26, switchedOff],
  [27, missing],
  [29, schedOp],
  [32, eventChannelOp],
  [33, missing],
  [34, hvmOp],
  [35, control],
  [36, control],
  [39, switchedOff],
  [40, switchedOff],
  [41, dmOp],
  [42, denied],
]);

/** The result, or -errno; traced. */
function invoke(xen: Hypervisor, nr: number, call: Hypercall): number {
  const handler = HANDLERS.get(nr);
  let result = -ENOSYS;
  if (handler !== undefined) {
    try {
      result = handler(xen, call);
    } catch (error) {
      if (!(error instanceof XenError)) throw error;
      result = -error.errno;
    }
  }
  if (xen.trace.wants('hypercall')) {
    const [first, second, third] = call.args.map((value) => Number(BigInt.asUintN(53, value)));
    const sub = nr === 12 ? (first ?? 0) & 0x3f : (first ?? 0);
    const shown = Number(BigInt.asUintN(32, BigInt(result)));
    xen.trace.record('hypercall', nr, hypercallName(nr), sub, subName(nr, sub), shown, first ?? 0, second ?? 0, third ?? 0);
  }
  return result;
}

function privilegeLevel(core: Core): number {
  return core.mode === 'vm86' ? 3 : core.cs & 3;
}

/** VMCALL: takes the call from the registers and leaves the result in RAX. Only the kernel may call. */
export function hypercall(xen: Hypervisor): void {
  const { core } = xen;
  const wide = core.mode === 'long';
  const raw = core.gpr(RAX);
  const set = (result: number): void => {
    core.setGpr(RAX, BigInt.asUintN(wide ? 64 : 32, BigInt(result)));
  };
  if (core.mode !== 'real' && privilegeLevel(core) !== 0) {
    set(-EPERM);
    return;
  }
  const limit = (value: bigint): bigint => (wide ? value : BigInt.asUintN(32, value));
  const registers = wide ? ARGS_64 : ARGS_32;
  const args = registers.map((index) => limit(core.gpr(index))) as [bigint, bigint, bigint, bigint, bigint];
  const nr = limit(raw);
  const call: Hypercall = { vcpu: core.current, access: new GuestAccess(core, wide), args };
  set(nr > 0xffn ? -ENOSYS : invoke(xen, Number(nr), call));
}
