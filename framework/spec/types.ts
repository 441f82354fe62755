import type { Span } from '../diagnostics/diagnostic';
import type { Cost } from '../quantities/cost';
import type { KeyStroke } from '../quantities/keys';
import type { Range } from '../quantities/range';
import type { TextMatch } from '../quantities/text-match';
import type { Bytes } from '../quantities/units';
import type { FieldValues } from './fields/field';
import type { CPU_NAMES, FIRMWARE_FIELDS, KERNEL_ENTRIES } from './guest-fields';
import type { MILESTONE_SCHEMAS } from './milestone-schema/registry';

type Schemas = (typeof MILESTONE_SCHEMAS)[number];

export type MilestoneKey = Schemas['key'];
/** The typed fields of one milestone, named as in the spec (`params['start-info']`). */
type MilestoneParams<K extends MilestoneKey> = FieldValues<Extract<Schemas, { key: K }>['fields']>;

/** `dl: 0x80`: the register (names in quantities/registers.ts) lies within `value`, both ends inclusive. */
export interface RegisterCondition {
  readonly register: string;
  readonly value: Range<bigint>;
  readonly span: Span;
}

export interface MilestoneOf<K extends MilestoneKey> {
  readonly key: K;
  readonly params: MilestoneParams<K>;
  readonly registers: readonly RegisterCondition[];
  /** One line for reports and test names: the `as` name, else the milestone as the spec writes it. */
  readonly label: string;
  /** All conditions in one line, as a failure shows them: `mbr-read: disk hda, to 0x7c00, within 5M instructions`. */
  readonly expected: string;
  readonly as?: string;
  readonly within?: Cost;
  /** Index of the milestone that `within` counts from; -1 is power-on. The one before unless `from` says otherwise. */
  readonly from: number;
  /** Met at the nth occurrence; 1 unless said. */
  readonly count: number;
  /** The whole milestone. */
  readonly span: Span;
  /** Each field as written, registers and common fields too. */
  readonly fieldSpans: Readonly<Record<string, Span>>;
}

export type MilestoneSpec = { [K in MilestoneKey]: MilestoneOf<K> }[MilestoneKey];

export type E820Type = 'ram' | 'reserved' | 'acpi' | 'nvs' | 'unusable';

/** What a decoded field must be. `inside`: a number within a range, or within an entry of that type of the guest's e820. */
export type FieldCondition =
  | { readonly kind: 'number'; readonly value: Range<bigint> }
  | { readonly kind: 'text'; readonly match: TextMatch; readonly exact: boolean }
  | { readonly kind: 'inside'; readonly range: Range<bigint> }
  | { readonly kind: 'inside-e820'; readonly type: E820Type };

export interface ExpectedField {
  /** Name as the decoder gives it (`X_DSDT`, `Manufacturer`); dots and [n] reach into structures. */
  readonly path: string;
  readonly condition: FieldCondition;
  readonly span: Span;
}

export interface ExpectedE820Entry {
  readonly first: bigint;
  readonly last: bigint;
  readonly type: E820Type;
  readonly span: Span;
}

interface ExpectationBase {
  /** The key as written: `e820`, `acpi.facp`, `smbios.type1`, `memory`, `registers`. */
  readonly label: string;
  readonly span: Span;
}

/** `e820: [...]` is the whole map, in order; `e820: { contains: [...] }` only some of it. */
export interface E820Expectation extends ExpectationBase {
  readonly kind: 'e820';
  readonly exact: boolean;
  readonly entries: readonly ExpectedE820Entry[];
}

export interface TableExpectation extends ExpectationBase {
  readonly kind: 'acpi' | 'smbios';
  /** acpi: signature in lower case (`facp`; `rsdp`); smbios: the type's number in decimal, or `entry` for the entry point. */
  readonly table: string;
  /** Which of several, from 0. */
  readonly index: number;
  readonly present: boolean;
  /** acpi: `valid` unless said. */
  readonly checksum: 'valid' | 'invalid' | 'any';
  readonly fields: readonly ExpectedField[];
}

export type MemoryContent =
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly width: 1 | 2 | 4 | 8; readonly value: Range<bigint> }
  | { readonly kind: 'sha256'; readonly sha256: string }
  | { readonly kind: 'fill'; readonly byte: number };

/** `at` is a guest-physical range for `sha256` and `fill`, else its first byte counts. */
export interface MemoryExpectation extends ExpectationBase {
  readonly kind: 'memory';
  readonly checks: readonly { readonly at: Range; readonly content: MemoryContent; readonly span: Span }[];
}

