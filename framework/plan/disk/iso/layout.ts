import type { Bytes } from '../../../quantities/units';
import type { FileContent, ImagePiece } from '../../types';
import { filePiece } from '../recipe-source';
import {
  ascii,
  bootCatalog,
  bootInformation,
  bootRecord,
  directoryRecord,
  pathRecord,
  primaryDescriptor,
  SECTOR,
  TERMINATOR,
  type Extent,
} from './records';

/** A file of the volume: its path in upper case, absolute. */
export interface IsoFile {
  readonly path: string;
  readonly file: FileContent;
}

export interface IsoBoot {
  /** Path of the boot image on the volume. */
  readonly path: string;
  /** Boot media type: 0 no emulation, 1 to 3 a diskette of 1.2, 1.44 or 2.88 MiB. */
  readonly media: number;
  /** Sectors of 512 bytes that firmware loads. */
  readonly count: number;
  /** Bytes that the image takes up at least: a diskette's. */
  readonly leastBytes: Bytes;
  /** The image's bytes, when it gets a boot information table. */
  readonly bytes: Uint8Array | undefined;
}

interface Directory {
  readonly path: string;
  readonly name: readonly number[];
  readonly parent: number;
  extent: Extent;
}

const DESCRIPTORS = 16;
const PATH_TABLES = 19;
const CATALOG = 21;
const FIRST_FREE = 22;

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const sectorsOf = (bytes: Bytes): number => Math.ceil(bytes / SECTOR);

/** Lays out a volume: descriptors, path tables, boot catalog, directories by depth, then the files in their order. */
export function isoImage(
  volume: string,
  files: readonly IsoFile[],
  boot: IsoBoot | undefined,
): { readonly sizeBytes: Bytes; readonly pieces: ImagePiece[] } {
  const directories = directoriesOf(files);
  let next = FIRST_FREE;
  for (const directory of directories) {
    const sizeBytes = sectorsOf(recordsOf(directory, directories, files, new Map()).length) * SECTOR;
    directory.extent = { sector: next, sizeBytes };
    next += sizeBytes / SECTOR;
  }
  const extents = new Map<string, Extent>();
  for (const { path, file } of files) {
    extents.set(path, { sector: next, sizeBytes: file.sizeBytes });
    next += Math.max(1, sectorsOf(path === boot?.path ? Math.max(file.sizeBytes, boot.leastBytes) : file.sizeBytes));
  }
  const tables = (['little', 'big'] as const).map((order) =>
    directories.flatMap(({ name, extent, parent }) => pathRecord(name, extent.sector, parent + 1, order)),
  );
  const facts = { volume, sectors: next, root: directories[0]!.extent, pathTableBytes: tables[0]!.length };
  const primary = primaryDescriptor({ ...facts, littlePathTable: PATH_TABLES, bigPathTable: PATH_TABLES + 1 });
  const at = (sector: number, bytes: readonly number[]): ImagePiece => ({ kind: 'bytes', offset: sector * SECTOR, bytes });
  const descriptors = boot ? [primary, bootRecord(CATALOG), TERMINATOR] : [primary, TERMINATOR];
  const pieces = [
    ...descriptors.map((bytes, index) => at(DESCRIPTORS + index, bytes)),
    ...tables.map((bytes, index) => at(PATH_TABLES + index, bytes)),
    ...directories.map((directory) => at(directory.extent.sector, recordsOf(directory, directories, files, extents))),
    ...files.map(({ path, file }) => filePiece(extents.get(path)!.sector * SECTOR, file)),
    ...(boot ? bootPieces(boot, extents) : []),
  ];
  return { sizeBytes: next * SECTOR, pieces };
}

function bootPieces({ path, media, count, bytes }: IsoBoot, extents: ReadonlyMap<string, Extent>): ImagePiece[] {
  const loader = extents.get(path)!;
  const catalog: ImagePiece = { kind: 'bytes', offset: CATALOG * SECTOR, bytes: bootCatalog(media, count, loader.sector) };
  if (!bytes) return [catalog];
  return [catalog, { kind: 'bytes', offset: loader.sector * SECTOR + 8, bytes: bootInformation(loader, bytes) }];
}

/** Every directory on the way to a file, parents first; the root is its own parent. */
function directoriesOf(files: readonly IsoFile[]): Directory[] {
  const paths = new Set<string>();
  for (const { path } of files) for (let at = parentOf(path); at !== ''; at = parentOf(at)) paths.add(at);
  const depth = (path: string): number => path.split('/').length;
  const sorted = ['', ...[...paths].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))];
  return sorted.map((path) => ({
    path,
    name: path === '' ? [0] : ascii(nameOf(path), nameOf(path).length),
    parent: path === '' ? 0 : sorted.indexOf(parentOf(path)),
    extent: { sector: 0, sizeBytes: 0 },
  }));
}

/** The records of a directory in the order of their names; none crosses a sector. */
function recordsOf(
  directory: Directory,
  directories: readonly Directory[],
  files: readonly IsoFile[],
  extents: ReadonlyMap<string, Extent>,
): number[] {
  const inside = [
    ...directories.filter(({ path }) => path !== '' && parentOf(path) === directory.path).map((child) => ({ ...child, isDirectory: true })),
    ...files
      .filter(({ path }) => parentOf(path) === directory.path)
      .map(({ path }) => {
        const name = `${nameOf(path)};1`;
        return { path, name: ascii(name, name.length), extent: extents.get(path) ?? { sector: 0, sizeBytes: 0 }, isDirectory: false };
      }),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const records = [
    directoryRecord([0], directory.extent, true),
    directoryRecord([1], directories[directory.parent]!.extent, true),
    ...inside.map(({ name, extent, isDirectory }) => directoryRecord(name, extent, isDirectory)),
  ];
  const bytes: number[] = [];
  for (const record of records) {
    const left = SECTOR - (bytes.length % SECTOR);
    if (record.length > left) bytes.push(...new Array<number>(left).fill(0));
    bytes.push(...record);
  }
  return bytes;
}
