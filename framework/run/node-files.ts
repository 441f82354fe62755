import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import type { FileAccess } from '../plan/file-access';

const CHUNK_BYTES = 1 << 20;
const MAX_OPEN = 32;

/** The host's file system. Files stay open for reading, at most MAX_OPEN of them; hashes are kept as long as a file's size and time last. */
export function nodeFiles(): FileAccess {
  const open = new Map<string, number>();
  const hashes = new Map<string, string>();

  function descriptor(path: string): number {
    const known = open.get(path);
    if (known !== undefined) return known;
    const [oldest] = open;
    if (open.size >= MAX_OPEN && oldest) {
      closeSync(oldest[1]);
      open.delete(oldest[0]);
    }
    const opened = openSync(path, 'r');
    open.set(path, opened);
    return opened;
  }

  function read(path: string, offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(descriptor(path), bytes, done, length - done, offset + done);
      if (count === 0) return bytes.subarray(0, done);
      done += count;
    }
    return bytes;
  }

  function hashOf(path: string): string {
    const hash = createHash('sha256');
    for (let offset = 0; ; offset += CHUNK_BYTES) {
      const chunk = read(path, offset, CHUNK_BYTES);
      hash.update(chunk);
      if (chunk.length < CHUNK_BYTES) return hash.digest('hex');
    }
  }

  return {
    read,
    size: (path) => {
      try {
        const found = statSync(path, { throwIfNoEntry: false });
        return found?.isFile() === true ? found.size : undefined;
      } catch {
        return undefined;
      }
    },
    sha256: (path) => {
      const { size, mtimeMs, ino } = statSync(path);
      const key = `${path} ${size} ${mtimeMs} ${ino}`;
      const hash = hashes.get(key) ?? hashOf(path);
      hashes.set(key, hash);
      return hash;
    },
    list: (path) => {
      try {
        return readdirSync(path).sort();
      } catch {
        return [];
      }
    },
  };
}