/** State of vCPU 0. `mode` in the words of milestone-schema/modes.ts. */
export interface RegistersExpectation extends ExpectationBase {
  readonly kind: 'registers';
  readonly mode?: { readonly value: string; readonly span: Span };
  readonly paging?: { readonly value: boolean; readonly span: Span };
  readonly registers: readonly RegisterCondition[];
}

export type ExpectationSpec = E820Expectation | TableExpectation | MemoryExpectation | RegistersExpectation;

/** What someone at the keyboard or the serial line's far end does, once. */
export interface InputSpec {
  readonly span: Span;
  /** What it waits for; absent: only time. */
  readonly when?: MilestoneSpec;
  /** Virtual time from `when`, else from the input before or power-on. */
  readonly afterNs: number;
  /** How long a key is held, and the time from its release to the next key. */
  readonly paceNs: number;
  readonly keys: readonly KeyStroke[];
  readonly serial: readonly number[];
  /** The diskette that goes into the drive fda, and the disc that goes into hdc, `none`: none; absent: what is in stays in. */
  readonly floppy?: Located<string>;
  readonly cdrom?: Located<string>;
}

/** A value and where it stands. */
export interface Located<T> {
  readonly value: T;
  readonly span: Span;
}

export type FloppyPosition = 'fda';
export type DiskPosition = 'hda' | 'hdb' | 'hdc' | 'hdd';
export type VirtioPosition = 'vda' | 'vdb';

/** Protocols by which a kernel is entered. */
export type KernelEntry = (typeof KERNEL_ENTRIES)[number];

export interface NetworkSpec {
  readonly model: Located<'e1000' | 'virtio' | 'virtio-modern'>;
  readonly mac?: Located<string>;
  readonly link?: Located<'up' | 'down'>;
  readonly rom?: Located<string>;
}

export interface ModuleSpec {
  readonly image: Located<string>;
  readonly cmdline?: Located<string>;
}

/** The guest as the spec has it, from `guest:` or from an xl.cfg; what is absent gets its default in the plan. */
export interface GuestSpec {
  readonly span: Span;
  readonly machine: Located<'xen-hvm' | 'xen-pvh' | 'pc' | 'q35'>;
  /** Name of the domain, from an xl.cfg. */
  readonly name?: Located<string>;
  readonly memory?: Located<Bytes>;
  readonly vcpus?: Located<number>;
  readonly cpu?: Located<(typeof CPU_NAMES)[number]>;
  readonly rdrand?: Located<number>;
  readonly uarts?: Located<number>;
  readonly printer?: Located<boolean>;
  readonly 'pci-bridge'?: Located<boolean>;
  readonly firmware: Readonly<Partial<Record<keyof typeof FIRMWARE_FIELDS, Located<string>>>>;
  readonly disks: Readonly<Partial<Record<DiskPosition, Located<string>>>>;
  readonly hdtype?: Located<'ide' | 'ahci'>;
  /** Absent: none. */
  readonly virtioDisks?: Readonly<Partial<Record<VirtioPosition, Located<string>>>>;
  /** `none`: the drive is empty. */
  readonly cdroms: Readonly<Partial<Record<DiskPosition, Located<string>>>>;
  readonly floppies: Readonly<Partial<Record<FloppyPosition, Located<string>>>>;
  readonly networks: readonly NetworkSpec[];
  readonly acpi?: Located<boolean>;
  readonly apic?: Located<boolean>;
  readonly vga?: Located<'stdvga' | 'cirrus' | 'none'>;
  readonly boot?: Located<string>;
  readonly uuid?: Located<string>;
  /** A kernel that is booted directly. */
  readonly kernel?: { readonly image: Located<string>; readonly entry?: Located<KernelEntry> };
  /** Before the RAM disk. */
  readonly modules?: readonly ModuleSpec[];
  readonly ramdisk?: Located<string>;
  readonly cmdline?: Located<string>;
  /** Seconds since 1970 UTC. */
  readonly rtc?: Located<number>;
}

/** A spec, checked: every value has been understood. Files have not been looked at (but an xl.cfg). */
export interface Spec {
  /** As given to the reader. */
  readonly file: string;
  readonly version: 1;
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly guest: GuestSpec;
  /** The whole run; absent: the plan's default. */
  readonly budget?: Located<Cost>;
  /** In order. */
  readonly input: readonly InputSpec[];
  readonly milestones: readonly MilestoneSpec[];
  /** Conditions that must not come true at any instruction of the run. Their `from` is -1, `count` 1. */
  readonly never: readonly MilestoneSpec[];
  readonly expect: readonly ExpectationSpec[];
  readonly skip?: Located<string>;
}
