/** HVM_OP (public/hvm/hvm_op.h; xen/arch/x86/hvm/hvm.c: do_hvm_op of 4.17). */
import { EINVAL, ENOENT, ENOSYS, EOPNOTSUPP, XenError } from '../errno';
import { GuestStruct } from '../guest-access';
import { HVM_NR_PARAMS, paramName } from '../hvm-params';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { requireSelf, subOp } from '../hypervisor';

/** HVMMEM_*: what a guest frame is. */
const HVMMEM_RAM_RW = 0;
const HVMMEM_MMIO_DM = 2;
/** Vectors below are exceptions. */
const FIRST_VECTOR = 0x10;
const XENTRACE_EXTRA_BYTES = 28;

/** The guest's own view of a parameter structure: domid, index, value. */
function param(xen: Hypervisor, call: Hypercall, isSet: boolean): number {
  const struct = call.access.read(call.args[1], 16);
  const index = struct.u32(4);
  if (index >= HVM_NR_PARAMS) throw new XenError(EINVAL);
  requireSelf(xen, struct.u16(0));
  let value = struct.u64(8);
  if (isSet) {
    xen.params.set(index, value);
  } else {
    value = xen.params.get(index, true);
    call.access.write(call.args[1], struct.setU64(8, value).bytes);
  }
  recordParam(xen, isSet ? 'set' : 'get', index, value);
  return 0;
}

function recordParam(xen: Hypervisor, op: string, index: number, value: bigint): void {
  if (xen.trace.wants('hvm-param')) xen.trace.record('hvm-param', op, index, paramName(index), value);
}

function memoryType(xen: Hypervisor, call: Hypercall): number {
  const struct = call.access.read(call.args[1], 16);
  requireSelf(xen, struct.u16(0));
  const gfn = struct.u64(8);
  const isRam = gfn < 1n << 40n && xen.p2m.type(Number(gfn)) !== 'mmio_dm';
  call.access.write(call.args[1], struct.setU16(2, isRam ? HVMMEM_RAM_RW : HVMMEM_MMIO_DM).bytes);
  return 0;
}

function upcallVector(xen: Hypervisor, call: Hypercall): number {
  const struct = call.access.read(call.args[1], 8);
  const vector = struct.u8(4);
  if (vector < FIRST_VECTOR) throw new XenError(EINVAL);
  if (struct.u32(0) >= xen.config.vcpus) throw new XenError(ENOENT);
  xen.vcpus.setUpcallVector(struct.u32(0), vector);
  return 0;
}

function xentrace(call: Hypercall): number {
  const struct = call.access.read(call.args[1], 4 + XENTRACE_EXTRA_BYTES);
  const isBad = struct.u16(2) > XENTRACE_EXTRA_BYTES || (struct.u16(0) & ~0xfff) !== 0;
  if (isBad) throw new XenError(EINVAL);
  return 0;
}

export const hvmOp: HypercallHandler = (xen, call) => {
  const [, pointer] = call.args;
  switch (subOp(call)) {
    case 0:
      return param(xen, call, true);
    case 1:
      return param(xen, call, false);
    case 5:
    case 24:
      if (pointer !== 0n) throw new XenError(EINVAL);
      return 0;
    case 9:
      requireSelf(xen, call.access.read(pointer, 16).u16(0));
      return 0;
    case 10:
      call.access.write(pointer, new GuestStruct(new Uint8Array(8)).setU64(0, BigInt(Math.floor(xen.nowNs()))).bytes);
      return 0;
    case 11:
      return xentrace(call);
    case 15:
      return memoryType(xen, call);
    case 23:
      return upcallVector(xen, call);
    case 25:
      throw new XenError(EOPNOTSUPP);
    default:
      throw new XenError(ENOSYS);
  }
};
