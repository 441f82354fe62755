import { ACTIVITY_RUNNING, ACTIVITY_WAIT_SIPI } from '../../core/layout/cpu-state';
import { INTERRUPT_TRACE } from '../../core/layout/run-state';
import type { Gpa } from '../../../quantities/units';
import { GuestMemory } from '../physical-memory';
import { restoreMemory, saveMemory } from '../snapshot';
import type { Core, CoreSnapshot } from '../types';
import { Watches } from '../watches';
import { instantiate, type CoreOptions } from './instance';
import { RunLoop } from './run-loop';

/** One Wasm instance as a Core: vCPUs, their run loop, memory, watches, snapshots. */
export class WasmCore extends RunLoop implements Core {
  readonly memory: GuestMemory;
  private readonly watches: Watches;
  private readonly allocated = new Set<number>();
  private a20 = true;

  constructor(options: CoreOptions) {
    const { context, exports, interpreter } = instantiate(options);
    super(options.vcpus, context, exports, interpreter);
    this.memory = new GuestMemory(exports, this.views, this.allocated);
    this.watches = new Watches(exports, this.views, options.hooks);
    context.watches = this.watches;
    for (let vcpu = this.vcpus - 1; vcpu >= 0; vcpu--) {
      exports.resetSlot(vcpu === 0 ? 1 : 0, vcpu === 0 ? ACTIVITY_RUNNING : ACTIVITY_WAIT_SIPI);
      exports.stateSaved(vcpu);
    }
    context.quiet = false;
  }

  setA20(open: boolean): void {
    if (open === this.a20) return;
    this.a20 = open;
    this.exports.setA20(open ? 1 : 0);
  }

  translate(linear: bigint): Gpa | undefined {
    const gpa = this.exports.translate(BigInt.asIntN(64, linear));
    return gpa < 0 ? undefined : gpa;
  }

  readLinear(linear: bigint, length: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let done = 0;
    while (done < length) {
      const at = linear + BigInt(done);
      const gpa = this.translate(at);
      if (gpa === undefined) break;
      const size = Math.min(4096 - (gpa % 4096), length - done);
      pieces.push(this.memory.readAsCpu(gpa, size));
      done += size;
    }
    return Buffer.concat(pieces);
  }

  watchExecution(id: number, linearFirst: bigint, linearLast: bigint): void {
    this.watches.watchExecution(id, linearFirst, linearLast);
  }

  watchMemory(id: number, first: Gpa, last: Gpa, access: 'read' | 'write' | 'both'): void {
    this.watches.watchMemory(id, first, last, access);
  }

  removeWatch(id: number): void {
    this.watches.remove(id);
  }

  setInterruptTrace(on: boolean): void {
    this.views.setU32(INTERRUPT_TRACE, on ? 1 : 0);
  }

  save(): CoreSnapshot {
    return {
      instructions: this.instructions(),
      current: this.selected,
      a20: this.a20,
      cpus: Array.from({ length: this.vcpus }, (_, vcpu) => this.saveCpu(vcpu)),
      ...saveMemory(this.memory, this.allocated),
    };
  }

  restore(snapshot: CoreSnapshot): void {
    this.between('restore');
    if (snapshot.cpus.length !== this.vcpus)
      throw new RangeError(`the snapshot has ${snapshot.cpus.length} vCPUs, this core ${this.vcpus}`);
    this.allocated.clear();
    snapshot.allocated.forEach((frame) => this.allocated.add(frame));
    restoreMemory(this.exports, this.memory, snapshot);
    this.a20 = snapshot.a20;
    this.exports.setA20(snapshot.a20 ? 1 : 0);
    snapshot.cpus.forEach((state, vcpu) => this.loadCpu(vcpu, state));
    this.select(snapshot.current);
    this.retired = snapshot.instructions;
    this.watches.rearm();
  }
}
