/** GRANT_TABLE_OP as an HVM guest may use it (public/grant_table.h). The guest's own table is version 1. */
import { EFAULT, EINVAL, ENOSYS, XenError } from '../errno';
import { GuestStruct } from '../guest-access';
import { MAX_GRANT_FRAMES } from '../grant-table';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';
import { DOMID_SELF, subOp } from '../hypervisor';

const GNTST = { okay: 0, generalError: -1, badDomain: -2, badReference: -3, badHandle: -4, permissionDenied: -8 } as const;
/** Operations that one call may hold: far more than any guest batches. */
const MAX_OPERATIONS = 0x1_0000;
const VERSION = 1;

/** Operations on foreign grants: bytes of the structure and where its status is. */
interface Shape {
  readonly bytes: number;
  readonly statusAt: number;
  readonly status: number;
}

const MAP: Shape = { bytes: 32, statusAt: 16, status: GNTST.badDomain };
const UNMAP: Shape = { bytes: 24, statusAt: 20, status: GNTST.badHandle };
const COPY_32: Shape = { bytes: 36, statusAt: 32, status: GNTST.badDomain };
const COPY_64: Shape = { bytes: 40, statusAt: 36, status: GNTST.badDomain };
const SWAP: Shape = { bytes: 12, statusAt: 8, status: GNTST.badReference };

function isSelf(xen: Hypervisor, domid: number): boolean {
  return domid === DOMID_SELF || domid === xen.config.domid;
}

function refuseEach(call: Hypercall, count: number, shape: Shape): number {
  const pointer = call.args[1];
  if (!call.access.rangeOkay(pointer, count, shape.bytes)) throw new XenError(EFAULT);
  for (let index = 0; index < count; index++) {
    const at = pointer + BigInt(index * shape.bytes);
    call.access.read(at, shape.bytes);
    const status = new GuestStruct(new Uint8Array(2)).setU16(0, shape.status & 0xffff);
    call.access.write(at + BigInt(shape.statusAt), status.bytes);
  }
  return 0;
}

/** dom u16, nr_frames u32, status s16, frame_list. */
function setupTable(xen: Hypervisor, call: Hypercall): number {
  const { access } = call;
  const natural = access.naturalBytes;
  const listAt = access.wide ? 16 : 12;
  const struct = access.read(call.args[1], listAt + natural);
  const frames = struct.u32(4);
  const list = struct.natural(listAt);
  let status: number = GNTST.okay;
  if (!isSelf(xen, struct.u16(0))) status = struct.u16(0) === 0 ? GNTST.permissionDenied : GNTST.badDomain;
  else if (!xen.grants.grow(Math.max(frames, xen.grants.frameCount))) status = GNTST.generalError;
  else {
    for (let index = 0; index < frames; index++) {
      const gfn = BigInt(xen.grants.gfnOf(index) ?? -1);
      const entry = new GuestStruct(new Uint8Array(8)).setU64(0, BigInt.asUintN(64, gfn));
      access.write(list + BigInt(index * natural), entry.bytes.subarray(0, natural));
    }
  }
  access.write(call.args[1], struct.setU16(8, status & 0xffff).bytes);
  return 0;
}

/** dom u16, nr_frames u32, max_nr_frames u32, status s16. */
function querySize(xen: Hypervisor, call: Hypercall): number {
  const struct = call.access.read(call.args[1], 16);
  if (isSelf(xen, struct.u16(0))) {
    struct.setU32(4, xen.grants.frameCount).setU32(8, MAX_GRANT_FRAMES).setU16(12, GNTST.okay);
  } else {
    struct.setU16(12, (struct.u16(0) === 0 ? GNTST.permissionDenied : GNTST.badDomain) & 0xffff);
  }
  call.access.write(call.args[1], struct.bytes);
  return 0;
}

function setVersion(call: Hypercall): number {
  const struct = call.access.read(call.args[1], 4);
  const version = struct.u32(0);
  if (version !== 1 && version !== 2) throw new XenError(EINVAL);
  const isSame = version === VERSION;
  call.access.write(call.args[1], struct.setU32(0, VERSION).bytes);
  if (!isSame) throw new XenError(ENOSYS);
  return 0;
}

/** dom u16, pad u16, version u32. */
function getVersion(xen: Hypervisor, call: Hypercall): number {
  const struct = call.access.read(call.args[1], 8);
  if (!isSelf(xen, struct.u16(0))) throw new XenError(EINVAL);
  call.access.write(call.args[1], struct.setU32(4, VERSION).bytes);
  return 0;
}

export const grantTableOp: HypercallHandler = (xen, call) => {
  const command = subOp(call);
  const count = Number(BigInt.asUintN(32, call.args[2]));
  if (count >= 0x8000_0000 || count > MAX_OPERATIONS) throw new XenError(EINVAL);
  switch (command) {
    case 0:
      return refuseEach(call, count, MAP);
    case 1:
      return refuseEach(call, count, UNMAP);
    case 2:
      if (count !== 1) throw new XenError(EINVAL);
      return setupTable(xen, call);
    case 5:
      return refuseEach(call, count, call.access.wide ? COPY_64 : COPY_32);
    case 6:
      if (count !== 1) throw new XenError(EINVAL);
      return querySize(xen, call);
    case 8:
      return setVersion(call);
    case 10:
      return getVersion(xen, call);
    case 11:
      return refuseEach(call, count, SWAP);
    default:
      throw new XenError(ENOSYS);
  }
};
