import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Longer files are no specs, and are not looked through. */
const TEXT_MAX = 1024 * 1024;
const WORD = /[A-Za-z0-9._/+-]{2,200}/g;
const WORDS_MAX = 4096;
/** Folders of a project in which a name stands for `<folder>/<name>/recipe.yaml`. */
const RECIPES = ['disk-images', 'ramdisks'];
/** Files that hold no names. */
const BINARY = /\.(bin|elf|rom|fd|efi|img|iso)$/i;

/**
 * Tells jest which files a spec or a recipe is made of, so that `--watch`, `-o` and `--findRelatedTests` run the specs of a
 * recipe, an xl.cfg or a firmware that was changed. Any word of the text that names such a file counts: the spec itself is not
 * read here, as jest asks in every process that it starts.
 */
function extract(text: string, path: string, ofScript: (text: string) => Iterable<string>): Iterable<string> {
  if (BINARY.test(path)) return [];
  if (!/\.ya?ml$/i.test(path)) return ofScript(text);
  if (text.length > TEXT_MAX) return [];
  const words = new Set((text.match(WORD) ?? []).slice(0, WORDS_MAX));
  const directory = dirname(path);
  const roots = projectsAround(directory);
  const found = new Set<string>();
  for (const word of words) {
    for (const file of [resolve(directory, word), ...roots.flatMap((root) => named(root, word))]) {
      if (file !== path && isFile(file)) found.add(file);
    }
  }
  return found;
}

/** Directories around one that hold recipes or manifests. */
function projectsAround(directory: string): string[] {
  const above = dirname(directory);
  const further = above === directory ? [] : projectsAround(above);
  return [...RECIPES, 'firmware'].some((name) => existsSync(join(directory, name))) ? [directory, ...further] : further;
}

function named(root: string, name: string): string[] {
  return [...RECIPES.map((folder) => join(root, folder, name, 'recipe.yaml')), ...(imagesOf(root).get(name) ?? [])];
}

const known = new Map<string, ReadonlyMap<string, readonly string[]>>();

/** Images of a project's firmware: name -> manifest, and the file when it is committed beside it. */
function imagesOf(root: string): ReadonlyMap<string, readonly string[]> {
  let images = known.get(root);
  if (images === undefined) known.set(root, (images = readImages(join(root, 'firmware'))));
  return images;
}

function readImages(firmware: string): ReadonlyMap<string, readonly string[]> {
  const images = new Map<string, readonly string[]>();
  if (!existsSync(firmware)) return images;
  for (const folder of readdirSync(firmware)) {
    const manifest = join(firmware, folder, 'manifest.json');
    if (!isFile(manifest)) continue;
    for (const { name, file, committed } of listed(manifest)) {
      images.set(name, committed === true ? [manifest, join(firmware, folder, file)] : [manifest]);
    }
  }
  return images;
}

interface Listed {
  readonly name: string;
  readonly file: string;
  readonly committed?: boolean;
}

/** A manifest that cannot be read is told of when a spec is run. */
function listed(manifest: string): readonly Listed[] {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly images?: readonly Listed[] }).images ?? [];
  } catch {
    return [];
  }
}

/** A word may be anything: `../out/bios.bin` taken for a name leads to a path through a file, where stat throws. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

export = { extract, getCacheKey: (): string => 'milepost-1' };
