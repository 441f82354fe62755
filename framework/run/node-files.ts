import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import type { FileAccess } from '../plan/file-access';

const CHUNK_BYTES = 1 << 20;
const MAX_OPEN = 32;
const MAX_HASHES = 10_000;

interface Opened {
  readonly descriptor: number;
  readonly identity: string;
}

/** The host's file system. At most MAX_OPEN files stay open; descriptors and hashes are kept as long as the file is the same one. */
class NodeFiles implements FileAccess {
  private readonly opened = new Map<string, Opened>();
  private readonly hashes = new Map<string, string>();

  size(path: string): number | undefined {
    try {
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isFile() === true ? found.size : undefined;
    } catch {
      return undefined;
    }
  }

  read(path: string, offset: number, length: number): Uint8Array {
    const descriptor = this.descriptorOf(path);
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const count = readSync(descriptor, bytes, done, length - done, offset + done);
      if (count === 0) return bytes.subarray(0, done);
      done += count;
    }
    return bytes;
  }

  sha256(path: string): string {
    const key = `${path} ${identityOf(path)}`;
    const known = this.hashes.get(key);
    if (known !== undefined) return known;
    const hash = createHash('sha256');
    for (let offset = 0; ; offset += CHUNK_BYTES) {
      const chunk = this.read(path, offset, CHUNK_BYTES);
      hash.update(chunk);
      if (chunk.length < CHUNK_BYTES) break;
    }
    const made = hash.digest('hex');
    if (this.hashes.size >= MAX_HASHES) this.hashes.clear();
    this.hashes.set(key, made);
    return made;
  }

  list(path: string): readonly string[] {
    try {
      return readdirSync(path).sort();
    } catch {
      return [];
    }
  }

  /** Opens anew when another file has taken the name since. */
  private descriptorOf(path: string): number {
    const identity = identityOf(path);
    const known = this.opened.get(path);
    if (known?.identity === identity) return known.descriptor;
    if (known) this.close(path, known);
    const [oldest] = this.opened;
    if (oldest && this.opened.size >= MAX_OPEN) this.close(...oldest);
    const descriptor = openSync(path, 'r');
    this.opened.set(path, { descriptor, identity });
    return descriptor;
  }

  private close(path: string, { descriptor }: Opened): void {
    closeSync(descriptor);
    this.opened.delete(path);
  }
}

function identityOf(path: string): string {
  const { dev, ino, size, mtimeMs } = statSync(path);
  return `${dev} ${ino} ${size} ${mtimeMs}`;
}

const shared = new NodeFiles();

/** One for the process, so that many runs do not keep many files open. */
export function nodeFiles(): FileAccess {
  return shared;
}
