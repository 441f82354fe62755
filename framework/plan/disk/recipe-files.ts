import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { ReadContext } from '../../spec/context';
import { optional, type JsonSchema } from '../../spec/fields/field';
import { line } from '../../spec/fields/scalars';
import { entryOf, type MapNode } from '../../spec/yaml/tree';
import type { FileAccess } from '../file-access';
import type { FirmwareStore } from '../firmware/store';
import { fileOf } from '../paths';
import type { FileRef } from '../types';
import { listedFile } from './listed-file';

/** What a recipe may look at: files by path, and those of manifests. */
export interface RecipeFiles {
  readonly files: FileAccess;
  readonly store: FirmwareStore;
}

/** A file that a recipe names: beside it, or anywhere else. */
export const RECIPE_FILE = line('a path relative to the recipe', ['mbr.bin', '../../build/app.efi'], 4096);

/** What a boot loader finds on a disk: kernels too. */
const DISK_FILES = ['file', 'kernel', 'ramdisk'] as const;

/** Where bytes come from. */
export const CONTENT_FIELDS = {
  file: optional(RECIPE_FILE, 'bytes from a file'),
  image: optional(line('the name of a file in a manifest', ['syslinux-mbr'], 100), 'bytes from a file that a manifest lists'),
};

/** The file that either field names; reports what is wrong with it. */
export function contentFile(
  { file, image }: { readonly file?: string | undefined; readonly image?: string | undefined },
  { files, store }: RecipeFiles,
  node: MapNode,
  context: ReadContext,
): FileRef | undefined {
  if (file === undefined) {
    const name = image ?? '';
    const found = listedFile(store, { value: name, span: node.span }, DISK_FILES) ?? store.unknown(name, node.span);
    return 'code' in found ? context.report(found) : found;
  }
  return fileOf({ value: file, span: node.span }, files) ?? context.report(fileMissing(file, node));
}

export function fileMissing(file: string, { span }: MapNode): Diagnostic {
  return diagnostic('file-missing', `cannot read ${file}`, { span, fixme: 'the path is relative to the recipe' });
}

/** The JSON Schema of a list of maps, whose keys are looked at one by one. `item` names one: `a map of path and file`. */
export function mapsSchema(item: string, maxItems: number): JsonSchema {
  return { type: 'array', maxItems, 'x-expected': `a list of at most ${maxItems}`, items: { type: 'object', 'x-expected': item } };
}

export function listOf(root: MapNode, key: string): MapNode[] {
  const node = entryOf(root, key)?.value;
  return node?.kind === 'list' ? node.items.filter((item): item is MapNode => item.kind === 'map') : [];
}

export function refuse(context: ReadContext, what: string, node: MapNode): [] {
  context.report(diagnostic('image-bad', what, { span: node.span }));
  return [];
}
