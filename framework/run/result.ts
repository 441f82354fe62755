import type { Picture } from '../quantities/picture';
import { EXIT } from '../diagnostics/codes';
import type { Diagnostic, Span } from '../diagnostics/diagnostic';
import type { EventKind, TraceEvent } from '../trace/events';

/** How a run ended, in one word. `exitClass` follows from it (see EXIT_CLASS). */
export type Outcome =
  | 'passed'
  /** A milestone or expectation was missed, or a `never` condition came true. */
  | 'failed'
  | 'skipped'
  /** Nothing booted: the spec is wrong. */
  | 'spec-error'
  /** Nothing booted: an image is missing, a hash is wrong; or an internal error. */
  | 'could-not-run'
  /** An undeclared reset, triple fault or shutdown. */
  | 'guest-crash'
  /** The guest can never go on: an endless loop, or every vCPU halted for ever. */
  | 'hang'
  /** The spec's budget, or the host's wall-clock guard, ran out. */
  | 'budget';

/** Exit code of the command line for each outcome. */
export const EXIT_CLASS = {
  passed: EXIT.passed,
  failed: EXIT.failed,
  skipped: EXIT.passed,
  'spec-error': EXIT.badSpec,
  'could-not-run': EXIT.couldNotRun,
  'guest-crash': EXIT.guestCrash,
  hang: EXIT.hang,
  budget: EXIT.hang,
} as const satisfies Record<Outcome, number>;

/** Facts about what met a milestone, or what an expectation read: label and text, in the order to show them. */
type Details = readonly (readonly [label: string, text: string])[];

/** Why something was missed. */
interface Explanation {
  /** What came nearest, or undefined when nothing like it happened: `table found at 0xf_5b50, checksum 0x17, should be 0x00`. */
  readonly closest?: string;
  /** What to try. */
  readonly fixme?: string;
}

export interface MilestoneResult {
  /** From 0, in the order of the spec. */
  readonly index: number;
  /** Key in the spec: `mbr-read`. */
  readonly key: string;
  /** `as:` when given, else key and its main condition: `mbr-read hda`. */
  readonly name: string;
  /** The conditions in words, as the diagnostic shows them: `mbr-read: disk hda, to 0x7c00, within 5M instructions`. */
  readonly expected: string;
  readonly span: Span;
  /** missed: the run ended while it was looked for; timeout: its `within` ran out; not-reached: an earlier one was not met. */
  readonly status: 'met' | 'missed' | 'timeout' | 'not-reached';
  /** Moment at which it was met; undefined otherwise. */
  readonly instructions?: number;
  readonly atNs?: number;
  /** Trace sequence number of the event that met it. */
  readonly seq?: number;
  readonly vcpu?: number;
  /** Cost since the milestone before (met), or spent looking for it (missed, timeout). */
  readonly spentInstructions: number;
  readonly spentNs: number;
  /** Its `within`, when given. */
  readonly allowed?: { readonly instructions?: number; readonly ns?: number };
  readonly details: Details;
  /** Present when missed or timed out. */
  readonly explanation?: Explanation;
}

export interface NeverResult {
  readonly key: string;
  readonly name: string;
  readonly expected: string;
  readonly span: Span;
  /** True when the condition came true; the run ended there. */
  readonly violated: boolean;
  readonly instructions?: number;
  readonly atNs?: number;
  readonly details: Details;
}

export interface ExpectationResult {
  /** `e820`, `acpi.facp`, `smbios.type1`, `memory`, `registers`. */
  readonly key: string;
  readonly name: string;
  readonly span: Span;
  /** not-checked: the run ended before the last milestone was met. */
  readonly status: 'met' | 'failed' | 'not-checked';
  /** One per difference: what was looked at, what the spec says, what the guest has. */
  readonly differences: readonly {
    readonly what: string;
    readonly expected: string;
    readonly actual: string;
    readonly span?: Span;
  }[];
  /** What was read, from where. */
  readonly details: Details;
}

export interface DisassembledLine {
  readonly cs: number;
  /** Hex text without 0x, as the operand size of the mode has it. */
  readonly ip: string;
  readonly bytes: string;
  readonly text: string;
}

/** One vCPU at the end of the run. 64-bit values are hex text (`0x…`). */
export interface CpuReport {
  readonly vcpu: number;
  readonly activity: 'running' | 'halted' | 'wait-for-sipi' | 'shutdown';
  readonly mode: string;
  readonly paging: boolean;
  readonly cs: number;
  readonly ip: string;
  readonly linear: string;
  /** `f000:e2c3`. */
  readonly at: string;
  /** Five instructions, the first at CS:IP. */
  readonly disassembly: readonly DisassembledLine[];
  /** rax.. rip rflags cr0 cr2 cr3 cr4 efer and segment selectors with bases, in showing order. */
  readonly registers: readonly (readonly [name: string, value: string])[];
}

/** A loop that can never end. */
export interface HangReport {
  /** `4-instruction loop at F000:E2C3 polls port 0x1F7, value 0xD0, 12M times`. */
  readonly verdict: string;
  readonly kind: 'state-repeats' | 'port-poll' | 'memory-poll' | 'fault-loop' | 'halted' | 'idle';
  readonly vcpu: number;
  /** Instructions in one round of the loop; 0 for `halted`, `idle` and `fault-loop`. */
  readonly loopInstructions: number;
  /** How often it went round before it was called a hang. */
  readonly rounds: number;
  readonly loop: readonly DisassembledLine[];
}

