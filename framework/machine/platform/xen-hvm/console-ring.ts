/** The PV console (public/io/console.h) with xenconsoled at the far end: two rings of bytes in one page, an event when one moved. */
import { PAGE_BYTES } from '../../../quantities/units';
import type { Gfn } from '../../../quantities/units';
import { XEN_CONSOLE } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import type { Resettable, Stateful } from '../../bus/types';
import type { PhysicalMemory } from '../../core-host/types';

const IN_BYTES = 1024;
const OUT = 1024;
const OUT_BYTES = 2048;
const [IN_CONS, IN_PROD, OUT_CONS, OUT_PROD] = [3072, 3076, 3080, 3084] as const;

export class ConsoleRing implements Stateful<{ waiting: number[] }>, Resettable {
  readonly name = 'xen-console';
  /** Typed, and no room in the ring yet. */
  readonly state: { waiting: number[] } = { waiting: [] };

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly gfn: Gfn,
    private readonly trace: TraceSink,
    private readonly notify: () => void,
  ) {}

  reset(): void {
    this.state.waiting = [];
  }

  /** The guest sent an event: takes what it wrote, and gives what waited for room. */
  process(): void {
    const wasRead = this.take();
    const wasWritten = this.give();
    if (wasRead || wasWritten) this.notify();
  }

  /** Someone at the far end types. */
  send(bytes: readonly number[]): void {
    this.state.waiting.push(...bytes);
    if (this.give()) this.notify();
  }

  private take(): boolean {
    const [cons, prod] = [this.index(OUT_CONS), this.index(OUT_PROD)];
    const count = (prod - cons) >>> 0;
    // As xenconsoled: indexes that cannot be right are left alone.
    if (count === 0 || count > OUT_BYTES) return false;
    const ring = this.memory.read(this.gfn * PAGE_BYTES + OUT, OUT_BYTES);
    for (let at = 0; at < count; at++) this.trace.record('serial', XEN_CONSOLE, ring[((cons + at) >>> 0) % OUT_BYTES] ?? 0);
    this.setIndex(OUT_CONS, prod);
    return true;
  }

  private give(): boolean {
    const { waiting } = this.state;
    const [cons, prod] = [this.index(IN_CONS), this.index(IN_PROD)];
    const used = (prod - cons) >>> 0;
    const count = used > IN_BYTES ? 0 : Math.min(waiting.length, IN_BYTES - used);
    if (count === 0) return false;
    for (const [at, byte] of waiting.splice(0, count).entries()) {
      this.memory.write(this.gfn * PAGE_BYTES + (((prod + at) >>> 0) % IN_BYTES), Uint8Array.of(byte));
    }
    this.setIndex(IN_PROD, prod + count);
    return true;
  }

  private index(at: number): number {
    const bytes = this.memory.read(this.gfn * PAGE_BYTES + at, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  private setIndex(at: number, value: number): void {
    this.memory.write(this.gfn * PAGE_BYTES + at, new Uint8Array(Uint32Array.of(value >>> 0).buffer));
  }
}
