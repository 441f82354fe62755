import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { MIB } from '../../quantities/units';
import { formatBytes } from '../../quantities/bytes';
import type { GuestSpec, Located } from '../../spec/types';
import { DEFAULTS, VGA_ROMS } from '../defaults';
import type { PlanContext } from '../file-access';
import { fileOf, isPath } from '../paths';
import type { FileRef, GuestPlan } from '../types';
import type { FirmwareImage, ImageKind } from './manifest';
import { fileRefOf, FirmwareStore } from './store';

const MAX_FIRMWARE = 16 * MIB;
/** Kernels and RAM disks lie in RAM. */
const MAX_SOFTWARE = 256 * MIB;
const FLASH_BLOCK = 0x1000;
const NO_ROM = 'none';
/** UEFI firmware volumes: `_FVH` at offset 40 of the header (PI specification vol. 3, 3.2.1). */
const VOLUME_SIGNATURE_OFFSET = 40;
const VOLUME_SIGNATURE = '_FVH';

/** What messages call each kind. */
const WORDS: Readonly<Record<ImageKind, string>> = {
  loader: 'firmware',
  bios: 'firmware',
  vars: 'firmware',
  vgarom: 'firmware',
  optionrom: 'firmware',
  kernel: 'kernel',
  ramdisk: 'RAM disk',
  file: 'file',
};

interface Resolved {
  readonly file: FileRef;
  /** Absent for a file given by its path. */
  readonly image?: FirmwareImage;
}

/** The firmware of a guest: names through manifests, paths relative to the spec, defaults for what is absent. */
export function resolveFirmware(
  spec: GuestSpec,
  vga: GuestPlan['vga'],
  context: PlanContext,
  problems: Diagnostic[],
): GuestPlan['firmware'] | undefined {
  const resolver = new Resolver(context, problems);
  const { machine, firmware } = spec;
  if (machine.value === 'xen-pvh') return noFirmware(spec, problems);
  const isXen = machine.value === 'xen-hvm';
  if (!isXen && firmware.loader) {
    problems.push(
      diagnostic('bad-value', `the machine ${machine.value} has no loader`, {
        span: firmware.loader.span,
        fixme: 'take loader out, or use machine: xen-hvm',
      }),
    );
  }
  const loaderName = firmware.loader ?? { value: DEFAULTS.loader, span: machine.span };
  const loader = isXen ? resolver.resolve('loader', loaderName) : undefined;
  const bios = resolver.resolve('bios', firmware.code ?? firmware.bios ?? { value: DEFAULTS.bios, span: machine.span });
  const flash = resolveFlash(spec, bios, resolver, problems);
  if (!bios || (isXen && !loader)) return undefined;
  const romName = firmware.vgarom ?? defaultRom(bios, vga, machine);
  const vgaRom = romName && romName.value !== NO_ROM ? resolver.resolve('vgarom', romName) : undefined;
  return {
    bios: bios.file,
    biosKind: bios.image?.biosKind ?? detectKind(bios.file, context),
    ...(loader && { loader: loader.file, loaderSpan: loaderName.span }),
    ...(vgaRom && { vgaRom: vgaRom.file }),
    ...(flash && { flash }),
  };
}

/** The flash chips of `code` and `vars`; undefined when the firmware is a ROM. */
function resolveFlash(
  { machine, firmware: { bios, code, vars } }: GuestSpec,
  image: Resolved | undefined,
  resolver: Resolver,
  problems: Diagnostic[],
): GuestPlan['firmware']['flash'] {
  const refuse = (what: string, { span }: Located<string>, fixme: string): void => {
    problems.push(diagnostic('bad-value', what, { span, fixme }));
  };
  const chip = code ?? vars;
  if (!chip) return undefined;
  if (machine.value === 'xen-hvm') refuse('an HVM guest of Xen has no flash', chip, 'use bios:, or machine: pc');
  else if (code && bios) refuse('code and bios are two images for one place', bios, 'keep one of them');
  else if (!code) refuse('vars without code: the firmware that uses them is a ROM', chip, 'name the code image by code: instead of bios:');
  if (!vars) return {};
  const store = resolver.resolve('vars', vars);
  if (!store) return {};
  const { sizeBytes } = store.file;
  if (sizeBytes % FLASH_BLOCK !== 0) {
    problems.push(diagnostic('image-bad', `${vars.value} is no whole number of flash blocks of 4 KiB`, { span: vars.span }));
  } else if (image && image.file.sizeBytes + sizeBytes > MAX_FIRMWARE) {
    problems.push(diagnostic('image-bad', 'code and vars together are larger than 16MiB, the largest flash there is', { span: vars.span }));
  }
  return { variables: store.file };
}

