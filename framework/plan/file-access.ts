import type { Bytes } from '../quantities/units';

/** The file system, as far as plans need it. Injected, so that planning is a function of its inputs. Paths are absolute. */
export interface FileAccess {
  /** Size of a regular file (or block device), undefined when there is none or it cannot be read. */
  size(path: string): Bytes | undefined;
  /** Exactly `length` bytes, less only at the end of the file. Throws when the file cannot be read. */
  read(path: string, offset: Bytes, length: Bytes): Uint8Array;
  /** Lower-case hex SHA-256 of the whole file. */
  sha256(path: string): string;
  /** Names in a directory, sorted; empty when it cannot be read. */
  list(path: string): readonly string[];
}

/** What planning may look at. */
export interface PlanContext {
  readonly files: FileAccess;
  /** Directories that hold firmware/ and disk-images/: the user's project, then Milepost's own. */
  readonly roots: readonly string[];
}

/** Whole file as text in UTF-8, at most `limit` bytes of it; undefined when it cannot be read. */
export function readText(files: FileAccess, path: string, limit: Bytes): string | undefined {
  const size = files.size(path);
  if (size === undefined) return undefined;
  try {
    return new TextDecoder('utf-8').decode(files.read(path, 0, Math.min(size, limit)));
  } catch {
    return undefined;
  }
}
