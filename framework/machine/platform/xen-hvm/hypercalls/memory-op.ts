/** MEMORY_OP (public/memory.h; xen/common/memory.c, xen/arch/x86/mm.c of 4.17). */
import { EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ESRCH, XenError } from '../errno';
import { GuestStruct } from '../guest-access';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { DOMID_SELF, requireSelf } from '../hypervisor';
import { addToPhysmap, addToPhysmapBatch, removeFromPhysmap } from './physmap';
import { DECREASE_RESERVATION, INCREASE_RESERVATION, POPULATE_PHYSMAP, reservation } from './reservation';

/** The low bits of the command are the operation, the rest where a preempted call goes on. */
const OPERATION_MASK = 0x3f;
const EXTENT_SHIFT = 6;
const E820_MAX = 1024;
const E820_ENTRY_BYTES = 20;
/** The host's memory ends below this machine frame. */
const HOST_MAX_PAGE = 0x800_0000;

function refuseStart(start: number): void {
  if (start !== 0) throw new XenError(EINVAL);
}

function memoryMap(xen: Hypervisor, call: Hypercall): number {
  const { access } = call;
  const struct = access.read(call.args[1], 2 * access.naturalBytes);
  const { entries } = xen.memoryMap;
  if (entries.length === 0) throw new XenError(ENOSYS);
  const count = Math.min(struct.u32(0), entries.length);
  const bytes = new GuestStruct(new Uint8Array(count * E820_ENTRY_BYTES));
  entries.slice(0, count).forEach((entry, index) => {
    bytes
      .setU64(index * E820_ENTRY_BYTES, BigInt(entry.address))
      .setU64(index * E820_ENTRY_BYTES + 8, BigInt(entry.bytes))
      .setU32(index * E820_ENTRY_BYTES + 16, entry.type);
  });
  access.write(struct.natural(access.naturalBytes), bytes.bytes);
  access.write(call.args[1], struct.setU32(0, count).bytes);
  return 0;
}

function setMemoryMap(xen: Hypervisor, call: Hypercall): number {
  const { access } = call;
  const natural = access.naturalBytes;
  const struct = access.read(call.args[1], 3 * natural);
  const count = struct.u32(natural);
  if (count > E820_MAX) throw new XenError(EINVAL);
  requireSelf(xen, struct.u16(0));
  const bytes = access.read(struct.natural(2 * natural), count * E820_ENTRY_BYTES);
  xen.memoryMap.entries = Array.from({ length: count }, (_, index) => ({
    address: Number(bytes.u64(index * E820_ENTRY_BYTES)),
    bytes: Number(bytes.u64(index * E820_ENTRY_BYTES + 8)),
    type: bytes.u32(index * E820_ENTRY_BYTES + 16),
  }));
  return 0;
}

/** XENMEM_current_reservation, maximum_reservation and maximum_gpfn. */
function statistics(xen: Hypervisor, call: Hypercall, operation: number): number {
  requireSelf(xen, call.access.read(call.args[1], 2).u16(0));
  if (operation === 3) return xen.p2m.totalPages;
  return operation === 4 ? xen.maxPages : xen.p2m.maximumGfn();
}

function vnumaInfo(xen: Hypervisor, call: Hypercall): never {
  const struct = call.access.read(call.args[1], 40);
  if (struct.u16(2) !== 0) throw new XenError(EINVAL);
  requireSelf(xen, struct.u16(0));
  throw new XenError(EOPNOTSUPP);
}

/** No host device reserves memory of this guest. */
function reservedDeviceMemory(call: Hypercall): number {
  const struct = call.access.read(call.args[1], call.access.wide ? 24 : 20);
  if ((struct.u32(0) & ~1) !== 0) throw new XenError(EINVAL);
  call.access.write(call.args[1], struct.setU32(4, 0).bytes);
  return 0;
}

/** Only the domain's device model may. */
function acquireResource(xen: Hypervisor, call: Hypercall): never {
  const struct = call.access.read(call.args[1], call.access.wide ? 32 : 28);
  if (struct.u32(12) !== 0 && call.access.wide) throw new XenError(EINVAL);
  const domid = struct.u16(0);
  throw new XenError(domid === DOMID_SELF || domid === xen.config.domid || domid === 0 ? EPERM : ESRCH);
}

/** Populate-on-demand targets are dom0's; a wrong address is found out first. */
function podTarget(xen: Hypervisor, call: Hypercall): never {
  requireSelf(xen, call.access.read(call.args[1], 40).u16(32));
  throw new XenError(EPERM);
}

export const memoryOp: HypercallHandler = (xen, call) => {
  const command = Number(BigInt.asUintN(32, call.args[0]));
  const operation = command & OPERATION_MASK;
  const start = command >>> EXTENT_SHIFT;
  switch (operation) {
    case INCREASE_RESERVATION:
    case DECREASE_RESERVATION:
    case POPULATE_PHYSMAP:
      return reservation(xen, call, operation, start);
    case 2:
      refuseStart(start);
      return HOST_MAX_PAGE;
    case 3:
    case 4:
    case 14:
      refuseStart(start);
      return statistics(xen, call, operation);
    case 7:
      return addToPhysmap(xen, call, start);
    case 9:
      return memoryMap(xen, call);
    case 11:
      refuseStart(start);
      throw new XenError(EOPNOTSUPP);
    case 13:
      return setMemoryMap(xen, call);
    case 15:
      return removeFromPhysmap(xen, call, start);
    case 16:
    case 17:
      return podTarget(xen, call);
    case 18:
    case 19:
      return 0;
    case 21:
    case 24:
      throw new XenError(EPERM);
    case 23:
      return addToPhysmapBatch(xen, call, start);
    case 26:
      refuseStart(start);
      return vnumaInfo(xen, call);
    case 27:
      refuseStart(start);
      return reservedDeviceMemory(call);
    case 28:
      return acquireResource(xen, call);
    default:
      throw new XenError(ENOSYS);
  }
};
