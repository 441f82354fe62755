import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Located } from '../../spec/types';
import type { ImageKind } from '../firmware/manifest';
import { fileRefOf, type FirmwareStore } from '../firmware/store';
import type { FileRef } from '../types';

/** A file that a manifest lists, by its name: where it is, or why it cannot be used; undefined when no manifest lists it. */
export function listedFile(
  store: FirmwareStore,
  { value, span }: Located<string>,
  kinds: readonly ImageKind[] = ['file'],
): FileRef | Diagnostic | undefined {
  const listed = store.named(value);
  if (!listed) return undefined;
  const { kind } = listed.image;
  if (!kinds.includes(kind)) return diagnostic('bad-value', `${value} is a ${kind}, not a file for disks`, { span });
  const found = store.find(listed, span);
  return 'code' in found ? found : fileRefOf(value, found);
}
