/**
 * The domain's grant table, version 1 (public/grant_table.h): its frames are pages of the hypervisor that the guest maps
 * with XENMEM_add_to_physmap. Nobody grants this guest anything, so its own mapping operations have nothing to map.
 */
import type { Gfn } from '../../../quantities/units';
import { EINVAL, XenError } from './errno';
import { SPECIAL_GFN } from './builder/layout';
import type { PhysicalMemory } from '../../core-host/types';
import type { P2m } from './p2m';

/** libxl's default of max_grant_frames for a host with less than 16 TiB. */
export const MAX_GRANT_FRAMES = 64;
const INITIAL_FRAMES = 1;
const ENTRY_BYTES = 8;
const GTF_PERMIT_ACCESS = 1;
/** Grant references that the tool stack fills in for the guest's console and xenstore rings. */
const RESERVED_CONSOLE = 0;
const RESERVED_XENSTORE = 1;
const DOM0 = 0;

interface GrantFrame {
  frame: number;
  index: number;
  gfn: Gfn | undefined;
}

export class GrantTable {
  readonly name = 'grant-table';
  readonly state: { frames: GrantFrame[] } = { frames: [] };

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly p2m: P2m,
  ) {}

  /** As xc_dom_gnttab_init leaves a new domain's. */
  initialise(): void {
    this.state.frames = [];
    this.grow(INITIAL_FRAMES);
    this.writeEntry(RESERVED_CONSOLE, SPECIAL_GFN.CONSOLE);
    this.writeEntry(RESERVED_XENSTORE, SPECIAL_GFN.XENSTORE);
  }

  private writeEntry(reference: number, gfn: Gfn): void {
    const entry = new DataView(new ArrayBuffer(ENTRY_BYTES));
    entry.setUint16(0, GTF_PERMIT_ACCESS, true);
    entry.setUint16(2, DOM0, true);
    entry.setUint32(4, gfn, true);
    const frame = this.state.frames[0];
    if (frame) this.memory.writeFrame(frame.frame, reference * ENTRY_BYTES, new Uint8Array(entry.buffer));
  }

  get frameCount(): number {
    return this.state.frames.length;
  }

  grow(count: number): boolean {
    if (count > MAX_GRANT_FRAMES) return false;
    while (this.state.frames.length < count) this.state.frames.push({ ...this.p2m.allocateXenPage(), gfn: undefined });
    return true;
  }

  /** Where a frame is mapped, or undefined. */
  gfnOf(index: number): Gfn | undefined {
    return this.state.frames[index]?.gfn;
  }

  /** XENMAPSPACE_grant_table. @throws XenError EINVAL past the limit. */
  map(index: number, gfn: Gfn): void {
    if (!this.grow(index + 1)) throw new XenError(EINVAL);
    const frame = this.state.frames[index];
    if (frame === undefined) throw new XenError(EINVAL);
    this.p2m.mapXenPage(frame, gfn, frame.gfn);
    frame.gfn = gfn;
  }

  /** A guest frame stopped being what it was. */
  forget(gfn: Gfn): void {
    for (const frame of this.state.frames) if (frame.gfn === gfn) frame.gfn = undefined;
  }
}
