import type { Diagnostic, Span } from '../diagnostics/diagnostic';
import type { Cost } from '../quantities/cost';
import type { Bytes } from '../quantities/units';
import type {
  DiskPosition,
  ExpectationSpec,
  FloppyPosition,
  InputSpec,
  KernelEntry,
  Located,
  MilestoneSpec,
  VirtioPosition,
} from '../spec/types';

/** A file whose content is fixed by its hash. Workers read it themselves. */
export interface FileRef {
  /** As the spec names it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: Bytes;
}

/** A RAM disk of a recipe, packed: made when it is read. */
export interface PackedRamdisk {
  readonly name: string;
  readonly entries: readonly ArchiveEntry[];
  readonly sha256: string;
  readonly sizeBytes: Bytes;
}

/** What a file of a generated image holds. */
export type FileContent = FileRef | PackedRamdisk;

/** Of a file that lies in several places. */
export interface Part {
  readonly from: Bytes;
  readonly length: Bytes;
}

/** A piece of a generated image. Later pieces lie over earlier ones; what no piece covers is zero. */
export type ImagePiece =
  | { readonly kind: 'bytes'; readonly offset: Bytes; readonly bytes: readonly number[] }
  | { readonly kind: 'file'; readonly offset: Bytes; readonly file: FileRef; readonly part?: Part }
  | { readonly kind: 'ramdisk'; readonly offset: Bytes; readonly ramdisk: PackedRamdisk; readonly part?: Part }
  /** Every sector of the range: its LBA as a 64-bit little-endian number, repeated. */
  | { readonly kind: 'lba-pattern'; readonly offset: Bytes; readonly length: Bytes }
  | { readonly kind: 'fill'; readonly offset: Bytes; readonly length: Bytes; readonly byte: number };

export type DiskContent =
  | { readonly kind: 'file'; readonly file: FileRef }
  | {
      readonly kind: 'recipe';
      readonly name: string;
      readonly sizeBytes: Bytes;
      readonly pieces: readonly ImagePiece[];
      readonly sha256: string;
    };

/** An entry of a generated RAM disk. Permissions are the low 12 bits of a mode. */
export type ArchiveEntry = { readonly path: string; readonly permissions: number } & (
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly file: FileRef }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'device'; readonly type: 'char' | 'block'; readonly major: number; readonly minor: number }
);

export type RamdiskContent =
  | { readonly kind: 'file'; readonly file: FileRef }
  | { readonly kind: 'recipe'; readonly name: string; readonly entries: readonly ArchiveEntry[]; readonly sha256: string };

/** A kernel that is booted directly. Without `entry` its own format decides. */
export interface KernelPlan {
  readonly image: FileRef;
  /** Where the spec names it. */
  readonly span: Span;
  readonly entry?: KernelEntry;
  /** linux16: the option ROM that enters it. */
  readonly rom?: FileRef;
  /** multiboot: files in memory before the RAM disk, with their command lines. */
  readonly modules?: readonly { readonly file: FileRef; readonly cmdline: string }[];
  readonly ramdisk?: RamdiskContent;
  readonly cmdline: string;
}

export interface NetworkPlan {
  readonly model: 'e1000' | 'virtio' | 'virtio-modern';
  readonly mac: string;
  readonly link: boolean;
  readonly rom?: FileRef;
}

/** Everything that decides a guest, with all defaults applied; contents by path and hash. */
export interface GuestPlan {
  readonly platform: 'xen-hvm' | 'xen-pvh' | 'pc' | 'q35';
  readonly name: string;
  readonly memoryBytes: Bytes;
  readonly vcpus: number;
  readonly cpu: 'x86-64' | 'x86-64-v2' | 'x86-64-v2-xsave' | 'intel' | 'amd';
  readonly rdrand?: number;
  /** Absent: COM1 alone. */
  readonly uarts?: number;
  /** Absent: cards are on bus 0. */
  readonly pciBridge?: true;
  /** Absent: no parallel port. */
  readonly printer?: true;
  readonly firmware: {
    readonly loader?: FileRef;
    /** Where the spec names the loader, or the machine that has one. */
    readonly loaderSpan?: Span;
    /** Absent on xen-pvh alone. */
    readonly bios?: FileRef;
    readonly biosKind: 'seabios' | 'ovmf' | 'rombios';
    readonly vgaRom?: FileRef;
    /** The BIOS image lies in a flash chip, the variable store in another one. Absent: it is a ROM. */
    readonly flash?: { readonly variables?: FileRef };
  };
  readonly kernel?: KernelPlan;
  readonly disks: Readonly<Partial<Record<DiskPosition, DiskContent>>>;
  /** Absent: they are IDE disks, on q35 AHCI's. */
  readonly hdtype?: 'ahci';
  /** Absent: none. */
  readonly virtioDisks?: Readonly<Partial<Record<VirtioPosition, DiskContent>>>;
  readonly cdroms: Readonly<Partial<Record<DiskPosition, DiskContent>>>;
  /** CD-ROM drives with nothing in; absent: there are none. */
  readonly emptyDrives?: readonly DiskPosition[];
  /** Discs that inputs put into hdc; absent: none. */
  readonly spareDiscs?: readonly DiskContent[];
  readonly floppies: Readonly<Partial<Record<FloppyPosition, DiskContent>>>;
  /** Diskettes that inputs put into the drive; absent: none. */
  readonly spareDiskettes?: readonly DiskContent[];
  readonly networks: readonly NetworkPlan[];
  readonly vga: 'stdvga' | 'cirrus' | 'none';
  readonly acpi: boolean;
  readonly apic: boolean;
  readonly boot: string;
  readonly uuid: string;
  readonly rtcSeconds: number;
  readonly tscKhz: number;
  readonly domid: number;
}

/** An input with what it needs. */
export interface InputPlan extends Omit<InputSpec, 'floppy' | 'cdrom'> {
  /** What goes into the drive fda: 0 the guest's own diskette, from 1 the spare ones, -1 none; absent: it stays as it is. */
  readonly diskette?: number;
  /** Likewise into hdc, where an empty drive begins with the first spare one as 0. */
  readonly disc?: number;
}

/** What a run needs to know, and nothing else. */
export interface Plan {
  /** The spec: absolute path, and SHA-256 of its text. */
  readonly specPath: string;
  readonly specSha256: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly skip?: Located<string>;
  readonly guest: GuestPlan;
  /** The whole run. Both limits hold. */
  readonly budget: { readonly instructions: number; readonly ns: number; readonly declared: Cost | undefined };
  /** What is typed or sent on the way, in order. */
  readonly input: readonly InputPlan[];
  readonly milestones: readonly MilestoneSpec[];
  readonly never: readonly MilestoneSpec[];
  readonly expect: readonly ExpectationSpec[];
}

export type Planned =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
