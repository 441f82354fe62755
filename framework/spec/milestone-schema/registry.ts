import { BIOS_PLACED } from './bios-placed';
import { DISK_READ, DISK_WRITE } from './disk-read';
import { EFI_FILE } from './efi-file';
import { EXECUTED } from './executed';
import { FRAME_SENT } from './frame-sent';
import { HVMLOADER_ENTRY } from './hvmloader-entry';
import { HYPERCALL } from './hypercall';
import { HYPERCALL_PAGE } from './hypercall-page';
import { HALTED, RESET, SHUTDOWN, TRIPLE_FAULT } from './machine-ends';
import { KERNEL_ENTRY } from './kernel-entry';
import { MBR_READ } from './mbr-read';
import { MEMORY_WRITE } from './memory-write';
import { MODE } from './mode';
import { P2M } from './p2m';
import { PORT_READ, PORT_WRITE } from './port-access';
import { POST } from './post';
import { RESET_JUMP } from './reset-jump';
import { TABLE_PLACED } from './table-placed';
import { DEBUG_CONSOLE, PRINTER, SCREEN, SERIAL } from './text-output';
import { UEFI_PHASE } from './uefi-phase';
import { UEFI_VARIABLE } from './uefi-variable';
import { VMEXIT } from './vmexit';
import { XENSTORE_READ } from './xenstore-read';

/** Every milestone of this version, in the order of the reference. */
export const MILESTONE_SCHEMAS = [
  HVMLOADER_ENTRY,
  HYPERCALL,
  HYPERCALL_PAGE,
  XENSTORE_READ,
  VMEXIT,
  P2M,
  TABLE_PLACED,
  BIOS_PLACED,
  MODE,
  RESET_JUMP,
  POST,
  DISK_READ,
  DISK_WRITE,
  MBR_READ,
  KERNEL_ENTRY,
  EXECUTED,
  MEMORY_WRITE,
  PORT_READ,
  PORT_WRITE,
  FRAME_SENT,
  SERIAL,
  PRINTER,
  DEBUG_CONSOLE,
  SCREEN,
  UEFI_PHASE,
  EFI_FILE,
  UEFI_VARIABLE,
  HALTED,
  RESET,
  SHUTDOWN,
  TRIPLE_FAULT,
] as const;

/** Milestones of the spec language that a later version brings. */
export const LATER_MILESTONES: readonly string[] = [
  'event-channel',
  'hvm-param',
  'vmentry',
  'bios-call',
  'option-rom',
  'memory-read',
  'mmio',
  'pci-config',
  'msr',
  'cpuid',
  'interrupt',
  'exception',
  'any-order',
];
