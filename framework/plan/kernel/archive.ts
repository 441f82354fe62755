import type { Bytes } from '../../quantities/units';
import type { ArchiveEntry, FileRef } from '../types';

/**
 * cpio archives in the "new ASCII" form that Linux unpacks as its initial RAM disk (Documentation/driver-api/early-userspace/
 * buffer-format.rst). The same entries always give the same bytes: owner 0, time 0, inodes counted.
 */
const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';
const ALIGNMENT = 4;
/** The magic number and 13 fields of 8 digits; the name follows. */
const HEADER_BYTES = MAGIC.length + 13 * 8;
/** The whole archive ends at a multiple of this. */
const BLOCK_BYTES = 512;
/** File types of st_mode. */
const TYPE = { directory: 0o040000, file: 0o100000, link: 0o120000, char: 0o020000, block: 0o060000 } as const;

interface Member {
  readonly name: string;
  readonly mode: number;
  readonly links: number;
  readonly device: readonly [major: number, minor: number];
  readonly data: Uint8Array;
}

const EMPTY = new Uint8Array(0);

function memberOf(entry: ArchiveEntry, read: (file: FileRef) => Uint8Array): Member {
  const { path, permissions } = entry;
  switch (entry.kind) {
    case 'directory':
      return { name: path, mode: TYPE.directory | permissions, links: 2, device: [0, 0], data: EMPTY };
    case 'file':
      return { name: path, mode: TYPE.file | permissions, links: 1, device: [0, 0], data: read(entry.file) };
    case 'link':
      return { name: path, mode: TYPE.link | permissions, links: 1, device: [0, 0], data: new TextEncoder().encode(entry.target) };
    case 'device':
      return { name: path, mode: TYPE[entry.type] | permissions, links: 1, device: [entry.major, entry.minor], data: EMPTY };
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(aligned(bytes.length));
  whole.set(bytes);
  return whole;
}

function headerOf({ name, mode, links, device, data }: Member, inode: number): Uint8Array {
  const nameBytes = new TextEncoder().encode(`${name}\0`);
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, ...device, nameBytes.length, 0];
  const text = MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return padded(Uint8Array.from([...new TextEncoder().encode(text), ...nameBytes]));
}

export function buildArchive(entries: readonly ArchiveEntry[], read: (file: FileRef) => Uint8Array): Uint8Array {
  const members = entries.map((entry) => memberOf(entry, read));
  const end: Member = { name: TRAILER, mode: 0, links: 1, device: [0, 0], data: EMPTY };
  const parts = [...members.flatMap((member, index) => [headerOf(member, index + 1), padded(member.data)]), headerOf(end, 0)];
  const archive = new Uint8Array(archiveBytes(entries));
  let at = 0;
  for (const part of parts) {
    archive.set(part, at);
    at += part.length;
  }
  return archive;
}

/** Size of the archive, without reading the files. */
export function archiveBytes(entries: readonly ArchiveEntry[]): Bytes {
  const member = (name: string, dataBytes: Bytes): Bytes =>
    aligned(HEADER_BYTES + new TextEncoder().encode(name).length + 1) + aligned(dataBytes);
  const dataOf = (entry: ArchiveEntry): Bytes => {
    if (entry.kind === 'file') return entry.file.sizeBytes;
    return entry.kind === 'link' ? new TextEncoder().encode(entry.target).length : 0;
  };
  const length = entries.reduce((sum, entry) => sum + member(entry.path, dataOf(entry)), member(TRAILER, 0));
  return Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}

function aligned(bytes: Bytes): Bytes {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
