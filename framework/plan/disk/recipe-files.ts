import { join, resolve } from 'node:path';
import { diagnostic } from '../../diagnostics/diagnostic';
import { bad, good } from '../../quantities/parsed';
import type { ReadContext } from '../../spec/context';
import { optional, type FieldType } from '../../spec/fields/field';
import { line } from '../../spec/fields/scalars';
import { entryOf, type MapNode } from '../../spec/yaml/tree';
import type { FileAccess } from '../file-access';
import type { FirmwareStore } from '../firmware/store';
import type { FileRef } from '../types';
import { listedFile } from './listed-file';

/** What a recipe may look at: files beside it, and those of manifests. */
export interface RecipeFiles {
  readonly directory: string;
  readonly files: FileAccess;
  readonly store: FirmwareStore;
}

const PATH: FieldType<string> = {
  ...line('a file beside the recipe', ['mbr.bin'], 200),
  parse: (text) => (/^(?!\/)(?!.*\.\.)[\w.+/-]+$/.test(text) ? good(text) : bad('the file must lie beside the recipe', 'write its name')),
};

/** What a boot loader finds on a disk: kernels too. */
const DISK_FILES = ['file', 'kernel', 'ramdisk'] as const;

/** Where bytes come from. */
export const CONTENT_FIELDS = {
  file: optional(PATH, 'bytes from a file'),
  image: optional(line('the name of a file in a manifest', ['syslinux-mbr'], 100), 'bytes from a file that a manifest lists'),
};

/** The file that either field names; reports what is wrong with it. */
export function contentFile(
  { file, image }: { readonly file?: string | undefined; readonly image?: string | undefined },
  { directory, files, store }: RecipeFiles,
  node: MapNode,
  context: ReadContext,
): FileRef | undefined {
  if (file === undefined) {
    const name = image ?? '';
    const found = listedFile(store, { value: name, span: node.span }, DISK_FILES) ?? store.unknown(name, node.span);
    return 'code' in found ? context.report(found) : found;
  }
  const path = resolve(join(directory, file));
  const sizeBytes = files.size(path);
  if (sizeBytes !== undefined) return { name: file, path, sizeBytes, sha256: files.sha256(path) };
  refuse(context, `cannot read ${file}`, node);
  return undefined;
}

export function listOf(root: MapNode, key: string): MapNode[] {
  const node = entryOf(root, key)?.value;
  return node?.kind === 'list' ? node.items.filter((item): item is MapNode => item.kind === 'map') : [];
}

export function refuse(context: ReadContext, what: string, node: MapNode): [] {
  context.report(diagnostic('image-bad', what, { span: node.span }));
  return [];
}
