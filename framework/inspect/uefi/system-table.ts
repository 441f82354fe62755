import { ByteView, type MemoryReader } from '../byte-view';

/** The EFI system table and boot services (UEFI 2.10, 4.3 and 4.4), of 64-bit and of 32-bit firmware. */

export const SYSTEM_TABLE_SIGNATURE = 'IBI SYST';
const BOOT_SERVICES_SIGNATURE = 'BOOTSERV';
const RUNTIME_SERVICES_SIGNATURE = 'RUNTSERV';
const HEADER_BYTES = 24;
const SERVICES = 44;
/** Place of a service behind the header of the boot services. */
const INSTALL_PROTOCOL = 13;
const INSTALL_PROTOCOLS = 38;

interface Shape {
  readonly pointerBytes: 4 | 8;
  readonly runtimeServices: number;
  readonly bootServices: number;
}

/** By the size that the header gives. */
const SHAPES: ReadonlyMap<number, Shape> = new Map([
  [120, { pointerBytes: 8, runtimeServices: 88, bootServices: 96 }],
  [72, { pointerBytes: 4, runtimeServices: 56, bootServices: 60 }],
]);

export interface SystemTable {
  readonly gpa: number;
  readonly pointerBytes: 4 | 8;
  /** Where the code of the boot services lies, from the lowest entry to the highest. */
  readonly foundation: { readonly first: number; readonly last: number };
  /** Entries of InstallProtocolInterface and InstallMultipleProtocolInterfaces. */
  readonly installProtocol: number;
  readonly installProtocols: number;
}

/** The table at an address, once it leads to both services: an image of it in a file, or half of one, is none. */
export function readSystemTable(read: MemoryReader, gpa: number): SystemTable | undefined {
  const view = new ByteView(read(gpa, 120));
  const shape = view.text(0, 8) === SYSTEM_TABLE_SIGNATURE ? SHAPES.get(view.u32(12)) : undefined;
  if (!shape) return undefined;
  const { pointerBytes } = shape;
  const boot = view.uint(shape.bootServices, pointerBytes);
  const runtime = view.uint(shape.runtimeServices, pointerBytes);
  if (!isAddress(boot) || !isAddress(runtime)) return undefined;
  const services = new ByteView(read(boot, HEADER_BYTES + SERVICES * pointerBytes));
  if (services.text(0, 8) !== BOOT_SERVICES_SIGNATURE) return undefined;
  if (new ByteView(read(runtime, 8)).text(0, 8) !== RUNTIME_SERVICES_SIGNATURE) return undefined;
  const entry = (index: number): number => services.uint(HEADER_BYTES + index * pointerBytes, pointerBytes);
  const entries = Array.from({ length: SERVICES }, (_, index) => entry(index)).filter(isAddress);
  return {
    gpa,
    pointerBytes,
    foundation: { first: Math.min(...entries), last: Math.max(...entries) },
    installProtocol: entry(INSTALL_PROTOCOL),
    installProtocols: entry(INSTALL_PROTOCOLS),
  };
}

function isAddress(value: number): boolean {
  return value > 0 && value < 2 ** 52;
}
