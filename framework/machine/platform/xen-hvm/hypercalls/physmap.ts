/** XENMEM_add_to_physmap, add_to_physmap_batch and remove_from_physmap. */
import { EDOM, EFAULT, EINVAL, EILSEQ, ENOENT, ENOSYS, EOPNOTSUPP, EOVERFLOW, EACCES, XenError } from '../errno';
import type { Hypercall, Hypervisor } from '../hypervisor';
import { requireSelf } from '../hypervisor';

const SPACE = { SHARED_INFO: 0, GRANT_TABLE: 1, GMFN: 2, GMFN_RANGE: 3, GMFN_FOREIGN: 4, DEV_MMIO: 5 } as const;
const MAX_GFN = 2 ** 28;

function requireGfn(gfn: bigint, wide: boolean): number {
  const invalid = wide ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  if (gfn === invalid || gfn >= BigInt(MAX_GFN)) throw new XenError(EINVAL);
  return Number(gfn);
}

function moveGmfn(xen: Hypervisor, index: bigint, gfn: number): void {
  if (index >= BigInt(MAX_GFN)) throw new XenError(EINVAL);
  const from = Number(index);
  if (xen.p2m.type(from) !== 'ram_rw') throw new XenError(EINVAL);
  xen.grants.forget(gfn);
  if (xen.sharedInfo.state.gfn === gfn) xen.sharedInfo.state.gfn = undefined;
  xen.p2m.move(from, gfn, 1);
}

/** @throws XenError */
function addOne(xen: Hypervisor, space: number, index: bigint, gfn: number): void {
  switch (space) {
    case SPACE.SHARED_INFO: {
      if (index !== 0n) throw new XenError(EINVAL);
      const { state } = xen.sharedInfo;
      xen.grants.forget(gfn);
      xen.p2m.mapXenPage(state, gfn, state.gfn);
      state.gfn = gfn;
      return;
    }
    case SPACE.GRANT_TABLE:
      if (xen.sharedInfo.state.gfn === gfn) xen.sharedInfo.state.gfn = undefined;
      xen.grants.map(Number(index), gfn);
      return;
    case SPACE.GMFN:
      moveGmfn(xen, index, gfn);
      return;
    case SPACE.DEV_MMIO:
      throw new XenError(EACCES);
    default:
      throw new XenError(EINVAL);
  }
}

export function addToPhysmap(xen: Hypervisor, call: Hypercall, start: number): number {
  if (start > 0xffff) throw new XenError(EDOM);
  const { access } = call;
  const natural = access.naturalBytes;
  const struct = access.read(call.args[1], 8 + 2 * natural);
  const space = struct.u32(4);
  if (space === SPACE.GMFN_FOREIGN) throw new XenError(ENOSYS);
  requireSelf(xen, struct.u16(0));
  const index = struct.natural(8);
  const gfn = requireGfn(struct.natural(8 + natural), access.wide);
  if (space !== SPACE.GMFN_RANGE) {
    addOne(xen, space, index, gfn);
    return 0;
  }
  const size = struct.u16(2);
  if (size < start) throw new XenError(EILSEQ);
  const limit = access.wide ? 1n << 64n : 1n << 32n;
  if (index + BigInt(size) >= limit) throw new XenError(EOVERFLOW);
  for (let page = start; page < size; page++) addOne(xen, SPACE.GMFN, index + BigInt(page), gfn + page);
  return 0;
}

export function addToPhysmapBatch(xen: Hypervisor, call: Hypercall, start: number): number {
  if (start > 0xffff) throw new XenError(EDOM);
  const { access } = call;
  const natural = access.naturalBytes;
  const struct = access.read(call.args[1], 8 + 3 * natural);
  const space = struct.u16(2);
  if (space === SPACE.GMFN_RANGE) throw new XenError(EOPNOTSUPP);
  requireSelf(xen, struct.u16(0));
  const size = struct.u16(4);
  if (size < start) throw new XenError(EILSEQ);
  if (space === SPACE.DEV_MMIO && struct.u16(6) !== 0) throw new XenError(EOPNOTSUPP);
  const [indices, gfns, errors] = [struct.natural(8), struct.natural(8 + natural), struct.natural(8 + 2 * natural)];
  for (let element = start; element < size; element++) {
    const offset = BigInt(element * natural);
    const index = access.read(indices + offset, natural).natural(0);
    const gfn = requireGfn(access.read(gfns + offset, natural).natural(0), access.wide);
    let result = 0;
    try {
      addOne(xen, space, index, gfn);
    } catch (error) {
      if (!(error instanceof XenError) || error.errno === EFAULT) throw error;
      result = -error.errno;
    }
    access.write(errors + BigInt(element * 4), new Uint8Array(Int32Array.of(result).buffer));
  }
  return 0;
}

export function removeFromPhysmap(xen: Hypervisor, call: Hypercall, start: number): number {
  if (start !== 0) throw new XenError(EINVAL);
  const { access } = call;
  const struct = access.read(call.args[1], 2 * access.naturalBytes);
  requireSelf(xen, struct.u16(0));
  const gfn = struct.natural(access.naturalBytes);
  if (gfn >= BigInt(MAX_GFN) || xen.p2m.lookup(Number(gfn)) === undefined) throw new XenError(ENOENT);
  xen.p2m.unhook(Number(gfn), 1);
  xen.grants.forget(Number(gfn));
  if (xen.sharedInfo.state.gfn === Number(gfn)) xen.sharedInfo.state.gfn = undefined;
  return 0;
}
