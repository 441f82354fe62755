import type { Machine, MachineStop } from '../machine/types';
import { BiosScanner, biosPlaces } from '../milestones/scan/bios-scanner';
import { DirtyPages } from '../milestones/scan/dirty-pages';
import { TableScanner } from '../milestones/scan/table-scanner';
import type { Moment } from '../milestones/scan/table-scanner';
import { UefiScanner } from '../milestones/scan/uefi-scanner';
import { currentLinear } from '../milestones/guest-registers';
import type { MatchContext } from '../milestones/matcher';
import type { Plan } from '../plan/types';
import { formatCost, type Cost } from '../quantities/cost';
import { MIB, PAGE_BYTES } from '../quantities/units';
import type { Recorder } from '../trace/recorder';
import { FaultLoop } from './hang/fault-loop';
import { HangDetector } from './hang/hang-detector';
import { IdleWait } from './hang/idle-wait';
import { haltVerdict } from './hang/verdict';
import { InputDriver } from './input-driver';
import { MilestoneSequence } from './milestone-sequence';
import { NeverWatch } from './never-watch';
import type { EndReport, HangReport } from './result';
import { ScanSchedule } from './scan-schedule';
import { WatchArmer } from './watch-armer';

/** Instructions of one slice while something is found by scans, and otherwise. */
const SCAN_SLICE = 10_000;
const SLICE = 100_000;
/** Virtual time that one slice should not exceed, and how short slices become for its sake. */
const SLICE_NS = 100e6;
const SLICE_MIN = 16;
/** How often guest memory is searched for tables when no milestone asks for them, only the report; and while UEFI's phases are followed. */
const REPORT_SCAN = 4_000_000;
const PHASE_SCAN = 1_000_000;
/** Frames of the first 4 GiB: a firmware image above 1 MiB lies at their end. */
const FRAMES_BELOW_4G = 0x10_0000;

/** What ended a run, before it is put into words. */
export interface End {
  readonly kind: EndReport['kind'];
  readonly text: string;
  /** A milestone declared that the machine would end so; but more milestones were to come. */
  readonly isDeclared?: boolean;
  readonly shutdownReason?: number;
  readonly hang?: HangReport;
}

export interface Guard {
  /** Wall-clock time is up. */
  isOver(): boolean;
  /** Between slices. */
  tick(): void;
}

/** One guest on its way: runs the machine in slices until its milestones are met or something ends it. */
export class GuestRun {
  readonly sequence: MilestoneSequence;
  readonly never: NeverWatch;
  readonly input: InputDriver;
  readonly tables: TableScanner;
  #end: End | undefined;
  /** What the machine reported by an event, until the run loop has dealt with it. */
  #machineEnd: MachineStop | undefined;
  readonly #bios: BiosScanner;
  readonly #uefi: UefiScanner;
  readonly #pages: DirtyPages;
  #memoryScanned = -Infinity;
  readonly #reportScan: number;
  /** Length of the next slice, when nothing else limits it. */
  #reach = SLICE;
  readonly #scans: ScanSchedule;
  readonly #hangs: HangDetector;
  readonly #idle: IdleWait;
  /** The last step ended while every CPU slept. */
  #isIdle = false;
  readonly #faults: FaultLoop;

