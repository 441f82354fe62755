import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { closest } from '../../diagnostics/did-you-mean';
import { SECTOR_BYTES, type Bytes } from '../../quantities/units';
import type { Located } from '../../spec/types';
import { readText, type FileAccess } from '../file-access';
import { fileOf, isPath } from '../paths';
import { FirmwareStore } from '../firmware/store';
import type { DiskContent, FileRef } from '../types';
import { listedFile } from './listed-file';
import { readRecipe } from './recipe';

/** What an image must be a multiple of. That of a diskette may end anywhere: what is missing is blank. */
const UNIT_BYTES = { disk: SECTOR_BYTES, cdrom: 2048, diskette: 1 } as const;
export type Medium = keyof typeof UNIT_BYTES;
const MAX_RECIPE = 64 * 1024;
const RECIPE = 'recipe.yaml';

/** A disk by the name of a recipe (disk-images/<name>/recipe.yaml) or by path -> its content, or what is wrong. */
export function resolveDisk(
  source: Located<string>,
  medium: Medium,
  files: FileAccess,
  roots: readonly string[],
): DiskContent | readonly Diagnostic[] {
  const store = new FirmwareStore(files, roots);
  if (!isPath(source.value)) {
    for (const root of roots) {
      const path = join(root, 'disk-images', source.value, RECIPE);
      const text = readText(files, path, MAX_RECIPE);
      if (text !== undefined) return fromRecipe(source.value, text, path, files, store);
    }
  }
  if (basename(source.value) === RECIPE && isPath(source.value)) {
    const path = resolve(dirname(source.span.file), source.value);
    const text = readText(files, path, MAX_RECIPE);
    return text === undefined ? [absent(source)] : fromRecipe(source.value, text, path, files, store);
  }
  const sector = UNIT_BYTES[medium];
  const listed = isPath(source.value) ? undefined : listedFile(store, source);
  if (listed) return 'code' in listed ? [listed] : whole(listed, source, sector);
  return fromFile(source, sector, files, roots);
}

function fromRecipe(
  name: string,
  text: string,
  path: string,
  files: FileAccess,
  store: FirmwareStore,
): DiskContent | readonly Diagnostic[] {
  const recipe = readRecipe(text, path, files, store);
  if (!('pieces' in recipe)) return recipe;
  // The image is a function of its recipe and of the files that it names; paths differ from machine to machine.
  const facts = recipe.pieces.map((piece) => {
    if (piece.kind === 'file') return { ...piece, file: piece.file.sha256 };
    return piece.kind === 'ramdisk' ? { ...piece, ramdisk: piece.ramdisk.sha256 } : piece;
  });
  const sha256 = createHash('sha256')
    .update(JSON.stringify([recipe.sizeBytes, facts]))
    .digest('hex');
  return { kind: 'recipe', name, sizeBytes: recipe.sizeBytes, pieces: recipe.pieces, sha256 };
}

function fromFile(
  source: Located<string>,
  sector: Bytes,
  files: FileAccess,
  roots: readonly string[],
): DiskContent | readonly Diagnostic[] {
  const file = fileOf(source, files);
  if (!file) return [isPath(source.value) ? absent(source) : unknown(source, files, roots)];
  return whole(file, source, sector);
}

/** An image is whole sectors. */
function whole(file: FileRef, source: Located<string>, sector: Bytes): DiskContent | readonly Diagnostic[] {
  const { sizeBytes } = file;
  if (sizeBytes === 0)
    return [diagnostic('image-bad', `${source.value} is empty`, { span: source.span, fixme: 'a disk has at least one sector' })];
  if (sizeBytes % sector !== 0) {
    const what = `${source.value} has ${sizeBytes} bytes, which is not a whole number of sectors of ${sector}`;
    const whole = Math.ceil(sizeBytes / sector) * sector;
    return [diagnostic('image-bad', what, { span: source.span, fixme: `truncate -s ${whole} ${source.value} adds zeroes` })];
  }
  return { kind: 'file', file };
}

function absent(source: Located<string>): Diagnostic {
  return diagnostic('file-missing', `cannot read the image ${JSON.stringify(source.value)}`, {
    span: source.span,
    fixme: 'the path is relative to the file that names it',
  });
}

function unknown(source: Located<string>, files: FileAccess, roots: readonly string[]): Diagnostic {
  const isRecipe = (root: string, name: string): boolean => files.size(join(root, 'disk-images', name, RECIPE)) !== undefined;
  const recipes = roots.flatMap((root) => files.list(join(root, 'disk-images')).filter((name) => isRecipe(root, name)));
  const listed = new FirmwareStore(files, roots).images.filter(({ image }) => image.kind === 'file').map(({ image }) => image.name);
  const near = closest(source.value, [...recipes, ...listed]);
  return diagnostic('file-missing', `no disk image is called ${JSON.stringify(source.value)}`, {
    span: source.span,
    notes: near ? [{ kind: 'closest', text: near }] : [],
    fixme: near
      ? `did you mean ${near}?`
      : `recipes: ${[...new Set(recipes)].join(', ')}; a file of a manifest has its name, a path needs a slash`,
  });
}
