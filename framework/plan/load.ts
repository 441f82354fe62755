import { createHash } from 'node:crypto';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import type { DiskPosition, FloppyPosition, KernelEntry, VirtioPosition } from '../spec/types';
import { recipeSource, type ImageSource } from './disk/recipe-source';
import type { FileAccess } from './file-access';
import { buildArchive } from './kernel/archive';
import type { DiskContent, FileRef, GuestPlan, KernelPlan, NetworkPlan } from './types';

type Images<P extends string> = Partial<Record<P, ImageSource>>;

/** A guest with its bytes: everything that a machine is made from. */
export type LoadedGuest = Omit<
  GuestPlan,
  'firmware' | 'kernel' | 'networks' | 'disks' | 'virtioDisks' | 'cdroms' | 'floppies' | 'spareDiskettes' | 'spareDiscs'
> & {
  readonly firmware: {
    readonly loader?: Uint8Array;
    readonly bios: Uint8Array;
    readonly biosKind: GuestPlan['firmware']['biosKind'];
    readonly vgaRom?: Uint8Array;
    readonly flash?: { readonly variables?: Uint8Array };
  };
  readonly kernel?: {
    readonly image: Uint8Array;
    readonly entry?: KernelEntry;
    readonly rom?: Uint8Array;
    readonly modules?: readonly { readonly contents: Uint8Array; readonly cmdline: string }[];
    readonly ramdisk?: Uint8Array;
    readonly cmdline: string;
  };
  readonly networks: readonly (Omit<NetworkPlan, 'rom'> & { readonly rom?: Uint8Array })[];
  readonly disks: Images<DiskPosition>;
  readonly virtioDisks?: Images<VirtioPosition>;
  readonly cdroms: Images<DiskPosition>;
  /** Absent: the machine has no diskette drive. */
  readonly floppies?: Images<FloppyPosition>;
  readonly spareDiskettes?: readonly ImageSource[];
  readonly spareDiscs?: readonly ImageSource[];
};

/** A file changed between planning and loading, or cannot be read any more. */
export class LoadError extends Error {
  constructor(readonly diagnostic: Diagnostic) {
    super(diagnostic.what);
  }
}

/** Reads a plan's firmware (checked against its hashes) and opens its disks. Throws LoadError. */
export function loadGuest(guest: GuestPlan, files: FileAccess): LoadedGuest {
  const { firmware, kernel, networks, disks, virtioDisks, cdroms, floppies, spareDiskettes, spareDiscs, ...rest } = guest;
  return {
    ...rest,
    firmware: {
      bios: firmware.bios ? loadFile(firmware.bios, files) : new Uint8Array(0),
      biosKind: firmware.biosKind,
      ...(firmware.loader && { loader: loadFile(firmware.loader, files) }),
      ...(firmware.vgaRom && { vgaRom: loadFile(firmware.vgaRom, files) }),
      ...(firmware.flash && { flash: firmware.flash.variables ? { variables: loadFile(firmware.flash.variables, files) } : {} }),
    },
    ...(kernel && { kernel: loadKernel(kernel, files) }),
    networks: networks.map(({ rom, ...card }) => ({ ...card, ...(rom && { rom: loadFile(rom, files) }) })),
    disks: openAll(disks, files),
    ...(virtioDisks && { virtioDisks: openAll(virtioDisks, files) }),
    cdroms: openAll(cdroms, files),
    ...(Object.keys(floppies).length > 0 && { floppies: openAll(floppies, files) }),
    ...(spareDiscs && { spareDiscs: spareDiscs.map((content) => open(content, files)) }),
    ...(spareDiskettes && { spareDiskettes: spareDiskettes.map((content) => open(content, files)) }),
  };
}

function loadKernel({ image, entry, rom, modules, ramdisk, cmdline }: KernelPlan, files: FileAccess): NonNullable<LoadedGuest['kernel']> {
  return {
    image: loadFile(image, files),
    cmdline,
    ...(entry && { entry }),
    ...(rom && { rom: loadFile(rom, files) }),
    ...(modules && { modules: modules.map(({ file, cmdline: text }) => ({ contents: loadFile(file, files), cmdline: text })) }),
    ...(ramdisk && {
      ramdisk: ramdisk.kind === 'file' ? loadFile(ramdisk.file, files) : buildArchive(ramdisk.entries, (file) => loadFile(file, files)),
    }),
  };
}

function loadFile(ref: FileRef, files: FileAccess): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = files.read(ref.path, 0, ref.sizeBytes);
  } catch (error) {
    throw new LoadError(diagnostic('file-missing', `cannot read ${ref.path}: ${error instanceof Error ? error.message : String(error)}`));
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === ref.sha256) return bytes;
  const notes = [
    { kind: 'note' as const, text: `planned: ${ref.sha256}` },
    { kind: 'note' as const, text: `now:     ${sha256}` },
  ];
  throw new LoadError(diagnostic('firmware-hash', `${ref.path} has changed since the run was planned`, { notes, fixme: 'run again' }));
}

function openAll<P extends string>(images: Readonly<Partial<Record<P, DiskContent>>>, files: FileAccess): Images<P> {
  const opened: Images<P> = {};
  for (const [position, content] of Object.entries(images) as [P, DiskContent][]) {
    opened[position] = open(content, files);
  }
  return opened;
}

function open(content: DiskContent, files: FileAccess): ImageSource {
  return content.kind === 'recipe' ? recipeSource(content.sizeBytes, content.pieces, files) : fileSource(content.file, files);
}

function fileSource(ref: FileRef, files: FileAccess): ImageSource {
  return { sizeBytes: ref.sizeBytes, read: (offset, length) => files.read(ref.path, offset, length) };
}
