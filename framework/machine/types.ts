import type { Picture } from '../quantities/picture';
import type { KeyStroke } from '../quantities/keys';
import type { Bytes, Gpa, Instructions, Nanoseconds } from '../quantities/units';
import type { BlockSource } from './bus/types';
import type { Clock } from './clock/clock';
import type { Core } from './core-host/types';
import type { KernelConfig, KernelEntry } from './loaders/kernel/types';

export type FloppyName = 'fda' | 'fdb';
export type DiskName = 'hda' | 'hdb' | 'hdc' | 'hdd';

export interface NetworkConfig {
  readonly model: 'e1000' | 'virtio' | 'virtio-modern';
  /** As 52:54:00:12:34:56. */
  readonly mac: string;
  /** Something is at the other end of the cable. It never says anything. */
  readonly link: boolean;
  /** Option ROM of the card. */
  readonly rom?: Uint8Array;
}

/** Everything that decides what a machine is. All contents are bytes already: the machine reads no file and no clock. */
export interface MachineConfig {
  readonly platform: 'xen-hvm' | 'xen-pvh' | 'pc' | 'q35';
  /** Name of the guest (Xen: its xenstore name). */
  readonly name: string;
  /** RAM as `memory=` has it: on xen-hvm the video RAM is taken from it. */
  readonly memoryBytes: Bytes;
  /** xen-hvm: size of the hole for MMIO below 4 GiB; absent: Xen's 256 MiB. */
  readonly mmioHoleBytes?: Bytes;
  readonly vcpus: number;
  /** Model of every vCPU; absent: x86-64-v2. */
  readonly cpu?: 'x86-64' | 'x86-64-v2' | 'x86-64-v2-xsave' | 'intel' | 'amd';
  /** The CPU has RDRAND, with numbers from this seed. */
  readonly rdrand?: number;
  /** UARTs at the places of COM1 to COM4, from the first; absent: COM1 alone. */
  readonly uarts?: number;
  /** pc and q35: network cards and virtio disks are behind a PCI-to-PCI bridge. */
  readonly pciBridge?: boolean;
  /** pc and q35: a printer on LPT1. */
  readonly printer?: boolean;
  readonly firmware: {
    /** xen-hvm: the hvmloader ELF. */
    readonly loader?: Uint8Array;
    /** xen-hvm: the firmware module; pc and q35: the image that ends at 4 GiB. */
    readonly bios: Uint8Array;
    /** pc and q35: the image lies in a flash chip, write-protected, and the variable store in another one below it. Absent: it is a ROM. */
    readonly flash?: { readonly variables?: Uint8Array };
    /** `bios-strings` and hvmloader's `hvmloader/bios`. */
    readonly biosKind: 'seabios' | 'ovmf' | 'rombios';
    /** Option ROM of the VGA adapter. */
    readonly vgaRom?: Uint8Array;
  };
  /** A kernel that is booted directly. */
  readonly kernel?: KernelConfig;
  readonly disks: Partial<Record<DiskName, BlockSource>>;
  /** xen-hvm: the hard disks are on the ports of an AHCI controller. */
  readonly hdtype?: 'ahci';
  /** pc and q35: virtio block devices on PCI. */
  readonly virtioDisks?: Partial<Record<'vda' | 'vdb', BlockSource>>;
  readonly cdroms?: Partial<Record<DiskName, BlockSource>>;
  /** CD-ROM drives with nothing in. */
  readonly emptyDrives?: readonly DiskName[];
  /** Discs that lie beside the drive hdc and may go into it. */
  readonly spareDiscs?: readonly BlockSource[];
  /** Diskettes; absent: no drive at all. */
  readonly floppies?: Partial<Record<FloppyName, BlockSource>>;
  /** Diskettes that lie beside the drive fda and may go into it. */
  readonly spareDiskettes?: readonly BlockSource[];
  /** Network cards, net0 first. */
  readonly networks?: readonly NetworkConfig[];
  readonly vga: 'stdvga' | 'cirrus' | 'none';
  readonly acpi: boolean;
  readonly apic: boolean;
  /** As xl's: c disk, d cdrom, a floppy, n network, in order. */
  readonly boot: string;
  /** 16 bytes, textual, lower case. */
  readonly uuid: string;
  /** What the RTC shows at power-on, seconds since 1970 UTC. */
  readonly rtcSeconds: number;
  /** TSC and virtual CPU frequency. */
  readonly tscKhz: number;
  /** Xen: the guest's domain id. */
  readonly domid: number;
}

/** Why `Machine.run` came back. */
export type MachineStop =
  /** `isIdle`: every vCPU sleeps, and another second of sleep is over. */
  | { readonly kind: 'budget'; readonly isIdle?: true }
  | { readonly kind: 'requested' }
  /** No vCPU can ever run again: all halted with interrupts off, or with no event due. */
  | { readonly kind: 'halted' }
  | { readonly kind: 'reset'; readonly source: string }
  | { readonly kind: 'shutdown'; readonly source: string; readonly reason: number }
  | { readonly kind: 'triple-fault' };

/** Where a kernel that is booted directly starts. */
export interface KernelStart {
  readonly entry: KernelEntry;
  /** Linear and physical address of its first instruction. */
  readonly at: Gpa;
  /** What it is handed lies there; see inspect/boot-parameters. */
  readonly parameters: Gpa;
}

export interface Machine {
  readonly config: MachineConfig;
  readonly core: Core;
  readonly clock: Clock;
  /** Runs until `count` more instructions have retired in all, or something ends the machine. */
  run(count: Instructions): MachineStop;
  /** Ends `run` at the next instruction boundary with `requested`. May be called from within trace callbacks. */
  requestStop(): void;
  /** Someone presses these keys one after the other, holds each for `paceNs` and waits as long behind it. */
  typeKeys(strokes: readonly KeyStroke[], paceNs: Nanoseconds): void;
  /** The far end of COM1 sends these bytes. */
  sendSerial(bytes: readonly number[]): void;
  /** Someone takes out the diskette of the drive fda and puts in another: 0 the first one, from 1 the spare ones, undefined none. */
  changeDiskette(number: number | undefined): void;
  /** What is in the drive fda now, without what the guest has written to it. */
  diskette(): BlockSource | undefined;
  /** Likewise of the CD-ROM drive hdc; where the drive was empty at power-on, 0 is the first spare disc. */
  changeDisc(number: number | undefined): void;
  /** What is in the CD-ROM drive hdc now. */
  disc(): BlockSource | undefined;
  /** undefined: no kernel is booted directly. */
  kernelStart(): KernelStart | undefined;
  /** Virtual time of the next armed timer, Infinity when none. */
  nextEventNs(): number;
  /** The 80x25 (or other) text screen, lines right-trimmed; undefined while the adapter is in a graphics mode or absent. */
  textScreen(): readonly string[] | undefined;
  /** What the monitor shows; undefined while no mode was set or without an adapter. */
  picture(): Picture | undefined;
  /** What the flash chip with the firmware's variables holds now; undefined without one. */
  variableStore?(): Uint8Array | undefined;
  /** Guest-physical read for inspection; holes read as FFh. */
  readPhysical(gpa: Gpa, length: Bytes): Uint8Array;
  /** Everything mutable as plain data, and back: a restored machine goes on exactly as the saved one would. */
  save(): unknown;
  restore(saved: unknown): void;
}
