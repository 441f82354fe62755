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
import { Debian, type Unpacked } from './debian';
import { imageIn } from './image-in';
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
  const debian = new Debian(context.terminal.env, (text) => context.terminal.err(text));
  if (packages.size > 0 && !debian.isHere) problems.push(...[...packages].map(([name, images]) => withoutApt(name, images)));
  else for (const [name, images] of packages) problems.push(...fetchOne(context, debian, name, images));
  for (const problem of problems) context.terminal.err(`${renderDiagnostic(problem, { colour: context.terminal.isTty })}\n\n`);
  return problems.length > 0 ? EXIT.couldNotRun : EXIT.passed;
}

function isHere({ store, terminal }: FirmwareContext, listed: ListedImage): boolean {
  const found = store.find(listed, undefined);
  if ('code' in found) return false;
  terminal.out(`have     ${listed.image.name}  ${found.path}  ${found.sha256}\n`);
  return true;
}

function fetchOne(context: FirmwareContext, debian: Debian, name: string, images: readonly Packaged[]): Diagnostic[] {
  const directory = mkdtempSync(join(tmpdir(), 'milepost-firmware-'));
  try {
    // apt gives up root for the download and needs to write here.
    chmodSync(directory, 0o777);
    const versions = [...new Set(images.flatMap(({ known }) => (known ?? []).map(({ version }) => version)))].reverse();
    const unpacked = debian.fetch(name, versions, directory);
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
  const bytes = imageIn(readFileSync(source), image);
  if ('code' in bytes) return [bytes];
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

/** What to do by hand, once a package. */
function withoutApt(name: string, images: readonly Packaged[]): Diagnostic {
  const names = images.map((image) => image.name).join(', ');
  const version = images[0]?.debian.version ?? '*';
  return diagnostic('firmware-fetch', `this system has no apt-get and dpkg-deb to fetch ${names} with`, {
    notes: [
      { kind: 'note', text: `download version ${version} from https://packages.debian.org/bookworm/${name}` },
      { kind: 'note', text: `unpack it: ar x ${name}_*.deb && tar -xf data.tar.*` },
    ],
    fixme: images.map((image) => `milepost firmware add ${image.name} ${image.debian.path}`).join('\n'),
  });
}
