import { littleEndian } from '../../quantities/little-endian';
import { SECTOR_BYTES, type Bytes } from '../../quantities/units';
import type { FileAccess } from '../file-access';
import { buildArchive } from '../kernel/archive';
import type { FileContent, ImagePiece, PackedRamdisk, Part } from '../types';

/** A read-only source of bytes behind a disk. */
export interface ImageSource {
  readonly sizeBytes: Bytes;
  read(offset: Bytes, length: Bytes): Uint8Array;
}

/** A generated image: bytes are made when they are read, so that a large disk costs nothing. */
export function recipeSource(sizeBytes: Bytes, pieces: readonly ImagePiece[], files: FileAccess): ImageSource {
  const packed = new Map<PackedRamdisk, Uint8Array>();
  const archiveOf = (ramdisk: PackedRamdisk): Uint8Array => {
    const archive = packed.get(ramdisk) ?? buildArchive(ramdisk.entries, ({ path, sizeBytes: all }) => files.read(path, 0, all));
    packed.set(ramdisk, archive);
    return archive;
  };
  return {
    sizeBytes,
    read: (offset, length) => {
      const bytes = new Uint8Array(length);
      for (const piece of pieces) lay(piece, bytes, offset, files, archiveOf);
      return bytes;
    },
  };
}

/** The piece that a file's content is, or a part of it. */
export function filePiece(offset: Bytes, content: FileContent, part?: Part): ImagePiece {
  const place = { offset, ...(part && { part }) };
  return 'path' in content ? { kind: 'file', ...place, file: content } : { kind: 'ramdisk', ...place, ramdisk: content };
}

/** Lays the part of a piece that falls into `out`, which stands for the image from `from` on. */
function lay(piece: ImagePiece, out: Uint8Array, from: Bytes, files: FileAccess, archiveOf: (ramdisk: PackedRamdisk) => Uint8Array): void {
  const first = Math.max(from, piece.offset);
  const end = Math.min(from + out.length, piece.offset + lengthOf(piece));
  if (end <= first) return;
  const target = out.subarray(first - from, end - from);
  const at = first - piece.offset + ('part' in piece ? piece.part.from : 0);
  if (piece.kind === 'fill') target.fill(piece.byte);
  else if (piece.kind === 'bytes') target.set(piece.bytes.slice(at, at + target.length));
  else if (piece.kind === 'file') target.set(files.read(piece.file.path, at, target.length));
  else if (piece.kind === 'ramdisk') target.set(archiveOf(piece.ramdisk).subarray(at, at + target.length));
  else fillWithLba(target, first);
}

function lengthOf(piece: ImagePiece): Bytes {
  switch (piece.kind) {
    case 'bytes':
      return piece.bytes.length;
    case 'file':
      return piece.part?.length ?? piece.file.sizeBytes;
    case 'ramdisk':
      return piece.part?.length ?? piece.ramdisk.sizeBytes;
    default:
      return piece.length;
  }
}

/** Every 8 bytes hold the number of the sector they are in, little-endian. */
function fillWithLba(part: Uint8Array, offset: Bytes): void {
  for (let at = 0; at < part.length;) {
    const lba = Math.floor((offset + at) / SECTOR_BYTES);
    const number = littleEndian(lba, 8);
    const end = Math.min(part.length, (lba + 1) * SECTOR_BYTES - offset);
    for (; at < end; at++) part[at] = number[(offset + at) % 8]!;
  }
}
