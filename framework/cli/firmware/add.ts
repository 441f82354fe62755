import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { EXIT } from '../../diagnostics/codes';
import { diagnostic } from '../../diagnostics/diagnostic';
import { IMAGE_KINDS, type FirmwareImage, type FirmwareManifest, type KnownBuild } from '../../plan/firmware/manifest';
import type { ListedImage } from '../../plan/firmware/store';
import { CommandError } from '../command';
import type { FirmwareContext } from './context';
import { imageIn } from './image-in';
import { keep } from './keep';

const MAX_BYTES = 256 * 1024 * 1024;

export interface AddOptions {
  readonly version: string | undefined;
  readonly kind: string | undefined;
  readonly licence: string | undefined;
}

/**
 * `milepost firmware add NAME FILE`: records the file's hash in the manifest of that name (a new manifest when there is none)
 * and keeps a copy in firmware/cache. The manifest is the project's own, so that the record can be committed.
 */
export function addFirmware(context: FirmwareContext, [name, file, ...more]: readonly string[], options: AddOptions): number {
  if (name === undefined || file === undefined || more.length > 0) {
    throw new CommandError(
      diagnostic('usage', 'firmware add takes a name and a file', { fixme: 'milepost firmware add hvmloader-4.17 ./hvmloader' }),
    );
  }
  const given = contentsOf(resolve(context.terminal.cwd, file), file);
  const listed = context.store.named(name);
  if (listed?.image.committed === true)
    throw new CommandError(
      diagnostic('usage', `${name} comes with Milepost and cannot be replaced`, { fixme: 'add the file under another name' }),
    );
  const image = listed ? listed.image : newImage(name, file, options);
  const isListed = (bytes: Uint8Array): boolean => image.known?.some(({ sha256 }) => sha256 === sha256Of(bytes)) === true;
  // The package's file is as good as the image in it.
  const inside = imageIn(given, image);
  const bytes = !('code' in inside) && isListed(inside) ? inside : given;
  const isKnown = isListed(bytes);
  const build = { version: options.version ?? 'added by hand', sha256: sha256Of(bytes), sizeBytes: bytes.length };
  if (!isKnown) record(context, listed, { ...image, known: [...(image.known ?? []), build] }, options);
  const path = context.store.cachePath(image);
  keep(path, bytes);
  context.terminal.out(`${isKnown ? 'known build' : 'recorded'}  ${name}  ${build.sha256}\nkept as ${path}\n`);
  return EXIT.passed;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function contentsOf(path: string, shown: string): Uint8Array {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) throw new CommandError(diagnostic('file-missing', `cannot read ${shown}`));
  if (stat.size === 0 || stat.size > MAX_BYTES)
    throw new CommandError(diagnostic('image-bad', `${shown} has ${stat.size} bytes; firmware has 1 to ${MAX_BYTES}`));
  return readFileSync(path);
}

function newImage(name: string, file: string, options: AddOptions): FirmwareImage {
  const kind = IMAGE_KINDS.find((known) => known === options.kind);
  if (!kind)
    throw new CommandError(diagnostic('usage', `no manifest lists ${name}: say what it is`, { fixme: `--kind ${IMAGE_KINDS.join('|')}` }));
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(name) || name === 'cache') {
    throw new CommandError(diagnostic('usage', `${JSON.stringify(name)} cannot be a name`, { fixme: 'letters, digits, . _ + -' }));
  }
  return { name, kind, file: basename(file).replace(/[^A-Za-z0-9._+-]/g, '_') };
}

function record(
  context: FirmwareContext,
  listed: ListedImage | undefined,
  image: FirmwareImage & { known: readonly KnownBuild[] },
  options: AddOptions,
): void {
  const directory = join(context.root, 'firmware', listed ? basename(listed.directory) : image.name);
  const manifest: FirmwareManifest = listed
    ? { ...listed.manifest, images: listed.manifest.images.map((other) => (other.name === image.name ? image : other)) }
    : { description: `${image.name}, added by hand`, licence: options.licence ?? 'unknown', images: [image] };
  keep(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
