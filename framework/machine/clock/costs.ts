import type { Nanoseconds } from '../../quantities/units';

/** What an instruction costs beside the access or exit that it causes; the clock counts it as 1 ns per retired instruction. */
export const INSTRUCTION_NS: Nanoseconds = 1;
/** IN, OUT, and each element of INS/OUTS. About what an ISA-speed register behind a VM exit takes. */
export const PORT_ACCESS_NS: Nanoseconds = 500;
/** A load or store that a device answers (local APIC, I/O APIC, HPET, VGA memory, …). */
export const MMIO_ACCESS_NS: Nanoseconds = 500;
/** Each byte that a BitBLT engine writes: 200 MB/s. */
export const BLT_BYTE_NS: Nanoseconds = 5;
/** A printer takes a byte into its buffer; its acknowledge pulse, about as long as printers make it. */
export const PRINTER_BYTE_NS: Nanoseconds = 10_000;
export const PRINTER_ACKNOWLEDGE_NS: Nanoseconds = 10_000;
/** A hypercall, whatever it does. */
export const HYPERCALL_NS: Nanoseconds = 1000;
/** From a disk command to its first data request or interrupt. */
export const DISK_COMMAND_NS: Nanoseconds = 100_000;
/** Each sector of a disk transfer, on top of the command. */
export const DISK_SECTOR_NS: Nanoseconds = 2000;
/** A port access that Xen passes on to its device model in dom0 and waits for, on top of the access itself. */
export const DEVICE_MODEL_NS: Nanoseconds = 100_000;
/** From a diskette command to its first sector; each of its sectors; each step of the head. */
export const DISKETTE_COMMAND_NS: Nanoseconds = 100_000;
export const DISKETTE_SECTOR_NS: Nanoseconds = 20_000;
export const DISKETTE_STEP_NS: Nanoseconds = 10_000;
