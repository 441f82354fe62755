import { SECTOR_BYTES } from '../../../quantities/units';
import type { Line } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { DISKETTE_COMMAND_NS, DISKETTE_SECTOR_NS, DISKETTE_STEP_NS } from '../../clock/costs';
import type { FloppyDrive, TurningDiskette } from './drive';
import * as reg from './registers';
import { isPlainSector, nextAddress, type FdcState, type FdcTransfer } from './state';

const NON_DMA = 1;
const ADDRESS_BYTES = 4;
const NO_ERROR = 0;

/** The DMA channel as the controller uses it. */
export interface FdcDma {
  readonly request: Line;
  /** Moves bytes in the direction that the channel is set to; where they went to or came from, when memory was touched. */
  transfer(bytes: Uint8Array): { readonly moved: number; readonly terminalCount: boolean; readonly gpa: number | undefined };
}

interface TransferHost {
  readonly name: string;
  readonly clock: Clock;
  readonly dma: FdcDma;
  readonly transferred: (write: boolean, drive: number, lba: number, gpa: number | undefined) => void;
  drive(): FloppyDrive | undefined;
  isSpinning(): boolean;
  finish(result: readonly number[]): void;
  interrupt(high: boolean): void;
}

/** The execution phase of the commands that read or write the diskette, a sector at a time. */
export class FdcTransfers {
  private readonly timer: Timer;

  constructor(
    private readonly state: FdcState,
    private readonly host: TransferHost,
  ) {
    this.timer = host.clock.timer(`${host.name}.sector`, () => this.sector());
  }

  get isSpinning(): boolean {
    return this.host.isSpinning();
  }

  stop(): void {
    this.timer.cancel();
    this.comeBack(this.state.transfer);
    this.state.transfer = undefined;
    this.state.hostTurn = false;
    this.host.dma.request.set(false);
  }

  /** A command without a turning diskette waits for index pulses until it is reset. */
  begin(transfer: FdcTransfer): void {
    Object.assign(this.state, { phase: 'execution', transfer, eot: transfer.eot });
    const drive = this.host.drive();
    if (!drive || !this.turning()) return;
    this.wait(DISKETTE_COMMAND_NS + this.impliedSeek(transfer, drive));
  }

  /** A diskette has come into the drive: a command that waits for index pulses gets them. */
  inserted(): void {
    const { phase, transfer, hostTurn } = this.state;
    if (phase === 'execution' && transfer && !hostTurn && this.timer.deadlineNs === Infinity && this.turning())
      this.wait(DISKETTE_COMMAND_NS);
  }

  private turning(): TurningDiskette | undefined {
    return this.host.isSpinning() ? this.host.drive()?.diskette : undefined;
  }

  private impliedSeek(transfer: FdcTransfer, drive: FloppyDrive): number {
    const { state } = this;
    if (!(state.configure[1] & reg.CONFIGURE_IMPLIED_SEEK) || transfer.kind === 'format') return 0;
    const steps = transfer.c - state.presentCylinder[transfer.drive]!;
    if (steps !== 0) drive.step(steps);
    state.presentCylinder[transfer.drive] = transfer.c;
    return Math.abs(steps) * DISKETTE_STEP_NS;
  }

  private wait(ns: number): void {
    this.timer.arm(this.host.clock.nowNs() + ns);
  }

  /** READ ID: the next address mark that passes. Which one that is follows from the time. */
  readId(select: number): void {
    const head = (select & reg.SELECT_HEAD) >> 2;
    const transfer: FdcTransfer = {
      ...{ kind: 'verify', deleted: false, skip: false, multiTrack: false, wholeTrack: true, drive: select & reg.SELECT_DRIVE },
      ...{ head, c: -1, h: head, r: 0, n: 2, eot: 0, left: 1, filler: 0, buffer: new Uint8Array(0) },
      ...{ position: 0, lba: 0, st2: 0, followed: 0, terminal: false },
    };
    Object.assign(this.state, { phase: 'execution', transfer });
    if (this.turning()) this.wait(DISKETTE_COMMAND_NS);
  }

  /** A sector's time has come. */
  private sector(): void {
    const { transfer } = this.state;
    const drive = this.host.drive();
    const diskette = this.turning();
    if (!transfer || !drive || !diskette) return;
    const { format, rate, cylinder } = diskette;
    if (rate !== this.state.rate || transfer.head >= format.heads || cylinder >= format.cylinders) {
      return this.finish(transfer, reg.ST1_MISSING_ADDRESS);
    }
    if (transfer.c < 0) return this.passingId(transfer, diskette);
    if (transfer.kind === 'format') return this.exchange(transfer, ADDRESS_BYTES);
    const lba = this.find(transfer, drive, cylinder);
    if (lba === undefined) return this.finish(transfer, reg.ST1_NO_DATA);
    transfer.lba = lba;
    if (transfer.kind === 'write') return this.exchange(transfer, SECTOR_BYTES);
    if (drive.isDeleted(lba) !== transfer.deleted) {
      transfer.st2 |= reg.ST2_CONTROL_MARK;
      if (transfer.skip) return this.advance(transfer);
    }
    if (transfer.kind === 'verify') return this.advance(transfer);
    this.exchange(transfer, SECTOR_BYTES, drive.read(lba));
  }

