import type { Machine } from '../../machine/types';
import { hex } from '../../quantities/hex';
import type { EventKind, TraceEvent } from '../../trace/events';
import type { Recorder } from '../../trace/recorder';
import { codeBits } from '../cpu-report';
import { HANG_LIMITS } from './limits';
import { operandsOf } from './operands';
import type { MemoryOperand } from './operands';

/** A read of a port or device register. */
export interface DeviceRead {
  readonly kind: 'port-read' | 'mmio-read';
  readonly address: number;
  readonly value: number;
}

interface MemoryRead {
  readonly linear: bigint;
  readonly size: number;
  readonly value: string;
}

/** One round of a loop that came twice with nothing changed. */
export interface Loop {
  readonly vcpu: number;
  /** Registers and place at the start of the round, as one text. */
  readonly signature: string;
  /** Addresses of the instructions run, in order, as (R)IP. */
  readonly ips: readonly bigint[];
  readonly cs: number;
  readonly deviceReads: readonly DeviceRead[];
  /** Memory that the loop reads, did not write itself, and that is not its stack frame. */
  readonly memoryReads: readonly MemoryRead[];
  /** An interrupt could come in at some instruction of it. */
  readonly isInterruptible: boolean;
}

interface Step {
  readonly ip: bigint;
  readonly signature: string;
  readonly memory: readonly MemoryOperand[];
  /** Values of `memory` after the step. */
  readonly values: readonly string[];
  readonly reads: readonly DeviceRead[];
  readonly interrupts: boolean;
  readonly stack: bigint;
}

/** Events during a round that mean that it does more than look. */
const PROGRESS: readonly EventKind[] = ['mmio-write', 'hypercall', 'msr-write', 'mode', 'exception', 'software-interrupt'];
/** Writes to these only pass time: POST, and the port that software uses to wait for the bus. */
const DELAY_PORTS: ReadonlySet<number> = new Set([0x80, 0xed]);
const INTERRUPT_FLAG = 0x200n;
const FRAME_BYTES = 4096n;
const LONGEST_INSTRUCTION = 15;
/** Interrupts that may come in while a loop is looked at. */
const ATTEMPTS = 4;

/** Runs single instructions; false when the machine stopped, or the run is over. */
export type Stepper = () => boolean;

/**
 * Steps the guest until its registers repeat, then once more through the round to see that what it reads and writes repeats
 * too. undefined when nothing repeats within the limit, when the loop does something that changes the world, or cannot be
 * reasoned about. The guest has gone on by the steps taken.
 */
export class LoopTracer {
  #reads: DeviceRead[] = [];
  #hasProgressed = false;
  #wasInterrupted = false;

  constructor(
    private readonly machine: Machine,
    private readonly recorder: Recorder,
    private readonly step: Stepper,
    private readonly most: number = HANG_LIMITS.steps,
  ) {}

  trace(): Loop | undefined {
    const stops = this.#subscribe();
    try {
      return this.#search();
    } finally {
      for (const stop of stops) stop();
    }
  }

