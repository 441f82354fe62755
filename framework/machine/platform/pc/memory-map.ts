import { GIB, MIB, PAGE_BYTES } from '../../../quantities/units';
import type { Gfn, Gpa } from '../../../quantities/units';
import type { Resettable, Stateful } from '../../bus/types';
import type { PhysicalMemory } from '../../core-host/types';
import type { PamArea } from '../../devices/pci/pam';
import type { SmramSettings } from '../../devices/pci/smram';
import type { FlashBank } from './flash-bank';

const FOUR_GIB = 4 * GIB;
const VGA_FIRST = 0xa0000;
const SHADOW_FIRST = 0xc0000;
/** The flash's end shows here while PAM does not put DRAM over it. */
const FLASH_ALIAS_FIRST = 0xe0000;
const SHADOW_PAGES = (MIB - SHADOW_FIRST) / PAGE_BYTES;
const SMRAM_PAGES = (SHADOW_FIRST - VGA_FIRST) / PAGE_BYTES;
/** Compatible SMRAM with H_SMRAME. */
const HIGH_SMRAM_FIRST = 0xfeda_0000;
const UNUSED = -1;

export interface RamLayout {
  readonly below4GiB: number;
  readonly above4GiB: number;
}

/** Up to `limit` all RAM is below 4 GiB; of more, `split` stays there. */
export function ramLayout(memoryBytes: number, low: { readonly limit: number; readonly split: number }): RamLayout {
  if (memoryBytes <= low.limit) return { below4GiB: memoryBytes, above4GiB: 0 };
  return { below4GiB: low.split, above4GiB: memoryBytes - low.split };
}

interface MapState {
  /** DRAM frames behind C0000h-FFFFFh, and what PAM says of each of their pages. */
  shadow: number[];
  reads: boolean[];
  writes: boolean[];
  /** DRAM frames behind A0000h-BFFFFh, once there was SMRAM. */
  smram: number[];
  /** Bytes below the top of low RAM that only SMM sees. */
  tsegBytes: number;
}

/** The physical memory of a PC board: RAM, the alias of the flash at the top of 4 GiB, PAM shadowing, SMRAM. */
export class PcMemoryMap implements Stateful<MapState>, Resettable {
  readonly name = 'memory-map';
  readonly state: MapState;

  constructor(
    private readonly memory: PhysicalMemory,
    readonly layout: RamLayout,
    private readonly flash: FlashBank,
  ) {
    const { below4GiB, above4GiB } = layout;
    memory.populate(0, Math.min(below4GiB, VGA_FIRST) / PAGE_BYTES);
    if (below4GiB > MIB) memory.populate(MIB / PAGE_BYTES, (below4GiB - MIB) / PAGE_BYTES);
    if (above4GiB > 0) memory.populate(FOUR_GIB / PAGE_BYTES, above4GiB / PAGE_BYTES);
    this.state = {
      shadow: Array.from({ length: SHADOW_PAGES }, () => memory.allocateFrame()),
      reads: new Array<boolean>(SHADOW_PAGES).fill(false),
      writes: new Array<boolean>(SHADOW_PAGES).fill(false),
      smram: new Array<number>(SMRAM_PAGES).fill(UNUSED),
      tsegBytes: 0,
    };
    for (let page = 0; page < SHADOW_PAGES; page++) this.mapShadow(page);
  }

  /** RAM is kept over a reset, PAM and SMRAM are the host bridge's. */
  reset(): void {
    for (let page = 0; page < SHADOW_PAGES; page++) this.mapShadow(page);
  }

  /** The flash page that shows at a page of C0000h-FFFFFh; undefined: nothing there. */
  private flashPage(page: number): number | undefined {
    const { frames } = this.flash.state;
    const address = SHADOW_FIRST + page * PAGE_BYTES;
    const fromEnd = (MIB - address) / PAGE_BYTES;
    return address >= FLASH_ALIAS_FIRST && fromEnd <= frames.length ? frames[frames.length - fromEnd] : undefined;
  }

  private mapShadow(page: number): void {
    const { shadow, reads, writes } = this.state;
    const gfn = SHADOW_FIRST / PAGE_BYTES + page;
    if (reads[page]) return this.memory.map(gfn, shadow[page]!, writes[page] ? 'ram' : 'rom');
    const flash = this.flashPage(page);
    if (flash === undefined) this.memory.unmap(gfn, 1);
    else this.memory.map(gfn, flash, 'rom');
  }

  /** The host bridge's PAM registers changed. */
  readonly pam = (area: PamArea): void => {
    const first = (area.first - SHADOW_FIRST) / PAGE_BYTES;
    const last = (area.last + 1 - SHADOW_FIRST) / PAGE_BYTES;
    for (let page = first; page < last; page++) {
      this.state.reads[page] = area.readsDram;
      this.state.writes[page] = area.writesDram;
      this.mapShadow(page);
    }
  };

  /** A write that reached no RAM page: it goes to DRAM where PAM has writes there but not reads. false: not ours. */
  writeThrough(gpa: Gpa, size: number, value: number): boolean {
    if (gpa < SHADOW_FIRST || gpa >= MIB) return false;
    const page = Math.floor((gpa - SHADOW_FIRST) / PAGE_BYTES);
    if (!this.state.writes[page] || this.state.reads[page]) return false;
    const bytes = Uint8Array.from({ length: size }, (_, index) => (value >>> (8 * index)) & 0xff);
    this.memory.writeFrame(this.state.shadow[page]!, gpa % PAGE_BYTES, bytes);
    return true;
  }

  /** The host bridge's SMRAM registers changed. */
  readonly smram = ({ enabled, open, high, tsegBytes }: SmramSettings): void => {
    this.showSmram(VGA_FIRST / PAGE_BYTES, open || (enabled && !high), !open);
    this.showSmram(HIGH_SMRAM_FIRST / PAGE_BYTES, enabled && high, true);
    this.hideTseg(false);
    this.state.tsegBytes = tsegBytes;
    this.hideTseg(true);
  };

  /** DRAM behind A0000h at `first`, for all or for SMM, or nothing there: below 1 MiB the display adapter answers then. */
  private showSmram(first: Gfn, isShown: boolean, smmOnly: boolean): void {
    const { memory, state } = this;
    if (!isShown) return memory.unmap(first, SMRAM_PAGES);
    for (let page = 0; page < SMRAM_PAGES; page++) {
      if (state.smram[page] === UNUSED) state.smram[page] = memory.allocateFrame();
      memory.map(first + page, state.smram[page]!, 'ram');
    }
    memory.setSmmOnly(first, SMRAM_PAGES, smmOnly);
  }

  private hideTseg(isHidden: boolean): void {
    const end = this.layout.below4GiB / PAGE_BYTES;
    const first = Math.max(MIB / PAGE_BYTES, end - this.state.tsegBytes / PAGE_BYTES);
    if (first < end) this.memory.setSmmOnly(first, end - first, isHidden);
  }
}
