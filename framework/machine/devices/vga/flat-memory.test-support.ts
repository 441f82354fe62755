import type { VideoMemory } from './state';

/** Video memory as one array. */
export function flatMemory(bytes: Uint8Array): VideoMemory {
  return {
    sizeBytes: bytes.length,
    readByte: (offset) => bytes[offset]!,
    writeByte: (offset, value) => void (bytes[offset] = value),
    read: (offset, length) => bytes.slice(offset, offset + length),
    writable: (offset, length) => Math.max(0, Math.min(length, bytes.length - offset)),
    write: (offset, run) => bytes.set(run, offset),
    clear: (offset, length) => void bytes.fill(0, offset, offset + length),
  };
}
