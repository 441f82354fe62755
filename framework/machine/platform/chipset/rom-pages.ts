import { PAGE_BYTES } from '../../../quantities/units';
import type { Stateful } from '../../bus/types';
import type { PhysicalMemory } from '../../core-host/types';

/**
 * An expansion ROM in frames of the machine's memory: while its BAR decodes, its pages are read-only memory to the guest, which may
 * run code there. Where the guest puts the BAR over something else, that stays.
 */
export class RomPages implements Stateful<{ frames: number[] }> {
  readonly state: { frames: number[] };
  private base: number | undefined;

  constructor(
    readonly name: string,
    image: Uint8Array,
    private readonly memory: PhysicalMemory,
  ) {
    const frames = Array.from({ length: Math.ceil(image.length / PAGE_BYTES) }, () => memory.allocateFrame());
    frames.forEach((frame, page) => memory.writeFrame(frame, 0, image.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)));
    this.state = { frames };
  }

  /** For the ROM BAR. */
  readonly moveTo = (base: number | undefined): void => {
    const { memory } = this;
    this.forEachPage((gfn, frame) => memory.kind(gfn) === 'rom' && memory.frameAt(gfn) === frame && memory.unmap(gfn, 1));
    this.base = base;
    this.forEachPage((gfn, frame) => memory.kind(gfn) === 'hole' && memory.map(gfn, frame, 'rom'));
  };

  private forEachPage(action: (gfn: number, frame: number) => unknown): void {
    if (this.base === undefined) return;
    const first = this.base / PAGE_BYTES;
    for (const [page, frame] of this.state.frames.entries()) action(first + page, frame);
  }
}