  #subscribe(): (() => void)[] {
    const { recorder } = this;
    const progress = PROGRESS.map((kind) => recorder.subscribe(kind, () => (this.#hasProgressed = true)));
    return [
      ...progress,
      recorder.subscribe('port-read', ({ port, value }) => this.#reads.push({ kind: 'port-read', address: port, value })),
      recorder.subscribe('mmio-read', ({ gpa, value }) => this.#reads.push({ kind: 'mmio-read', address: gpa, value })),
      recorder.subscribe('port-write', ({ port }) => (this.#hasProgressed ||= !DELAY_PORTS.has(port))),
      recorder.subscribe('interrupt', () => (this.#wasInterrupted = true)),
    ];
  }

  #search(): Loop | undefined {
    const vcpu = this.machine.core.current;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const period = this.#period(vcpu);
      if (period === undefined) return undefined;
      const steps: Step[] = [];
      while (steps.length < 2 * period && !this.#wasInterrupted) {
        const step = this.#take(vcpu);
        if (step === undefined || this.#hasProgressed) return undefined;
        if (steps.length >= period && !isSame(step, steps[steps.length - period]!)) return undefined;
        steps.push(step);
      }
      // A handler that came in between is gone through by the next attempt.
      if (!this.#wasInterrupted) return loopOf(vcpu, this.machine.core.cs, steps.slice(0, period));
    }
    return undefined;
  }

  /** Steps until place and registers are as they were before; the number of instructions in between. */
  #period(vcpu: number): number | undefined {
    const { core } = this.machine;
    let seen = new Map<number, number>();
    for (let taken = 0; taken < this.most; taken++) {
      if (this.#wasInterrupted) seen = new Map();
      this.#wasInterrupted = false;
      const signature = core.digest();
      const before = seen.get(signature);
      if (before !== undefined) {
        this.#hasProgressed = false;
        return taken - before;
      }
      seen.set(signature, taken);
      if (!this.step() || core.current !== vcpu) return undefined;
    }
    return undefined;
  }

  #take(vcpu: number): Step | undefined {
    const { core } = this.machine;
    if (core.current !== vcpu) return undefined;
    const cpu = core.saveCpu(vcpu);
    const code = core.readLinear(cpu.segments.cs.base + cpu.rip, LONGEST_INSTRUCTION);
    const operands = operandsOf(code, cpu, codeBits(core.mode));
    if (operands === undefined) return undefined;
    this.#reads = [];
    const signature = `${cpu.segments.cs.selector}:${cpu.rip} ${cpu.gpr.join(' ')} ${cpu.rflags} ${cpu.cr3}`;
    if (!this.step() || core.current !== vcpu) return undefined;
    return {
      ip: cpu.rip,
      signature,
      memory: operands.memory,
      values: operands.memory.map(({ linear, size }) => Buffer.from(core.readLinear(linear, size)).toString('hex')),
      reads: this.#reads,
      interrupts: (cpu.rflags & INTERRUPT_FLAG) !== 0n,
      stack: BigInt.asUintN(64, cpu.segments.ss.base + (cpu.gpr[4] ?? 0n)),
    };
  }
}

function isSame(left: Step, right: Step): boolean {
  return (
    left.signature === right.signature &&
    left.values.join() === right.values.join() &&
    left.reads.length === right.reads.length &&
    left.reads.every((read, index) => read.address === right.reads[index]?.address && read.value === right.reads[index].value)
  );
}

function loopOf(vcpu: number, cs: number, round: readonly Step[]): Loop {
  const written = new Set(round.flatMap(({ memory }) => memory.filter(({ isWritten }) => isWritten).map(({ linear }) => linear)));
  const memoryReads = new Map<string, MemoryRead>();
  for (const { memory, values, stack, reads } of round) {
    memory.forEach(({ linear, size, isRead }, index) => {
      const isFrame = linear >= stack && linear < stack + FRAME_BYTES;
      const isDevice = reads.some(({ kind }) => kind === 'mmio-read');
      if (isRead && !written.has(linear) && !isFrame && !isDevice)
        memoryReads.set(hex(linear), { linear, size, value: values[index] ?? '' });
    });
  }
  // The round as a reader sees it begins at its lowest address.
  const lowest = round.reduce((best, { ip }, index) => (ip < round[best]!.ip ? index : best), 0);
  const ordered = [...round.slice(lowest), ...round.slice(0, lowest)];
  return {
    vcpu,
    signature: ordered[0]!.signature,
    ips: ordered.map(({ ip }) => ip),
    cs,
    deviceReads: ordered.flatMap(({ reads }) => reads),
    memoryReads: [...memoryReads.values()],
    isInterruptible: round.some(({ interrupts }) => interrupts),
  };
}

/** A device read event, for comparing with what a loop read. */
export function deviceReadOf(event: TraceEvent): DeviceRead | undefined {
  if (event.kind === 'port-read') return { kind: 'port-read', address: event.port, value: event.value };
  return event.kind === 'mmio-read' ? { kind: 'mmio-read', address: event.gpa, value: event.value } : undefined;
}
