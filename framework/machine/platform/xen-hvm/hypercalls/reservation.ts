/** XENMEM_increase_reservation, decrease_reservation and populate_physmap: they give the number of extents done. */
import { XenError } from '../errno';
import type { Hypercall, Hypervisor } from '../hypervisor';
import { requireSelf } from '../hypervisor';

/** Largest extent that an ordinary guest may ask for (CONFIG_DOMU_MAX_ORDER). */
const MAX_ORDER = 9;
/** Past this a continuation could not be encoded. */
const MAX_EXTENTS = 0xffff_ffff >>> 6;

const MEMF_POPULATE_ON_DEMAND = 1 << 16;
const MEMF_EXACT_NODE = 1 << 17;
const MEMF_VNODE = 1 << 18;

export const INCREASE_RESERVATION = 0;
export const DECREASE_RESERVATION = 1;
export const POPULATE_PHYSMAP = 6;

interface Reservation {
  readonly list: bigint;
  readonly extents: number;
  readonly order: number;
}

/** undefined: the request is refused as a whole. */
function readReservation(xen: Hypervisor, call: Hypercall): Reservation | undefined {
  const { access } = call;
  const wide = access.wide;
  const struct = access.read(call.args[1], wide ? 32 : 20);
  const list = struct.natural(0);
  const extents = struct.natural(access.naturalBytes);
  const rest = access.naturalBytes * 2;
  const flags = struct.u32(rest + 4);
  requireSelf(xen, struct.u16(rest + 8));
  if (extents > BigInt(MAX_EXTENTS)) return undefined;
  const addressBits = flags & 0xff;
  if (addressBits !== 0 && addressBits <= 12) return undefined;
  if ((flags & MEMF_VNODE) === 0 && (flags & MEMF_EXACT_NODE) !== 0) return undefined;
  if ((flags & MEMF_POPULATE_ON_DEMAND) !== 0) return undefined;
  const order = struct.u32(rest);
  if (order > MAX_ORDER) return undefined;
  return { list, extents: Number(extents), order };
}

function extentDone(xen: Hypervisor, call: Hypercall, operation: number, request: Reservation, index: number): boolean {
  const pages = 2 ** request.order;
  if (operation === INCREASE_RESERVATION) return xen.p2m.reserve(pages);
  const { naturalBytes } = call.access;
  const gfn = call.access.read(request.list + BigInt(index * naturalBytes), naturalBytes).natural(0);
  if (gfn > BigInt(2 ** 40)) return false;
  const first = Number(gfn);
  if (operation === POPULATE_PHYSMAP) {
    const whole = request.order === MAX_ORDER && first % pages === 0;
    return xen.p2m.populate(first, pages, whole ? '2m' : '4k');
  }
  for (let page = first; page < first + pages; page++) {
    if (xen.p2m.lookup(page) === undefined) return false;
    xen.p2m.release(page, 1);
    xen.grants.forget(page);
  }
  return true;
}

/** A start past 0 is how Xen itself goes on after a preemption; a guest that passes one skips those extents. */
export function reservation(xen: Hypervisor, call: Hypercall, operation: number, start: number): number {
  let done = start;
  try {
    const request = readReservation(xen, call);
    if (request === undefined || start >= request.extents) return start;
    while (done < request.extents && extentDone(xen, call, operation, request, done)) done++;
  } catch (error) {
    if (!(error instanceof XenError)) throw error;
  }
  return done;
}
