/**
 * A virtio device on PCI (Virtual I/O Device specification 1.2, 4.1): the modern structures behind BAR4, as the vendor capabilities say,
 * MSI-X behind BAR1; transitional ones, 1af4:1000 to 103f, have legacy registers behind BAR0 too.
 */
import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow, PortWindow, type WindowTarget } from './bar-window';
import type { PciBar } from './config-space';
import { MSIX_BAR_BYTES, type MsixTable } from './msix';
import { PciFunction, type PciRegister } from './pci-function';
import { romBar } from './rom-bar';

const LEGACY_BYTES = 64;
const WINDOW_BYTES = 0x4000;
const PART_BYTES = 0x1000;
const NOTIFY_MULTIPLIER = 4;
const CAPABILITIES = 0x34;
const VENDOR_CAPABILITY = 9;
const BAR = 4;
const TYPE = { COMMON: 1, NOTIFY: 2, ISR: 3, DEVICE: 4, PCI_ACCESS: 5 } as const;
/** Capabilities in order: where, what, and the part of BAR4 that it names. */
const CHAIN = [
  { at: 0x40, type: TYPE.COMMON, part: 0, bytes: 16 },
  { at: 0x50, type: TYPE.ISR, part: 1, bytes: 16 },
  { at: 0x60, type: TYPE.DEVICE, part: 2, bytes: 16 },
  { at: 0x70, type: TYPE.NOTIFY, part: 3, bytes: 20 },
] as const;
/** Access to BAR4 through configuration space: BAR, offset, length, and the data. */
const ACCESS = 0x84;
const ACCESS_BYTES = 20;
const MSIX = 0x98;
const MSIX_CONTROL = MSIX + 2;
const MSIX_BAR = 1;
const [ACCESS_OFFSET, ACCESS_LENGTH, ACCESS_DATA] = [ACCESS + 8, ACCESS + 12, ACCESS + 16] as const;

function capability(at: number, type: number, next: number, bytes: number): PciRegister {
  return { offset: at, size: 4, reset: VENDOR_CAPABILITY | (next << 8) | (bytes << 16) | (type << 24), writable: 0 };
}

function registers(msix: MsixTable): PciRegister[] {
  return [
    { offset: CAPABILITIES, size: 1, reset: MSIX, writable: 0 },
    ...msix.capability(MSIX, CHAIN[0].at, MSIX_BAR),
    ...CHAIN.flatMap(({ at, type, part, bytes }, index): PciRegister[] => [
      capability(at, type, CHAIN[index + 1]?.at ?? ACCESS, bytes),
      { offset: at + 4, size: 4, reset: BAR, writable: 0 },
      { offset: at + 8, size: 4, reset: part * PART_BYTES, writable: 0 },
      { offset: at + 12, size: 4, reset: PART_BYTES, writable: 0 },
    ]),
    { offset: CHAIN[3].at + 16, size: 4, reset: NOTIFY_MULTIPLIER, writable: 0 },
    capability(ACCESS, TYPE.PCI_ACCESS, 0, ACCESS_BYTES),
    { offset: ACCESS + 4, size: 1, reset: 0, writable: 0xff },
    { offset: ACCESS_OFFSET, size: 4, reset: 0, writable: 0xffff_ffff },
    { offset: ACCESS_LENGTH, size: 4, reset: 0, writable: 0xffff_ffff },
  ];
}

export interface VirtioParts {
  readonly legacy: WindowTarget;
  readonly common: WindowTarget;
  readonly isr: WindowTarget;
  readonly device: WindowTarget;
  readonly notification: WindowTarget;
}

/** The four parts one behind the other. */
function modernWindow({ common, isr, device, notification }: VirtioParts): WindowTarget {
  const parts = [common, isr, device, notification];
  return {
    read: (offset, size) => parts[Math.floor(offset / PART_BYTES)]?.read(offset % PART_BYTES, size),
    write: (offset, size, value) => parts[Math.floor(offset / PART_BYTES)]?.write(offset % PART_BYTES, size, value) ?? false,
  };
}

