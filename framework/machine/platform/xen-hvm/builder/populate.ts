/** Which guest frames a new domain gets, in the order and the extents of libxenguest's meminit_hvm and of QEMU. */
import { GIB, PAGE_BYTES } from '../../../../quantities/units';
import type { Gfn } from '../../../../quantities/units';
import { extentFrames } from '../machine-frames';
import type { P2m } from '../p2m';
import { DomainBuildError, IOREQ_SERVER_GFN, IOREQ_SERVER_PAGES, SPECIAL_GFN, VGA_HOLE_END, VGA_HOLE_START } from './layout';
import type { MemoryLayout } from './layout';

function populate(p2m: P2m, first: Gfn, count: number, pool: '4k' | '2m' | '1g' = '4k'): void {
  if (!p2m.populate(first, count, pool)) throw new DomainBuildError('the host has not enough memory for the domain');
}

/** The largest extents that fit and are aligned: 1 GiB, 2 MiB, then single frames up to the next boundary. */
export function populateRange(p2m: P2m, first: Gfn, end: Gfn): void {
  for (let gfn = first; gfn < end;) {
    const pool = (['1g', '2m'] as const).find((size) => gfn % extentFrames(size) === 0 && gfn + extentFrames(size) <= end);
    if (pool !== undefined) {
      const frames = extentFrames(pool);
      const boundary = pool === '2m' ? Math.ceil((gfn + 1) / extentFrames('1g')) * extentFrames('1g') : end;
      const extents = Math.floor((Math.min(end, boundary) - gfn) / frames);
      populate(p2m, gfn, extents * frames, pool);
      gfn += extents * frames;
    } else {
      const boundary = Math.min(end, Math.ceil((gfn + 1) / extentFrames('2m')) * extentFrames('2m'));
      populate(p2m, gfn, boundary - gfn);
      gfn = boundary;
    }
  }
}

export function populateSpecial(p2m: P2m): void {
  populate(p2m, SPECIAL_GFN.PAGING, SPECIAL_GFN.CONSOLE - SPECIAL_GFN.PAGING + 1);
}

/** RAM, special pages, I/O request pages; then QEMU's video RAM and option ROM. */
export function populateDomain(p2m: P2m, layout: MemoryLayout): void {
  populate(p2m, 0, VGA_HOLE_START / PAGE_BYTES);
  populateRange(p2m, VGA_HOLE_END / PAGE_BYTES, layout.lowmemEnd / PAGE_BYTES);
  if (layout.highmemEnd > 0) populateRange(p2m, (4 * GIB) / PAGE_BYTES, layout.highmemEnd / PAGE_BYTES);
  populateSpecial(p2m);
  populate(p2m, IOREQ_SERVER_GFN, IOREQ_SERVER_PAGES);
  if (layout.videoBytes > 0) populate(p2m, layout.vramGfn, layout.videoBytes / PAGE_BYTES);
  if (layout.vgaRomPages > 0) populate(p2m, layout.vgaRomGfn, layout.vgaRomPages);
}