  constructor(
    private readonly plan: Plan,
    private readonly machine: Machine,
    private readonly recorder: Recorder,
    private readonly guard: Guard,
  ) {
    const { core } = machine;
    const read = (gpa: number, length: number): Uint8Array => machine.readPhysical(gpa, length);
    const image = machine.config.firmware.bios;
    const isHigh = (biosPlaces(image.length)[0] ?? 0) >= MIB;
    const isUefi = followsPhases(plan);
    this.#reportScan = isUefi ? PHASE_SCAN : REPORT_SCAN;
    this.#pages = new DirtyPages(core.memory, isHigh || isUefi ? FRAMES_BELOW_4G : MIB / PAGE_BYTES);
    this.tables = new TableScanner(read, this.#pages.reader(), () => this.#scanMoment());
    this.#bios = new BiosScanner(image, read, this.#pages.reader());
    this.#uefi = new UefiScanner(read, this.#pages.reader(), isUefi);
    const armer = new WatchArmer(core);
    const context: MatchContext = {
      machine,
      tables: this.tables,
      bios: this.#bios,
      uefi: this.#uefi,
      watchExecution: armer.execution,
      watchWrites: armer.writes,
    };
    this.sequence = new MilestoneSequence(
      plan.milestones,
      context,
      recorder,
      () => this.now(),
      () => this.#moved(),
    );
    this.never = new NeverWatch(
      plan.never,
      context,
      recorder,
      () => this.now(),
      () => machine.requestStop(),
    );
    this.input = new InputDriver(plan.input, context, recorder, machine, () => this.#moved());
    this.#scans = new ScanSchedule(
      recorder,
      () => this.#needsScans(),
      () => machine.requestStop(),
    );
    this.#hangs = new HangDetector(machine, recorder, () => this.#step(1));
    this.#idle = new IdleWait(machine, recorder);
    this.#faults = new FaultLoop(core, recorder, () => machine.requestStop());
    this.#watchEnds();
  }

  now(): { instructions: number; atNs: number; vcpu: number } {
    const { core, clock } = this.machine;
    return { instructions: core.instructions(), atNs: clock.nowNs(), vcpu: core.current };
  }

  /** Runs to the end and says what it was. */
  run(): End {
    this.never.begin();
    this.sequence.begin();
    this.input.begin();
    this.#scans.follow();
    this.#scan();
    while (this.#end === undefined) {
      this.guard.tick();
      const before = this.machine.clock.nowNs();
      const isWhole = this.#step(this.#slice());
      this.#adapt(this.machine.clock.nowNs() - before);
      const hang = this.#faults.verdict ?? (isWhole ? this.#waitVerdict() : undefined);
      if (hang !== undefined) this.#hung(hang);
      if (!this.#isOver()) this.#judgeBudget();
    }
    this.guard.tick();
    this.#scanMemory(this.machine.core.instructions());
    this.sequence.stop();
    this.never.stop();
    this.input.stop();
    this.#idle.stop();
    return this.#end;
  }

  /** What a guest waits for in vain; nothing while an input is on its way. */
  #waitVerdict(): HangReport | undefined {
    const idle = this.#idleVerdict();
    return this.input.isComing ? this.#hangs.rest() : (idle ?? this.#hangs.observe());
  }

  /** A milestone with a time of its own is waited for until that is over. */
  #idleVerdict(): HangReport | undefined {
    this.#idle.ran();
    const verdict = this.#isIdle ? this.#idle.observe() : undefined;
    return this.sequence.isTimed ? undefined : verdict;
  }

  #slice(): number {
    const now = this.machine.core.instructions();
    const left = this.plan.budget.instructions - now;
    // Scans and samples stand at instructions that do not depend on how the way to them is sliced.
    const untilLook = Math.min(this.#scans.until(now, this.#scanInterval()), this.#hangs.until(now));
    return Math.max(1, Math.min(this.#reach, untilLook, left, this.sequence.instructionsLeft()));
  }

  /** Instructions that do much (string I/O, sleep) make slices shorter, so that limits in time and the host's guard hold. */
  #adapt(spentNs: number): void {
    this.#reach = spentNs > SLICE_NS ? Math.max(SLICE_MIN, this.#reach >> 2) : Math.min(SLICE, this.#reach * 2);
  }

  #needsScans(): boolean {
    return this.#needsMemory() || this.sequence.isPolled || this.never.isPolled || this.input.isPolled;
  }

