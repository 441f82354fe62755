import type { AccessSize, PortDevice, Resettable, Stateful } from '../bus/types';
import type { TraceSink } from '../../trace/sink';

const FIRST = 0x80;
const LAST = 0x8f;
/** Register of the page of each DMA channel (82371 data sheet 290562, table 5). Channel 4 is the cascade; 8Fh is refresh. */
const CHANNEL_PAGE = [0x87, 0x83, 0x81, 0x82, 0x8f, 0x8b, 0x89, 0x8a] as const;

/**
 * The sixteen DMA page registers, 80h to 8Fh. Eight of them are address bits 23-16 of a channel, the others just keep a byte;
 * 80h among these is where firmware writes its POST codes.
 */
export class DmaPages implements PortDevice, Stateful<{ readonly pages: Uint8Array }>, Resettable {
  readonly portRegions = [{ first: FIRST, last: LAST, name: 'dma pages and post' }];
  readonly state = { pages: new Uint8Array(LAST - FIRST + 1) };

  constructor(
    readonly name: string,
    private readonly trace: TraceSink,
  ) {}

  reset(): void {
    this.state.pages.fill(0);
  }

  /** Address bits 23-16 of a channel. */
  page(channel: number): number {
    return this.state.pages[(CHANNEL_PAGE[channel] ?? FIRST) - FIRST]!;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    return size === 1 ? this.state.pages[port - FIRST] : undefined;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    this.state.pages[port - FIRST] = value;
    if (port === FIRST && this.trace.wants('post')) this.trace.record('post', port, value);
    return true;
  }
}
