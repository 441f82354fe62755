import type { MemoryReader } from '../byte-view';
import { readStartInfo } from '../start-info';
import { readMultiboot1, readMultiboot2 } from './multiboot';
import type { BootParameters } from './parameters';
import { readZeroPage } from './zero-page';

/** The parameters at `gpa` as the protocol has them; undefined when they are not there. */
export function readBootParameters(protocol: string, read: MemoryReader, gpa: number): BootParameters | undefined {
  switch (protocol) {
    case 'linux16':
      return readZeroPage(read, gpa, false);
    case 'linux32':
    case 'linux64':
      return readZeroPage(read, gpa, true);
    case 'multiboot':
      return readMultiboot1(read, gpa);
    case 'multiboot2':
      return readMultiboot2(read, gpa);
    case 'pvh':
      return fromStartInfo(read, gpa);
    default:
      return undefined;
  }
}

function fromStartInfo(read: MemoryReader, gpa: number): BootParameters | undefined {
  const info = readStartInfo(read, gpa);
  return (
    info && {
      cmdline: info.commandLine,
      modules: info.modules.map(({ gpa: at, size }) => ({ gpa: at, bytes: size })),
      rsdp: info.rsdp === 0 ? undefined : info.rsdp,
      memoryMap: info.memoryMap,
    }
  );
}
