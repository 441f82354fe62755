import type { LinuxHeader } from './linux-header';
import { KernelError } from './types';

/** What loaders keep free for it. */
const MAX_COMMAND_LINE = 0x1000;

/** The text as the kernel gets it. @throws KernelError when that is more than it takes. */
export function commandLine(text: string, { commandLineBytes }: LinuxHeader): Uint8Array {
  const bytes = new TextEncoder().encode(`${text}\0`);
  const most = Math.min(commandLineBytes + 1, MAX_COMMAND_LINE);
  if (bytes.length > most) throw new KernelError(`a command line of ${bytes.length - 1} bytes; it takes ${most - 1}`);
  return bytes;
}
