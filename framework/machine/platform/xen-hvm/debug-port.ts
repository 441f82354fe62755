/** Port E9h as Xen has it (xen/arch/x86/hvm/hvm.c: hvm_print_line): write-only, and only what can be printed is kept. */
import type { TraceSink } from '../../../trace/sink';
import type { AccessSize, PortDevice } from '../../bus/types';

const PORT = 0xe9;
const TAB = 0x09;
const NEWLINE = 0x0a;

export class XenDebugPort implements PortDevice {
  readonly portRegions = [{ first: PORT, last: PORT, name: 'Xen debug console' }];

  constructor(private readonly trace: TraceSink) {}

  readPort(): number | undefined {
    return undefined;
  }

  writePort(_port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const isKept = (value >= 0x20 && value < 0x7f) || value === NEWLINE || value === TAB;
    if (isKept && this.trace.wants('debug-console')) this.trace.record('debug-console', PORT, value);
    return true;
  }
}
