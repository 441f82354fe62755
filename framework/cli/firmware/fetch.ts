import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../diagnostics/codes';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { renderDiagnostic } from '../../diagnostics/render';
import type { FirmwareImage } from '../../plan/firmware/manifest';
import type { ListedImage } from '../../plan/firmware/store';
import { CommandError } from '../command';
import { chosen, type FirmwareContext } from './context';
import { unpackGzip, unpackKernel } from '../../plan/kernel/unpack';
import { fetchPackage, hasApt, type Unpacked } from './debian';
import { keep } from './keep';

type Packaged = FirmwareImage & { readonly debian: NonNullable<FirmwareImage['debian']> };

/** `milepost firmware fetch`: what is not here yet comes from the distribution, is checked against its manifest, and kept in firmware/cache. */
export function fetchFirmware(context: FirmwareContext, names: readonly string[], force: boolean): number {
  const wanted = chosen(context, names).filter((listed) => force || !isHere(context, listed));
  const packages = new Map<string, Packaged[]>();
  const problems: Diagnostic[] = [];
  for (const { image } of wanted) {
    const { debian } = image;
    if (debian) packages.set(debian.package, [...(packages.get(debian.package) ?? []), { ...image, debian }]);
    else
      problems.push(
        diagnostic('firmware-fetch', `the manifest of ${image.name} says no package to fetch`, {
          fixme: `milepost firmware add ${image.name} <file>`,
        }),
      );
  }
  if (packages.size > 0 && !hasApt()) problems.push(...[...packages.values()].flat().map(withoutApt));
  else for (const [name, images] of packages) problems.push(...fetchOne(context, name, images));
  for (const problem of problems) context.terminal.err(`${renderDiagnostic(problem, { colour: context.terminal.isTty })}\n\n`);
  return problems.length > 0 ? EXIT.couldNotRun : EXIT.passed;
}

function isHere({ store, terminal }: FirmwareContext, listed: ListedImage): boolean {
  const found = store.find(listed, undefined);
  if ('code' in found) return false;
  terminal.out(`have     ${listed.image.name}  ${found.path}  ${found.sha256}\n`);
  return true;
}

function fetchOne(context: FirmwareContext, name: string, images: readonly Packaged[]): Diagnostic[] {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-firmware-'));
  try {
    // apt gives up root for the download and needs to write here.
    chmodSync(directory, 0o777);
    const versions = [...new Set(images.flatMap(({ known }) => (known ?? []).map(({ version }) => version)))].reverse();
    const unpacked = fetchPackage(name, versions, directory, (text) => context.terminal.err(text));
    return images.flatMap((image) => store(context, image, unpacked));
  } catch (error) {
    if (error instanceof CommandError) return [error.diagnostic];
    throw error;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function store(context: FirmwareContext, image: Packaged, { version, directory }: Unpacked): Diagnostic[] {
  const { debian } = image;
  const source = join(directory, debian.path);
  if (!existsSync(source)) return [diagnostic('firmware-fetch', `${debian.package} ${version} holds no ${debian.path}`)];
  const packed = readFileSync(source);
  const whole = image.unpack === 'vmlinux' ? unpackKernel(packed) : image.unpack === 'gzip' ? unpackGzip(packed) : packed;
  if ('code' in whole) return [whole];
  const { offset, sizeBytes } = image.slice ?? { offset: 0, sizeBytes: whole.length };
  const bytes = whole.subarray(offset, offset + sizeBytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const path = context.store.cachePath(image);
  if (image.known?.some((known) => known.sha256 === sha256) === true) {
    keep(path, bytes);
    context.terminal.out(`fetched  ${image.name}  ${path}  ${sha256}  (${debian.package} ${version})\n`);
    return [];
  }
  const aside = `${path}.${version.replace(/[^A-Za-z0-9.+~-]/g, '_')}`;
  keep(aside, bytes);
  const fits = matches(version, debian.version);
  return [
    diagnostic('firmware-hash', `${image.name} from ${debian.package} ${version} is no build that its manifest lists`, {
      notes: [
        { kind: 'note', text: `its SHA-256: ${sha256}` },
        ...(image.known ?? []).map((known) => ({ kind: 'note' as const, text: `listed:      ${known.sha256} (${known.version})` })),
        ...(fits ? [] : [{ kind: 'note' as const, text: `the manifest asks for version ${debian.version}` }]),
      ],
      fixme: `if that update is meant, record it: milepost firmware add ${image.name} ${aside} --version ${version}`,
    }),
  ];
}

function matches(version: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${escaped}$`).test(version);
}

function withoutApt(image: Packaged): Diagnostic {
  return diagnostic('firmware-fetch', `${image.name} cannot be fetched: this system has no apt-get and dpkg-deb`, {
    notes: [{ kind: 'note', text: `it is ${image.debian.path} of the Debian package ${image.debian.package} (${image.debian.version})` }],
    fixme: `unpack it elsewhere, then: milepost firmware add ${image.name} <file>`,
  });
}