  #needsMemory(): boolean {
    return this.sequence.willScanMemory || this.never.scansMemory || this.input.scansMemory;
  }

  #scanInterval(): number {
    return this.#needsScans() ? SCAN_SLICE : SLICE;
  }

  /** Runs up to `count` instructions and deals with what came of it; false when something other than the count ended it. */
  #step(count: number): boolean {
    if (this.#isOver()) return false;
    const stop = this.machine.run(count);
    this.#judge(this.#machineEnd ?? stop);
    this.#machineEnd = undefined;
    this.#isIdle = stop.kind === 'budget' && stop.isIdle === true;
    return stop.kind === 'budget' && !this.#isOver();
  }

  #judge(stop: MachineStop): void {
    if (this.#isViolated()) return;
    const isEnding = stop.kind !== 'budget' && stop.kind !== 'requested';
    if (isEnding || this.#scans.isDue(this.machine.core.instructions(), this.#scanInterval())) this.#scan();
    if (this.#isViolated() || this.#isComplete()) return;
    this.sequence.checkTime();
    if (this.sequence.timedOut !== undefined) {
      this.#finish({ kind: 'milestone-timeout', text: 'a milestone was not reached in time' });
      return;
    }
    this.#judgeStop(stop);
  }

  #isViolated(): boolean {
    const { violation } = this.never;
    if (violation === undefined) return false;
    const label = this.plan.never[violation.index]?.label ?? '';
    this.#finish({ kind: 'never', text: `happened, although listed under never: ${label}` });
    return true;
  }

  #isComplete(): boolean {
    if (!this.sequence.isComplete) return false;
    this.#finish({ kind: 'complete', text: 'all milestones met' });
    return true;
  }

  #judgeStop(stop: MachineStop): void {
    if (stop.kind === 'budget' || stop.kind === 'requested') return;
    const isDeclared = this.#isDeclared(stop);
    if (stop.kind === 'halted') {
      const hang = haltVerdict(this.machine);
      this.#finish({
        kind: 'halted',
        text: isDeclared ? `${hang.verdict}; the next milestone cannot come` : hang.verdict,
        hang,
        isDeclared,
      });
    } else if (stop.kind === 'shutdown') {
      const what = `shutdown by ${stop.source}, reason ${stop.reason}`;
      this.#finish({
        kind: 'shutdown',
        text: isDeclared ? `${what}; the next milestone cannot come` : `undeclared ${what}`,
        isDeclared,
        shutdownReason: stop.reason,
      });
    } else if (!isDeclared) {
      const text = stop.kind === 'reset' ? `undeclared reset by ${stop.source}` : 'undeclared triple fault';
      this.#finish({ kind: stop.kind, text });
    }
  }

  /** True when the milestone that came last is this end of the machine. */
  #isDeclared(stop: MachineStop): boolean {
    const last = this.sequence.lastSeen;
    if (last === undefined || this.machine.core.instructions() - last.instructions > 1) return false;
    const key = this.plan.milestones[last.index]?.key;
    return key === stop.kind || (stop.kind === 'triple-fault' && key === 'reset');
  }

  #hung(hang: HangReport): void {
    // What is awaited may have come to stand just before.
    this.#scan();
    if (!this.#isViolated() && !this.#isComplete()) this.#finish({ kind: 'hang', text: hang.verdict, hang });
  }

  #judgeBudget(): void {
    const { budget } = this.plan;
    const { instructions, atNs } = this.now();
    const isSpent = instructions >= budget.instructions || atNs >= budget.ns;
    if (!isSpent && !this.guard.isOver()) return;
    if (!isSpent) {
      this.#finish({ kind: 'wall-limit', text: 'the wall-clock guard of the host ran out' });
      return;
    }
    const hang = this.#hangs.look();
    if (hang !== undefined) this.#hung(hang);
    const spent =
      instructions >= budget.instructions ? { unit: 'instructions', amount: budget.instructions } : { unit: 'ns', amount: budget.ns };
    const wait = this.#idle.current();
    const text = `budget of ${formatCost(spent as Cost)} spent`;
    this.#finish({ kind: 'budget', text: wait === undefined ? text : `${text} in an ${wait.verdict}` });
  }

  #isOver(): boolean {
    return this.#end !== undefined;
  }

  #finish(end: End): void {
    this.#end ??= end;
  }

  #moved(): void {
    // What is found by scans is asked as soon as its turn has come, between two instructions.
    this.#scans.follow();
    this.#scans.request();
    this.machine.requestStop();
  }

  #scan(): void {
    const now = this.machine.core.instructions();
    this.#scans.done(now);
    if (this.#needsMemory() || now - this.#memoryScanned >= this.#reportScan) this.#scanMemory(now);
    this.never.poll();
    this.sequence.poll();
    this.input.poll();
  }

  #scanMemory(now: number): void {
    this.#memoryScanned = now;
    this.#pages.take();
    this.tables.scan();
    this.#bios.scan();
    this.#uefi.scan();
  }

  #scanMoment(): Moment {
    const { core, clock } = this.machine;
    return { instructions: core.instructions(), atNs: clock.nowNs(), cs: core.cs, ip: core.ip, linear: currentLinear(core) };
  }

  /** A stop for one reason may hide another of the same instruction: the events tell all of them. */
  #watchEnds(): void {
    this.recorder.subscribe('reset', () => this.#uefi.forget());
    this.recorder.subscribe(
      'reset',
      ({ source }) => (this.#machineEnd ??= source === 'triple-fault' ? { kind: 'triple-fault' } : { kind: 'reset', source }),
    );
    this.recorder.subscribe('shutdown', ({ source, reason }) => (this.#machineEnd ??= { kind: 'shutdown', source, reason }));
  }
}

/** Some condition is on UEFI's phases. */
function followsPhases({ milestones, never, input }: Plan): boolean {
  const conditions = [...milestones, ...never, ...input.flatMap(({ when }) => (when ? [when] : []))];
  return conditions.some(({ key }) => key === 'uefi-phase');
}
