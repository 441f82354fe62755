import type { Nanoseconds } from '../../../quantities/units';

/** Task file and progress of a drive, as the port sees them. */
export interface AhciDriveState {
  status: number;
  error: number;
  features: number;
  count: number;
  lbaLow: number;
  lbaMid: number;
  lbaHigh: number;
  device: number;
  command: number;
  interrupt: boolean;
  /** Next byte of the DRQ block, and its end. */
  position: number;
  end: number;
}

/** What a port does for its drive. */
export interface AhciDriveHost {
  schedule(ns: Nanoseconds): void;
  interruptChanged(): void;
  readonly dma: {
    ready(toMemory: boolean): boolean;
    /** Gives the destination of every 512 bytes; undefined: the PRD table was too short. */
    toMemory(bytes: Uint8Array): number[] | undefined;
    fromMemory(length: number): { readonly bytes: Uint8Array; readonly gpas: number[] } | undefined;
  };
  transferred(write: boolean, lba: number, count: number, gpa: number): void;
  dataTarget(): number | undefined;
}

/** A drive behind a port: any that takes ATA commands through a task file. */
export interface AhciDrive {
  readonly state: AhciDriveState;
  attach(host: AhciDriveHost): void;
  reset(hardware: boolean): void;
  execute(command: number): void;
  advance(): void;
  /** The data port, 1, 2 or 4 bytes of the DRQ block. */
  readData(size: number): number;
  writeData(size: number, value: number): void;
}

export const STATUS_BSY = 0x80;
export const STATUS_DRQ = 0x08;
export const STATUS_ERR = 0x01;
export const COMMAND_PACKET = 0xa0;
export const COMMAND_DEVICE_RESET = 0x08;
export const CONTROL_SRST = 0x04;
/** Interrupt reason of PACKET: the drive asks for the command packet. */
export const REASON_COMMAND = 0x01;
