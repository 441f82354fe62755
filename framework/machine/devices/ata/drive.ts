import type { Nanoseconds } from '../../../quantities/units';
import {
  DEVICE_OBSOLETE,
  STATUS_BSY,
  STATUS_DRDY,
  STATUS_DRQ,
  STATUS_DSC,
  STATUS_ERR,
  type AtaDrive,
  type AtaHost,
  type AtaTaskFile,
} from '../../bus/ata';

/** Diagnostic code "device 0 passed, device 1 passed or not present". */
const DIAGNOSTIC_PASSED = 0x01;
const ERROR_ABRT = 0x04;

/** What a drive does when its channel's timer comes: part of the state, so that a snapshot goes on in the middle of a command. */
export type DriveStep = 'none' | 'data-in' | 'data-out' | 'commit' | 'dma' | 'dma-wait' | 'dma-done' | 'complete' | 'ready' | 'packet';

/** A drive's task file and transfer in progress. */
export interface DriveState extends AtaTaskFile {
  step: DriveStep;
  buffer: Uint8Array;
  /** First sector of the block in the buffer, and sectors still to go, those of the block included. */
  lba: number;
  remaining: number;
  /** Sectors a DRQ block. */
  block: number;
  write: boolean;
  extended: boolean;
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
export abstract class Drive implements AtaDrive {
  abstract readonly state: DriveState;
  protected host!: AtaHost;

  attach(host: AtaHost): void {
    this.host = host;
  }

  abstract reset(hardware: boolean): void;
  abstract execute(command: number): void;
  abstract advance(): void;
  /** The host filled or emptied the DRQ block. */
  protected abstract blockDone(): void;
  /** A data port access begins at this position of the DRQ block. */
  protected abstract dataTouched(): void;

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
