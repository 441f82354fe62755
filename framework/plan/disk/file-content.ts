import type { Diagnostic } from '../../diagnostics/diagnostic';
import type { ReadContext } from '../../spec/context';
import { optional, type Field, type JsonSchema } from '../../spec/fields/field';
import { readFields } from '../../spec/fields/read-fields';
import { line } from '../../spec/fields/scalars';
import type { MapNode } from '../../spec/yaml/tree';
import { archiveBytes } from '../kernel/archive';
import { resolveRamdisk } from '../kernel/resolve-ramdisk';
import type { FileContent } from '../types';
import { CONTENT_FIELDS, contentFile, listOf, refuse, type RecipeFiles } from './recipe-files';

/** Of `files`. */
export const FILE_ITEM = 'a map of path and file, image or ramdisk';

/** What a file of a file system may hold. */
export const FILE_FIELDS = {
  ...CONTENT_FIELDS,
  ramdisk: optional(line('the name of a RAM disk, or a path', ['shell'], 4096), 'a RAM disk: a recipe of ramdisks/, or a file'),
};

/** The one content that a file's fields name; reports what is wrong with them. */
function fileContent(
  {
    file,
    image,
    ramdisk,
  }: { readonly file?: string | undefined; readonly image?: string | undefined; readonly ramdisk?: string | undefined },
  recipeFiles: RecipeFiles,
  node: MapNode,
  context: ReadContext,
): FileContent | undefined {
  if ([file, image, ramdisk].filter((given) => given !== undefined).length !== 1) {
    refuse(context, 'a file has one of file, image and ramdisk', node);
    return undefined;
  }
  if (ramdisk === undefined) return contentFile({ file, image }, recipeFiles, node, context);
  const problems: Diagnostic[] = [];
  const { files, store } = recipeFiles;
  const found = resolveRamdisk({ value: ramdisk, span: node.span }, { files, roots: store.roots }, problems);
  for (const problem of problems) context.report(problem);
  if (found?.kind !== 'recipe') return found?.file;
  const { name, entries, sha256 } = found;
  return { name, entries, sha256, sizeBytes: archiveBytes(entries) };
}

/** The entries of `files`, by fields that have a path besides; reports what is wrong with them. */
export function readTreeFiles(
  node: MapNode,
  fields: typeof FILE_FIELDS & { readonly path: Field<string, true> },
  schema: JsonSchema,
  recipeFiles: RecipeFiles,
  context: ReadContext,
): { readonly path: string; readonly file: FileContent }[] {
  return listOf(node, 'files').flatMap((item) => {
    const entry = readFields(item.entries, fields, schema, item.span, context);
    if (!entry) return [];
    const { path, ...content } = entry.values;
    const file = fileContent(content, recipeFiles, item, context);
    return file ? [{ path, file }] : [];
  });
}