  private passingId(transfer: FdcTransfer, { format, cylinder }: TurningDiskette): void {
    const turn = Math.floor(this.host.clock.nowNs() / DISKETTE_SECTOR_NS);
    Object.assign(transfer, { c: cylinder, r: (turn % format.sectorsPerTrack) + 1 });
    this.finish(transfer, NO_ERROR);
  }

  /** The sector that the host asks for, under the head it asks with. */
  private find(transfer: FdcTransfer, drive: FloppyDrive, cylinder: number): number | undefined {
    if (!isPlainSector(transfer.n)) return undefined;
    if (transfer.c !== cylinder && !transfer.wholeTrack) {
      transfer.st2 |= reg.ST2_WRONG_CYLINDER;
      return undefined;
    }
    return transfer.h === transfer.head || transfer.wholeTrack ? drive.lba(transfer.head, transfer.r) : undefined;
  }

  /** Moves a sector or an address between host and controller: by DMA at once, else when the host gets to it. */
  private exchange(transfer: FdcTransfer, length: number, bytes: Uint8Array = new Uint8Array(length)): void {
    const { state, host } = this;
    Object.assign(transfer, { buffer: bytes, position: 0 });
    if (state.specify[1] & NON_DMA) {
      state.hostTurn = true;
      host.interrupt(true);
      return;
    }
    host.dma.request.set(true);
    const isGated = (state.dor & reg.DOR_DMA_GATE) === 0;
    const { moved, terminalCount, gpa } = isGated ? { moved: 0, terminalCount: false, gpa: undefined } : host.dma.transfer(bytes);
    host.dma.request.set(false);
    if (moved === 0) return this.finish(transfer, reg.ST1_OVERRUN);
    transfer.terminal = terminalCount;
    this.exchanged(transfer, gpa);
  }

  hostRead(): number {
    const { transfer } = this.state;
    if (transfer?.kind !== 'read') return 0;
    const byte = transfer.buffer[transfer.position++] ?? 0;
    this.hostMoved(transfer);
    return byte;
  }

  hostWrite(value: number): void {
    const { transfer } = this.state;
    if (!transfer || transfer.kind === 'read') return;
    transfer.buffer[transfer.position++] = value;
    this.hostMoved(transfer);
  }

  private hostMoved(transfer: FdcTransfer): void {
    if (transfer.position < transfer.buffer.length) return;
    this.state.hostTurn = false;
    this.host.interrupt(false);
    this.exchanged(transfer, undefined);
  }

  private exchanged(transfer: FdcTransfer, gpa: number | undefined): void {
    const drive = this.host.drive();
    if (transfer.kind === 'format') return this.format(transfer, drive);
    if (transfer.kind === 'write') drive?.write(transfer.lba, transfer.buffer, transfer.deleted);
    this.host.transferred(transfer.kind === 'write', this.state.dor & reg.DOR_SELECT, transfer.lba, gpa);
    this.advance(transfer);
  }

  /** An address of the new track has come; its sector is filled. */
  private format(transfer: FdcTransfer, drive: FloppyDrive | undefined): void {
    const [c = 0, h = 0, r = 0, n = 0] = transfer.buffer;
    Object.assign(transfer, { c, h, r });
    const lba = isPlainSector(n) && c === drive?.diskette?.cylinder ? drive.lba(transfer.head, r) : undefined;
    if (lba !== undefined) {
      drive?.write(lba, new Uint8Array(SECTOR_BYTES).fill(transfer.filler), false);
      this.host.transferred(true, this.state.dor & reg.DOR_SELECT, lba, undefined);
    }
    transfer.left--;
    if (transfer.left <= 0 || transfer.terminal) return this.finish(transfer, NO_ERROR);
    this.wait(DISKETTE_SECTOR_NS);
  }

  private advance(transfer: FdcTransfer): void {
    const isMarked = (transfer.st2 & reg.ST2_CONTROL_MARK) !== 0 && !transfer.skip;
    const drive = this.host.drive();
    const cylinder = transfer.c;
    const isAtEnd = nextAddress(transfer, drive?.diskette?.format.sectorsPerTrack ?? transfer.eot);
    transfer.left--;
    if (transfer.terminal || isMarked || transfer.left <= 0) return this.finish(transfer, NO_ERROR);
    if (isAtEnd) return this.finish(transfer, transfer.kind === 'verify' ? NO_ERROR : reg.ST1_END_OF_CYLINDER);
    this.wait(DISKETTE_SECTOR_NS + (transfer.c === cylinder ? 0 : this.follow(transfer)));
  }

  /** The head moves on with a transfer that has left its cylinder; the time that takes. */
  private follow(transfer: FdcTransfer): number {
    const drive = this.host.drive();
    const tracks = drive?.diskette?.tracksPerCylinder ?? 1;
    drive?.step(tracks);
    transfer.followed += tracks;
    return DISKETTE_STEP_NS;
  }

  /** The host knows of no step: its next command finds the head where it sent it. */
  private comeBack(transfer: FdcTransfer | undefined): void {
    if (!transfer?.followed) return;
    this.host.drive()?.step(-transfer.followed);
    transfer.followed = 0;
  }

  private finish(transfer: FdcTransfer, st1: number): void {
    const { drive, head, st2, c, h, r, n } = transfer;
    this.comeBack(transfer);
    const st0 = (st1 === NO_ERROR ? 0 : reg.ST0_ABNORMAL) | (head << 2) | drive;
    this.host.finish([st0, st1, st2, c & 0xff, h, r, n]);
  }
}
