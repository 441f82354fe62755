import type { CpuState } from '../../machine/core-host/types';
import type { Machine } from '../../machine/types';
import type { TraceEvent } from '../../trace/events';
import { KINDS } from '../../trace/kinds';
import type { Recorder } from '../../trace/recorder';
import { hex } from '../../quantities/hex';
import type { HangReport } from '../result';
import { HANG_LIMITS } from './limits';
import { idleVerdict, sleepingAt } from './verdict';

/** Output of the guest, and work of its disks: always progress. */
const PROGRESS: ReadonlySet<string> = new Set(['serial', 'debug-console', 'printed', 'disk-read', 'disk-write', 'hypercall-page']);
/** What others say too, or only watches do. */
const IGNORED: ReadonlySet<string> = new Set(['vmexit', 'vmentry', 'executed', 'memory-read', 'memory-write', 'halted']);
/** More different doings than this are not remembered: the guest does not merely wait. */
const DOINGS_MAX = 65_536;

/** What a waiting guest has been seen to do, and since when nothing was added to it. */
interface Wait {
  /** Where every vCPU stands when all are idle. */
  readonly places: string;
  readonly vcpu: number;
  readonly sleeper: CpuState;
  readonly doings: Set<string>;
  /** How often each interrupt came since `sinceNs`. */
  readonly interrupts: Map<number, number>;
  screen: string;
  sinceNs: number;
  sinceInstructions: number;
  lastInstructions: number;
}

/**
 * Finds a guest that waits by HLT for something that never comes, while timer interrupts go on waking it. Whenever the machine
 * has idled for a second it looks: every CPU must stand where it stood at the last look, next to all the time must have been
 * idle, and since the wait began nothing may have come that was not there before: no output, no disk access, no other text on
 * the screen, no port, device register, MSR, hypercall or interrupt that was not used in this wait already. What the guest is
 * seen to do in its ticks is thereby learnt, and only what is new begins the wait afresh.
 */
export class IdleWait {
  #wait: Wait | undefined;
  /** Where the CPUs stood at the last look, and at how many looks in a row, before they are followed. */
  #pausedAt = '';
  #pauses = 0;
  #stops: (() => void)[] = [];

  constructor(
    private readonly machine: Machine,
    private readonly recorder: Recorder,
  ) {}

  /** A verdict when the guest has waited for longer than any firmware's own timeout. Asked while every CPU is idle. */
  observe(): HangReport | undefined {
    const places = this.#places();
    if (this.#wait?.places !== places) {
      // A pause of a few seconds, as for a boot menu, is not worth following every event.
      this.#pauses = places === this.#pausedAt ? this.#pauses + 1 : 1;
      this.#pausedAt = places;
      if (this.#pauses > HANG_LIMITS.idlePauses) this.#begin(places);
      else this.stop();
      return undefined;
    }
    const wait = this.#wait;
    const screen = this.#screen();
    if (screen !== wait.screen || this.#isBusy(wait)) this.#restart(wait);
    wait.screen = screen;
    wait.lastInstructions = this.machine.core.instructions();
    return this.#waitedNs(wait) < HANG_LIMITS.idleNs ? undefined : this.#report(wait);
  }

  /** To be told of the run's progress in between: a guest that runs on is not followed. */
  ran(): void {
    const { core } = this.machine;
    if (this.#wait !== undefined && core.instructions() - this.#wait.lastInstructions > HANG_LIMITS.idleGapInstructions) this.stop();
  }

  /** The wait under way, when it is long enough to tell of; for a run whose budget ends during it. */
  current(): HangReport | undefined {
    const wait = this.#wait;
    return wait === undefined || this.#waitedNs(wait) < HANG_LIMITS.idleToldNs || this.#isBusy(wait) ? undefined : this.#report(wait);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#wait = undefined;
  }

  #begin(places: string): void {
    this.stop();
    const { clock, core } = this.machine;
    const wait: Wait = {
      places,
      vcpu: core.current,
      sleeper: core.saveCpu(core.current),
      doings: new Set(),
      interrupts: new Map(),
      screen: this.#screen(),
      sinceNs: clock.nowNs(),
      sinceInstructions: core.instructions(),
      lastInstructions: core.instructions(),
    };
    this.#wait = wait;
    const kinds = KINDS.map(({ kind }) => kind).filter((kind) => !IGNORED.has(kind));
    this.#stops = kinds.map((kind) => this.recorder.subscribe(kind, (event) => this.#note(wait, event as TraceEvent)));
  }

  #note(wait: Wait, event: TraceEvent): void {
    if (event.kind === 'interrupt') wait.interrupts.set(event.vector, (wait.interrupts.get(event.vector) ?? 0) + 1);
    const doing = doingOf(event);
    if (!PROGRESS.has(event.kind) && wait.doings.has(doing)) return;
    if (wait.doings.size >= DOINGS_MAX) wait.doings.clear();
    wait.doings.add(doing);
    this.#restart(wait);
  }

  #restart(wait: Wait): void {
    wait.sinceNs = this.machine.clock.nowNs();
    wait.sinceInstructions = this.machine.core.instructions();
    wait.interrupts.clear();
  }

  #isBusy(wait: Wait): boolean {
    const spent = this.machine.core.instructions() - wait.sinceInstructions;
    return spent > this.#waitedNs(wait) * HANG_LIMITS.idleBusyShare + HANG_LIMITS.idleBusyMin;
  }

  #waitedNs(wait: Wait): number {
    return this.machine.clock.nowNs() - wait.sinceNs;
  }

  #report(wait: Wait): HangReport {
    return idleVerdict(sleepingAt(this.machine, wait.sleeper), wait.vcpu, this.#waitedNs(wait), wait.interrupts);
  }

  #places(): string {
    const { core } = this.machine;
    const places = Array.from({ length: core.vcpus }, (_, vcpu) => {
      const { segments, rip } = core.saveCpu(vcpu);
      return `${hex(segments.cs.base)}:${rip}`;
    });
    return places.join(' ');
  }

  #screen(): string {
    return (this.machine.textScreen() ?? []).join('\n');
  }
}

/** What an event does, without the value: the register or address, the call, the vector. */
function doingOf(event: TraceEvent): string {
  switch (event.kind) {
    case 'port-read':
    case 'port-write':
    case 'event-channel':
      return `${event.kind} ${event.port}`;
    case 'mmio-read':
    case 'mmio-write':
      return `${event.kind} ${event.gpa}`;
    case 'pci-config-read':
    case 'pci-config-write':
      return `${event.kind} ${event.bdf} ${event.register}`;
    case 'msr-read':
    case 'msr-write':
      return `${event.kind} ${event.msr}`;
    case 'post':
      return `${event.kind} ${event.code}`;
    case 'hypercall':
      return `${event.kind} ${event.nr} ${event.sub}`;
    case 'xenstore':
      return `${event.kind} ${event.op} ${event.path}`;
    case 'exception':
    case 'interrupt':
    case 'software-interrupt':
      return `${event.kind} ${event.vector}`;
    default:
      return event.kind;
  }
}
