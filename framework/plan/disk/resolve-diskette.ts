import { createHash } from 'node:crypto';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { formatBytes } from '../../quantities/bytes';
import { COMMON_DISKETTE_BYTES, DISKETTE_FORMATS, disketteFormat } from '../../quantities/diskette';
import type { Located } from '../../spec/types';
import type { FileAccess } from '../file-access';
import type { DiskContent, FileRef } from '../types';
import { resolveDisk } from './resolve-disk';

/**
 * What is in a diskette drive. A recipe or a listed image has some diskette's size; a file may also be only the beginning of a
 * diskette, as assemblers and linkers write boot sectors and small systems.
 */
export function resolveDiskette(source: Located<string>, files: FileAccess, roots: readonly string[]): DiskContent | readonly Diagnostic[] {
  const content = resolveDisk(source, 'diskette', files, roots);
  if (!('kind' in content)) return content;
  const bytes = content.kind === 'file' ? content.file.sizeBytes : content.sizeBytes;
  if (disketteFormat(bytes)) return content;
  const whole = content.kind === 'file' ? COMMON_DISKETTE_BYTES.find((size) => size > bytes) : undefined;
  if (content.kind === 'file' && whole !== undefined) return beginning(source.value, content.file, whole);
  const what = `${source.value} has ${formatBytes(bytes)}, and no diskette has that size`;
  const sizes = DISKETTE_FORMATS.map(({ sizeBytes }) => formatBytes(sizeBytes)).join(', ');
  return [diagnostic('image-bad', what, { span: source.span, fixme: `diskettes have ${sizes}` })];
}

function beginning(name: string, file: FileRef, sizeBytes: number): DiskContent {
  const sha256 = createHash('sha256')
    .update(JSON.stringify([sizeBytes, file.sha256]))
    .digest('hex');
  return { kind: 'recipe', name, sizeBytes, pieces: [{ kind: 'file', offset: 0, file }], sha256 };
}
