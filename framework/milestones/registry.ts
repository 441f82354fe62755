import type { MilestoneKey } from '../spec/types';
import { BIOS_PLACED_MATCHER } from './bios-placed';
import { DEBUG_CONSOLE_MATCHER } from './debug-console';
import { DISK_READ_MATCHER, DISK_WRITE_MATCHER } from './disk-read';
import { EFI_FILE_MATCHER } from './efi-file';
import { EXECUTED_MATCHER } from './executed';
import { FRAME_SENT_MATCHER } from './frame-sent';
import { HVMLOADER_ENTRY_MATCHER } from './hvmloader-entry';
import { HYPERCALL_MATCHER } from './hypercall';
import { HYPERCALL_PAGE_MATCHER } from './hypercall-page';
import { KERNEL_ENTRY_MATCHER } from './kernel-entry';
import { HALTED_MATCHER, RESET_MATCHER, SHUTDOWN_MATCHER, TRIPLE_FAULT_MATCHER } from './machine-ends';
import type { Matcher } from './matcher';
import { MBR_READ_MATCHER } from './mbr-read';
import { MEMORY_WRITE_MATCHER } from './memory-write';
import { MODE_MATCHER } from './mode';
import { P2M_MATCHER } from './p2m';
import { PORT_READ_MATCHER, PORT_WRITE_MATCHER } from './port-access';
import { POST_MATCHER } from './post';
import { PRINTER_MATCHER } from './printer';
import { RESET_JUMP_MATCHER } from './reset-jump';
import { SCREEN_MATCHER } from './screen';
import { SERIAL_MATCHER } from './serial';
import { TABLE_PLACED_MATCHER } from './table-placed';
import { UEFI_PHASE_MATCHER } from './uefi-phase/uefi-phase';
import { UEFI_VARIABLE_MATCHER } from './uefi-variable';
import { VMEXIT_MATCHER } from './vmexit';
import { XENSTORE_READ_MATCHER } from './xenstore-read';

/** The matcher of each milestone of the spec language. */
export const MATCHERS: Readonly<Record<MilestoneKey, Matcher>> = {
  'hvmloader-entry': HVMLOADER_ENTRY_MATCHER,
  hypercall: HYPERCALL_MATCHER,
  'hypercall-page': HYPERCALL_PAGE_MATCHER,
  'xenstore-read': XENSTORE_READ_MATCHER,
  vmexit: VMEXIT_MATCHER,
  p2m: P2M_MATCHER,
  'table-placed': TABLE_PLACED_MATCHER,
  'bios-placed': BIOS_PLACED_MATCHER,
  mode: MODE_MATCHER,
  'reset-jump': RESET_JUMP_MATCHER,
  post: POST_MATCHER,
  'disk-read': DISK_READ_MATCHER,
  'disk-write': DISK_WRITE_MATCHER,
  'mbr-read': MBR_READ_MATCHER,
  'kernel-entry': KERNEL_ENTRY_MATCHER,
  executed: EXECUTED_MATCHER,
  'memory-write': MEMORY_WRITE_MATCHER,
  'port-read': PORT_READ_MATCHER,
  'port-write': PORT_WRITE_MATCHER,
  'frame-sent': FRAME_SENT_MATCHER,
  serial: SERIAL_MATCHER,
  printer: PRINTER_MATCHER,
  'debug-console': DEBUG_CONSOLE_MATCHER,
  screen: SCREEN_MATCHER,
  'uefi-phase': UEFI_PHASE_MATCHER,
  'efi-file': EFI_FILE_MATCHER,
  'uefi-variable': UEFI_VARIABLE_MATCHER,
  halted: HALTED_MATCHER,
  reset: RESET_MATCHER,
  shutdown: SHUTDOWN_MATCHER,
  'triple-fault': TRIPLE_FAULT_MATCHER,
};
