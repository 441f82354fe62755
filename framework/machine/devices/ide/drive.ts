import type { Nanoseconds } from '../../../quantities/units';
import { DEVICE_OBSOLETE, DIAGNOSTIC_PASSED, ERROR_ABRT, STATUS_BSY, STATUS_DRDY, STATUS_DRQ, STATUS_DSC, STATUS_ERR } from './registers';

/** What a drive does when its channel's timer comes: part of the state, so that a snapshot goes on in the middle of a command. */
export type DriveStep = 'none' | 'data-in' | 'data-out' | 'commit' | 'dma' | 'dma-wait' | 'dma-done' | 'complete' | 'ready' | 'packet';

/** A drive's task file and transfer in progress. Registers of 16 bits hold the previous write in their high byte (48-bit commands). */
export interface DriveState {
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
  step: DriveStep;
  buffer: Uint8Array;
  /** Next byte of the buffer at the data port; the transfer block ends at `end`. */
  position: number;
  end: number;
  /** First sector of the block in the buffer, and sectors still to go, those of the block included. */
  lba: number;
  remaining: number;
  /** Sectors a DRQ block. */
  block: number;
  write: boolean;
  extended: boolean;
}

/** A bus-master channel as a drive uses it. */
export interface DriveDma {
  /** Bus master started, in the direction of the drive's transfer (`toMemory`: a read). */
  ready(toMemory: boolean): boolean;
  /** Scatters bytes to memory; gives the destination of every 512 bytes. undefined: the PRD table was too short. */
  toMemory(bytes: Uint8Array): number[] | undefined;
  /** Gathers bytes from memory, with the source of every 512 bytes. */
  fromMemory(length: number): { readonly bytes: Uint8Array; readonly gpas: number[] } | undefined;
}

/** What the channel does for its drives. */
export interface DriveHost {
  /** The drive's `step` is due after this time. */
  schedule(ns: Nanoseconds): void;
  /** The drive's `interrupt` changed. */
  interruptChanged(): void;
  readonly dma: DriveDma;
  /** A sector, or a run of them, moved between disk and guest. */
  transferred(write: boolean, lba: number, count: number, gpa: number): void;
  /** Destination (or source) of the data port access under way, when known. */
  dataTarget(): number | undefined;
}

export function powerOnDrive(): DriveState {
  return {
    status: STATUS_DRDY | STATUS_DSC,
    error: DIAGNOSTIC_PASSED,
    features: 0,
    count: 1,
    lbaLow: 1,
    lbaMid: 0,
    lbaHigh: 0,
    device: DEVICE_OBSOLETE,
    command: 0,
    interrupt: false,
    step: 'none',
    buffer: new Uint8Array(0),
    position: 0,
    end: 0,
    lba: 0,
    remaining: 0,
    block: 1,
    write: false,
    extended: false,
  };
}

/** The common part of ATA and ATAPI drives: status, interrupts, the data port. */
export abstract class Drive {
  abstract readonly state: DriveState;
  protected host!: DriveHost;

  attach(host: DriveHost): void {
    this.host = host;
  }

  /** Power-on, hardware or software reset: signature in the task file. */
  abstract reset(hardware: boolean): void;
  /** A command was written to the selected drive (EXECUTE DEVICE DIAGNOSTIC is the channel's). */
  abstract execute(command: number): void;
  /** The scheduled step is due. */
  abstract advance(): void;
  /** The host filled or emptied the DRQ block. */
  protected abstract blockDone(): void;
  /** A data port access begins at this position of the DRQ block. */
  protected abstract dataTouched(): void;

  /** The bus master was started: a drive that waits for it goes on. */
  dmaStarted(): void {
    if (this.state.step === 'dma-wait') this.advance();
  }

  protected begin(step: DriveStep, ns: Nanoseconds): void {
    this.state.status = STATUS_BSY;
    this.state.step = step;
    this.host.schedule(ns);
  }

  /** As `begin`, for what the drive answers from its own memory: the host never sees it busy. */
  protected beginNow(step: DriveStep): void {
    this.state.step = step;
    this.advance();
  }

  protected raise(): void {
    this.state.interrupt = true;
    this.host.interruptChanged();
  }

  protected complete(status = STATUS_DRDY | STATUS_DSC): void {
    Object.assign(this.state, { status, step: 'none', position: 0, end: 0, remaining: 0 });
    this.raise();
  }

  protected fail(error = ERROR_ABRT): void {
    this.state.error = error;
    this.complete(STATUS_DRDY | STATUS_DSC | STATUS_ERR);
  }

  protected offer(bytes: Uint8Array, interrupt: boolean): void {
    Object.assign(this.state, {
      buffer: bytes,
      position: 0,
      end: bytes.length,
      step: 'none',
      status: STATUS_DRDY | STATUS_DSC | STATUS_DRQ,
    });
    if (interrupt) this.raise();
  }

  readData(size: number): number {
    const { state } = this;
    if (!(state.status & STATUS_DRQ)) return 0;
    this.dataTouched();
    let value = 0;
    for (let i = 0; i < size; i++) value += (state.buffer[state.position + i] ?? 0) * 2 ** (8 * i);
    this.moved(size);
    return value;
  }

  writeData(size: number, value: number): void {
    const { state } = this;
    if (!(state.status & STATUS_DRQ)) return;
    this.dataTouched();
    for (let i = 0; i < size && state.position + i < state.end; i++) state.buffer[state.position + i] = (value >>> (8 * i)) & 0xff;
    this.moved(size);
  }

  private moved(size: number): void {
    this.state.position += size;
    if (this.state.position >= this.state.end) this.blockDone();
  }
}