function noFirmware({ firmware }: GuestSpec, problems: Diagnostic[]): GuestPlan['firmware'] | undefined {
  const given = Object.values(firmware)[0];
  if (given) problems.push(diagnostic('bad-value', 'a xen-pvh guest has no firmware', { span: given.span, fixme: 'take firmware out' }));
  return { biosKind: 'seabios' };
}

function defaultRom(bios: Resolved, vga: GuestPlan['vga'], machine: Located<string>): Located<string> | undefined {
  const name = VGA_ROMS[vga];
  return name === undefined || bios.image?.ownVideo === true ? undefined : { value: name, span: machine.span };
}

function detectKind(bios: FileRef, { files }: PlanContext): GuestPlan['firmware']['biosKind'] {
  if (bios.sizeBytes < VOLUME_SIGNATURE_OFFSET + 4) return 'seabios';
  const signature = files.read(bios.path, VOLUME_SIGNATURE_OFFSET, 4);
  return String.fromCharCode(...signature) === VOLUME_SIGNATURE ? 'ovmf' : 'seabios';
}

/** Looks images up, in manifests or as files; what is wrong goes into `problems`. */
export class Resolver {
  private readonly store: FirmwareStore;

  constructor(
    private readonly context: PlanContext,
    private readonly problems: Diagnostic[],
  ) {
    this.store = new FirmwareStore(context.files, context.roots);
  }

  /** `kinds`: what the image may be; a path is taken for the first. */
  resolve(kinds: ImageKind | readonly [ImageKind, ...ImageKind[]], source: Located<string>): Resolved | undefined {
    const [kind, ...others] = typeof kinds === 'string' ? [kinds] : kinds;
    const listed = isPath(source.value) ? undefined : this.store.named(source.value);
    if (!listed) return this.fromFile(kind, source);
    if (![kind, ...others].includes(listed.image.kind)) {
      return this.refuse(diagnostic('bad-value', `${source.value} is a ${listed.image.kind}, not a ${kind}`, { span: source.span }));
    }
    const found = this.store.find(listed, source.span);
    return 'code' in found ? this.refuse(found) : this.checked(kind, { file: fileRefOf(source.value, found), image: listed.image }, source);
  }

  private fromFile(kind: ImageKind, source: Located<string>): Resolved | undefined {
    const file = fileOf(source, this.context.files);
    if (file) return this.checked(kind, { file }, source);
    if (!isPath(source.value)) return this.refuse(this.store.unknown(source.value, source.span));
    const what = `cannot read the ${WORDS[kind]} ${JSON.stringify(source.value)}`;
    return this.refuse(diagnostic('file-missing', what, { span: source.span, fixme: 'the path is relative to the file that names it' }));
  }

  private checked(kind: ImageKind, resolved: Resolved, source: Located<string>): Resolved | undefined {
    const { sizeBytes } = resolved.file;
    const isSoftware = WORDS[kind] !== 'firmware';
    const most = isSoftware ? MAX_SOFTWARE : MAX_FIRMWARE;
    if (sizeBytes > 0 && sizeBytes <= most) return resolved;
    const limit = isSoftware ? formatBytes(most) : '16MiB, the largest flash there is';
    const what = sizeBytes === 0 ? `${source.value} is empty` : `${source.value} is larger than ${limit}`;
    return this.refuse(diagnostic('image-bad', what, { span: source.span }));
  }

  private refuse(problem: Diagnostic): undefined {
    this.problems.push(problem);
    return undefined;
  }
}
