import { latin1 } from '../byte-view';
import type { MemoryReader } from '../byte-view';
import type { E820Entry } from '../e820';

/** What a kernel is handed, whatever the protocol. */
export interface BootParameters {
  readonly cmdline: string;
  /** The RAM disk, or the modules. */
  readonly modules: readonly { readonly gpa: number; readonly bytes: number }[];
  /** undefined: the protocol has none, or the loader gave none. */
  readonly rsdp: number | undefined;
  /** undefined: the kernel is to ask firmware. */
  readonly memoryMap: readonly E820Entry[] | undefined;
}

const COMMAND_LINE_MAX = 4096;

/** The text at `gpa` up to its NUL; none at 0, or without an end. */
export function textAt(read: MemoryReader, gpa: number): string {
  if (gpa === 0) return '';
  const text = latin1(read(gpa, COMMAND_LINE_MAX));
  const end = text.indexOf('\0');
  return end < 0 ? '' : text.slice(0, end);
}
