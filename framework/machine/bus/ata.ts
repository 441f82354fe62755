/**
 * What an ATA or ATAPI drive and its host adapter, an IDE channel or an AHCI port, have between them: task file, data, interrupt.
 * ATA/ATAPI-7 volume 1, chapter 5.
 */
import type { Nanoseconds } from '../../quantities/units';

/** Task file and transfer in progress. Registers of 16 bits hold the previous write in their high byte (48-bit commands). */
export interface AtaTaskFile {
  status: number;
  error: number;
  features: number;
  count: number;
  lbaLow: number;
  lbaMid: number;
  lbaHigh: number;
  device: number;
  command: number;
  /** Interrupt pending: INTRQ, if the drive is selected and nIEN is clear. */
  interrupt: boolean;
  /** Next byte of the DRQ block at the data port, and the block's end. */
  position: number;
  end: number;
}

/** The adapter's DMA as a drive uses it. */
export interface AtaDma {
  /** Started, in the direction of the drive's transfer (`toMemory`: a read). */
  ready(toMemory: boolean): boolean;
  /** Scatters bytes to memory; gives the destination of every 512 bytes. undefined: the PRD table was too short. */
  toMemory(bytes: Uint8Array): number[] | undefined;
  /** Gathers bytes from memory, with the source of every 512 bytes. */
  fromMemory(length: number): { readonly bytes: Uint8Array; readonly gpas: number[] } | undefined;
}

/** What the adapter does for its drives. */
export interface AtaHost {
  /** The drive's next step is due after this time. */
  schedule(ns: Nanoseconds): void;
  /** The drive's `interrupt` changed. */
  interruptChanged(): void;
  readonly dma: AtaDma;
  /** A sector, or a run of them, moved between disk and guest. */
  transferred(write: boolean, lba: number, count: number, gpa: number): void;
  /** Destination (or source) of the data port access under way, when known. */
  dataTarget(): number | undefined;
}

export interface AtaDrive {
  readonly state: AtaTaskFile;
  attach(host: AtaHost): void;
  /** Power-on, hardware or software reset: signature in the task file. */
  reset(hardware: boolean): void;
  /** A command was written to the selected drive (EXECUTE DEVICE DIAGNOSTIC is the channel's). */
  execute(command: number): void;
  /** The scheduled step is due. */
  advance(): void;
  /** The bus master was started: a drive that waits for it goes on. */
  dmaStarted(): void;
  /** The data port, 1, 2 or 4 bytes of the DRQ block. */
  readData(size: number): number;
  writeData(size: number, value: number): void;
}

export const STATUS_BSY = 0x80;
export const STATUS_DRDY = 0x40;
/** Seek complete; a service bit in later standards. */
export const STATUS_DSC = 0x10;
export const STATUS_DRQ = 0x08;
export const STATUS_ERR = 0x01;

export const CONTROL_SRST = 0x04;

/** Bits 7 and 5 of the device register, which old software expects set. */
export const DEVICE_OBSOLETE = 0xa0;

export const COMMAND_DEVICE_RESET = 0x08;
export const COMMAND_PACKET = 0xa0;
/** Interrupt reason of PACKET: the drive asks for the command packet. */
export const REASON_COMMAND = 0x01;
