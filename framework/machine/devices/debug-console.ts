import type { AccessSize, PortDevice } from '../bus/types';
import type { TraceSink } from '../../trace/sink';

/** The value by which a guest recognises the port. */
const PRESENT = 0xe9;

/**
 * A debug console port (Bochs' E9h, the 402h of QEMU's isa-debugcon): each byte written is one `debug-console` event. There is
 * no data sheet. Wide writes are bytes of consecutive ports, as for any 8-bit device.
 */
export class DebugConsole implements PortDevice {
  readonly portRegions;

  /** `answers`: a read gives E9h; otherwise the port cannot be read, as Xen's. */
  constructor(
    private readonly port: number,
    private readonly answers: boolean,
    private readonly trace: TraceSink,
    private readonly received?: (byte: number) => void,
  ) {
    this.portRegions = [{ first: port, last: port, name: 'debug console' }];
  }

  readPort(_port: number, size: AccessSize): number | undefined {
    return this.answers && size === 1 ? PRESENT : undefined;
  }

  writePort(_port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    if (this.trace.wants('debug-console')) this.trace.record('debug-console', this.port, value);
    this.received?.(value);
    return true;
  }
}
