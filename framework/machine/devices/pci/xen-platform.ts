/**
 * The Xen platform device, 5853:0001 (xen/docs/misc/hvm-emulated-unplug and xen-platform-pci ABI): BAR0 with 256 ports, BAR1 with
 * 16 MiB of memory that holds nothing, and sixteen fixed ports at 10h for the unplug protocol.
 */
import type { AccessSize, Bus, PortDevice, PortRegion } from '../../bus/types';
import { MmioWindow, PortWindow } from './bar-window';
import { PciFunction, type PciFunctionState } from './pci-function';

const FIXED_BASE = 0x10;
/** Word at +0: read the magic, write a mask of emulated devices to unplug. */
const UNPLUG = 0;
const UNPLUG_MAGIC = 0x49d2;
/** Byte at +2: read the protocol version, write a character of the driver's log; word: product id; dword at +0: build number. */
const LOG_AND_VERSION = 2;
const PROTOCOL_VERSION = 1;
/** Byte at +0 (and first byte of BAR0): bit 0 locks the option ROM area against writes. */
const FLAG_ROM_LOCK = 1;

export const UNPLUG_IDE_DISKS = 1;
export const UNPLUG_SECONDARY_IDE_DISKS = 4;

export interface XenPlatformWiring {
  unplug(mask: number): void;
  log(byte: number): void;
}

interface XenPlatformState extends PciFunctionState {
  flags: number;
  product: number;
  build: number;
}

export class XenPlatformDevice extends PciFunction<XenPlatformState> implements PortDevice {
  readonly portRegions: readonly PortRegion[] = [{ first: FIXED_BASE, last: FIXED_BASE + 15, name: 'Xen platform device' }];

  constructor(
    bus: Bus,
    private readonly wiring: XenPlatformWiring,
  ) {
    const flagPort = {
      read: (offset: number, size: AccessSize) => (offset === 0 && size === 1 ? this.state.flags : undefined),
      write: (offset: number, size: AccessSize, value: number) => offset === 0 && size === 1 && this.setFlags(value),
    };
    const empty = { read: () => 0, write: () => true };
    super(
      'xen-platform',
      {
        vendorId: 0x5853,
        deviceId: 0x0001,
        revision: 1,
        classCode: 0xff8000,
        subsystemVendorId: 0x5853,
        subsystemId: 0x0001,
        interruptPin: 1,
      },
      [
        { index: 0, kind: 'io', sizeBytes: 0x100, map: new PortWindow(bus, 'Xen platform BAR0', 0x100, flagPort).moveTo },
        {
          index: 1,
          kind: 'memory',
          prefetchable: true,
          sizeBytes: 0x100_0000,
          map: new MmioWindow(bus, 'Xen platform BAR1', 0x100_0000, empty).moveTo,
        },
      ],
      [],
      { flags: 0, product: 0, build: 0 },
    );
  }

  override reset(): void {
    Object.assign(this.state, { flags: 0, product: 0, build: 0 });
    super.reset();
  }

  private setFlags(value: number): boolean {
    this.state.flags = value & FLAG_ROM_LOCK;
    return true;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    const offset = port - FIXED_BASE;
    if (size === 2 && offset === UNPLUG) return UNPLUG_MAGIC;
    if (size === 1 && offset === UNPLUG) return this.state.flags;
    if (size === 1 && offset === LOG_AND_VERSION) return PROTOCOL_VERSION;
    return undefined;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    const offset = port - FIXED_BASE;
    if (offset === UNPLUG) {
      if (size === 1) return this.setFlags(value);
      if (size === 2) this.wiring.unplug(value);
      else this.state.build = value >>> 0;
      return true;
    }
    if (offset !== LOG_AND_VERSION) return false;
    if (size === 1) this.wiring.log(value);
    else this.state.product = value & 0xffff;
    return size !== 4;
  }
}