/** One exception of the chain that ended the guest, in order. */
export interface FaultReport {
  readonly vector: number;
  /** `#GP`, `#DF`, `triple fault`. */
  readonly name: string;
  readonly errorCode?: number;
  readonly cr2?: string;
  readonly at: string;
  readonly instructions: number;
  /** In words: `#GP(0x0008) at 0010:0000_7c12`. */
  readonly text: string;
}

/** What ended the run. */
export interface EndReport {
  readonly kind:
    | 'complete'
    | 'milestone-timeout'
    | 'never'
    | 'reset'
    | 'shutdown'
    | 'triple-fault'
    | 'halted'
    | 'hang'
    | 'budget'
    | 'wall-limit'
    | 'not-started';
  /** In words: `undeclared reset by cf9`. */
  readonly text: string;
  readonly hang?: HangReport;
  /** The exceptions that led there; empty when none did. */
  readonly faults: readonly FaultReport[];
}

export interface FoundTable {
  /** `acpi.facp`, `acpi.rsdp`, `smbios`, `mptable`, `pir`, `e820`, `hvm-info`, `bios-info`. */
  readonly table: string;
  readonly gpa: number;
  readonly length: number;
  readonly checksum: 'valid' | 'invalid' | 'none';
  /** Byte sum modulo 256. */
  readonly sum: number;
  readonly oemId?: string;
  readonly revision?: number;
  readonly bytes: Uint8Array;
}

export interface E820Result {
  /** Where the list stands, when it was read from memory. */
  readonly gpa?: number;
  /** Where it comes from: `INT 15h, AX=E820h`, or the list that a loader left for the firmware. */
  readonly source: string;
  readonly entries: readonly { readonly first: number; readonly last: number; readonly type: string }[];
}

export interface MemoryRange {
  readonly first: number;
  readonly last: number;
  readonly kind: 'ram' | 'rom';
}

export interface ConsoleText {
  /** `serial` (uart 0), `serial2`, `printer`, `debug-console`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Latin-1 text of `bytes`. */
  readonly text: string;
  /** Bytes that were dropped from the front once 8 MiB were exceeded. */
  readonly dropped: number;
}

/** An event as text, for the last events of a failure: `port-read port=0x1f7 size=1 value=0xd0`. */
interface EventLine {
  /** The last one, when it happened several times in a row. */
  readonly event: TraceEvent;
  readonly text: string;
  readonly times: number;
  /** It happened more often than was counted. */
  readonly atLeast: boolean;
}

export interface TraceSummary {
  /** Lower-case hex SHA-256 over every event, dropped ones included. */
  readonly hash: string;
  readonly events: number;
  /** Oldest events no longer held in detail. */
  readonly dropped: number;
  readonly counts: Readonly<Record<string, number>>;
}

export interface InputFile {
  /** `loader`, `bios`, `vga-rom`, `hda`, … */
  readonly role: string;
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Everything a report needs, as plain data: structured-clonable. */
export interface RunResult {
  readonly name: string;
  readonly file: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly outcome: Outcome;
  readonly exitClass: number;
  /** One line: class and what. */
  readonly summary: string;
  readonly skipReason?: string;
  readonly milestones: readonly MilestoneResult[];
  readonly never: readonly NeverResult[];
  readonly expectations: readonly ExpectationResult[];
  readonly end: EndReport;
  /** The vCPU that ran last comes first. Empty when nothing booted. */
  readonly cpus: readonly CpuReport[];
  /** The last ten of a run that may have failed. */
  readonly lastEvents: readonly EventLine[];
  readonly consoles: readonly ConsoleText[];
  /** Text screen at the end, lines right-trimmed; undefined in a graphics mode or without adapter. */
  readonly screen?: readonly string[];
  /** What the monitor shows at the end in a graphics mode. */
  readonly picture?: Picture;
  readonly tables: readonly FoundTable[];
  readonly e820?: E820Result;
  readonly memory: readonly MemoryRange[];
  /** What the flash chip with the firmware's variables held at the end; absent without one. */
  readonly variableStore?: Uint8Array;
  readonly budget: { readonly instructions?: number; readonly ns?: number };
  readonly instructions: number;
  readonly atNs: number;
  readonly wallMs: number;
  readonly trace: TraceSummary;
  readonly inputs: readonly InputFile[];
  /**
   * What is wrong, most important first, in the form of every Milepost diagnostic: the milestone that was missed with what came
   * closest and where the guest is, each failed expectation, a violated `never`, or why nothing booted. Empty when it passed.
   */
  readonly diagnostics: readonly Diagnostic[];
}

/** A finished run: its result, and the trace, which is read lazily and is not clonable. */
export interface FinishedRun {
  readonly result: RunResult;
  /** Every event still held, oldest first; of some kinds, when they are given. */
  events(...kinds: EventKind[]): IterableIterator<TraceEvent>;
  /** The same as text, a line of JSON each, in pieces. A piece is good until the next is asked for. */
  eventLines(): Iterable<Uint8Array>;
}

/** What a caller may watch while a run goes on. */
export interface RunProgress {
  readonly milestonesMet: number;
  readonly milestonesTotal: number;
  readonly lastMet?: string;
  readonly instructions: number;
  readonly atNs: number;
  readonly wallMs: number;
}