/** What kind of device it is. */
export interface VirtioKind {
  readonly deviceId: number;
  readonly revision: number;
  readonly subsystemId: number;
  readonly classCode: number;
}

const FIRST_MODERN_ID = 0x1040;
/** Transitional devices show the number of their type as the subsystem. */
export const VIRTIO_NET: VirtioKind = { deviceId: 0x1000, revision: 0, subsystemId: 1, classCode: 0x020000 };
export const VIRTIO_BLK: VirtioKind = { deviceId: 0x1001, revision: 0, subsystemId: 2, classCode: 0x010000 };
export const VIRTIO_NET_MODERN: VirtioKind = { deviceId: 0x1041, revision: 1, subsystemId: 0x1100, classCode: 0x020000 };

export interface VirtioFunctionOptions {
  readonly name: string;
  readonly bus: Bus;
  readonly kind: VirtioKind;
  readonly parts: VirtioParts;
  readonly msix: MsixTable;
  readonly rom?: Uint8Array | undefined;
  readonly mapRom?: (base: number | undefined) => void;
}

function legacyBar(bus: Bus, { legacy }: VirtioParts): PciBar {
  return { index: 0, kind: 'io', sizeBytes: LEGACY_BYTES, map: new PortWindow(bus, 'virtio legacy', LEGACY_BYTES, legacy).moveTo };
}

export class VirtioFunction extends PciFunction {
  private readonly window: WindowTarget;
  private readonly msix: MsixTable;

  constructor({ name, bus, kind, parts, msix, rom, mapRom }: VirtioFunctionOptions) {
    const window = modernWindow(parts);
    super(
      name,
      {
        vendorId: 0x1af4,
        deviceId: kind.deviceId,
        revision: kind.revision,
        classCode: kind.classCode,
        subsystemVendorId: 0x1af4,
        subsystemId: kind.subsystemId,
        interruptPin: 1,
        status: 0x0010,
      },
      [
        ...(kind.deviceId < FIRST_MODERN_ID ? [legacyBar(bus, parts)] : []),
        {
          index: MSIX_BAR,
          kind: 'memory',
          sizeBytes: MSIX_BAR_BYTES,
          map: new MmioWindow(bus, 'virtio MSI-X', MSIX_BAR_BYTES, msix).moveTo,
        },
        {
          index: 4,
          kind: 'memory64',
          prefetchable: true,
          sizeBytes: WINDOW_BYTES,
          map: new MmioWindow(bus, 'virtio', WINDOW_BYTES, window).moveTo,
        },
        ...romBar(bus, rom, mapRom, `${name} ROM`),
      ],
      registers(msix),
    );
    this.window = window;
    this.msix = msix;
  }

  protected override configChanged(register: number, size: number): void {
    if (register < MSIX_CONTROL + 2 && register + size > MSIX_CONTROL) this.msix.configure(this.readConfig(MSIX_CONTROL, 2));
  }

  protected override usesMessages(): boolean {
    return this.msix.enabled;
  }

  override readConfig(register: number, size: number): number {
    const target = this.accessed(register);
    return target ? (this.window.read(target.offset, target.size) ?? 0) : super.readConfig(register, size);
  }

  override writeConfig(register: number, size: number, value: number): void {
    const target = this.accessed(register);
    if (target) this.window.write(target.offset, target.size, value);
    else super.writeConfig(register, size, value);
  }

  /** What an access to the data register of the last capability is about. */
  private accessed(register: number): { offset: number; size: AccessSize } | undefined {
    if (register !== ACCESS_DATA || super.readConfig(ACCESS + 4, 1) !== BAR) return undefined;
    const offset = super.readConfig(ACCESS_OFFSET, 4);
    const size = ([1, 2, 4] as const).find((bytes) => bytes === super.readConfig(ACCESS_LENGTH, 4));
    return size === undefined || offset + size > WINDOW_BYTES ? undefined : { offset, size };
  }
}
