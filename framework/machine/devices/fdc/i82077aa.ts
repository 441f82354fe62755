/**
 * The floppy disk controller: Intel 82077AA (data sheet 290166) in PC/AT mode, where status registers A and B do not answer. Not
 * modelled: SCAN commands (answered as invalid), sectors of other sizes than 512 bytes, write protection, rotation and step
 * rates (costs are declared), FIFO thresholds.
 */
import type { AccessSize, Line, PortDevice, PortRegion, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { DISKETTE_STEP_NS } from '../../clock/costs';
import { decodeCommand } from './commands';
import type { FloppyDrive } from './drive';
import * as reg from './registers';
import { dataTransfer, formatTransfer, powerOnFdc, type FdcState } from './state';
import { FdcTransfers, type FdcDma } from './transfers';

const DRIVES = 4;
const VERSION = 0x90;
/** RECALIBRATE gives up after this many steps without track 0. */
const RECALIBRATE_STEPS = 79;
const EQUIPMENT_CHECK = 0x10;

export interface I82077aaOptions {
  readonly name: string;
  /** First of the eight ports, 3F0h. The seventh belongs to a disk controller. */
  readonly base: number;
  readonly clock: Clock;
  readonly irq: Line;
  readonly dma: FdcDma;
  readonly drives: readonly (FloppyDrive | undefined)[];
  /** A sector has moved; `gpa` undefined: by the host itself. */
  readonly transferred: (write: boolean, drive: number, lba: number, gpa: number | undefined) => void;
}

export class I82077aa implements PortDevice, Stateful<FdcState>, Resettable {
  readonly name: string;
  readonly portRegions: readonly PortRegion[];
  readonly state: FdcState = powerOnFdc();
  private readonly seekTimers: readonly Timer[];
  private readonly transfers: FdcTransfers;

  constructor(private readonly options: I82077aaOptions) {
    const { name, base, clock } = options;
    this.name = name;
    this.portRegions = [
      { first: base + reg.PORT.DOR, last: base + reg.PORT.DATA, name: 'floppy disk controller' },
      { first: base + reg.PORT.DIR, last: base + reg.PORT.DIR, name: 'floppy disk controller' },
    ];
    this.seekTimers = Array.from({ length: DRIVES }, (_, drive) => clock.timer(`${name}.seek${drive}`, () => this.seekDone(drive)));
    this.transfers = new FdcTransfers(this.state, {
      ...options,
      drive: () => this.drive,
      isSpinning: () => (this.state.dor & (reg.DOR_MOTOR_0 << (this.state.dor & reg.DOR_SELECT))) !== 0,
      finish: (result) => this.results(result, true),
      interrupt: (high) => this.interrupt(high),
    });
  }

  /** The drive whose select line is active. */
  private get drive(): FloppyDrive | undefined {
    return this.options.drives[this.state.dor & reg.DOR_SELECT];
  }

  reset(): void {
    this.stop();
    Object.assign(this.state, powerOnFdc());
    this.interrupt(false);
  }

  /** A diskette has been put into a drive. */
  inserted(): void {
    this.transfers.inserted();
  }

  private stop(): void {
    for (const timer of this.seekTimers) timer.cancel();
    this.transfers.stop();
  }

  /** The DOR's or the DSR's reset bit: LOCK keeps the FIFO settings, SPECIFY's stay anyway. */
  private softReset(): void {
    this.stop();
    const { dor, tdr, rate, specify, configure, locked } = this.state;
    const [, fifo, precompensation] = configure;
    Object.assign(this.state, powerOnFdc(), { dor, tdr, rate, specify, locked });
    if (locked) this.state.configure = [0, fifo & 0x2f, precompensation];
    this.interrupt(false);
  }

  /** Out of reset: the polling finds every drive's ready line changed. */
  private leaveReset(): void {
    if (this.state.configure[1] & reg.CONFIGURE_POLLING_OFF) return;
    this.state.reports = Array.from({ length: DRIVES }, (_, drive) => reg.ST0_READY_CHANGED | drive);
    this.interrupt(true);
  }

  private interrupt(high: boolean): void {
    this.state.interrupt = high;
    this.options.irq.set(high && (this.state.dor & reg.DOR_DMA_GATE) !== 0);
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    const { state } = this;
    switch (port - this.options.base) {
      case reg.PORT.DOR:
        return state.dor;
      case reg.PORT.TDR:
        return state.tdr;
      case reg.PORT.MSR:
        return this.mainStatus();
      case reg.PORT.DATA:
        return this.readData();
      case reg.PORT.DIR: // an empty position has no one to pull the line
        return this.drive?.state.changed === true && this.transfers.isSpinning ? reg.DIR_DISK_CHANGED : 0;
      default:
        return undefined;
    }
  }

  private mainStatus(): number {
    const { dor, phase, command, hostTurn, seeking, transfer } = this.state;
    if (!(dor & reg.DOR_NOT_RESET)) return 0;
    switch (phase) {
      case 'command':
        return reg.MSR_READY | (command.length > 0 ? reg.MSR_COMMAND_BUSY : 0) | seeking;
      case 'result':
        return reg.MSR_READY | reg.MSR_TO_HOST | reg.MSR_COMMAND_BUSY | seeking;
      default:
        if (!hostTurn) return reg.MSR_COMMAND_BUSY | seeking;
        return reg.MSR_READY | reg.MSR_NON_DMA | reg.MSR_COMMAND_BUSY | (transfer?.kind === 'read' ? reg.MSR_TO_HOST : 0);
    }
  }

  private readData(): number {
    const { state } = this;
    if (state.hostTurn) return this.transfers.hostRead();
    if (state.phase !== 'result') return 0;
    // A report of a seek keeps the line high until it is fetched itself.
    this.interrupt(state.reports.some((report) => report < reg.ST0_READY_CHANGED));
    const byte = state.result.shift() ?? 0;
    if (state.result.length === 0) state.phase = 'command';
    return byte;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    switch (port - this.options.base) {
      case reg.PORT.DOR:
        this.writeDor(value);
        return true;
      case reg.PORT.TDR:
        this.state.tdr = value & 3;
        return true;
      case reg.PORT.MSR: // data rate select register
        this.state.rate = value & reg.DSR_RATE;
        if (value & reg.DSR_RESET && this.state.dor & reg.DOR_NOT_RESET) {
          this.softReset();
          this.leaveReset();
        }
        return true;
      case reg.PORT.DATA:
        this.writeData(value);
        return true;
      case reg.PORT.DIR: // configuration control register
        this.state.rate = value & reg.DSR_RATE;
        return true;
      default:
        return false;
    }
  }

  private writeDor(value: number): void {
    const { state } = this;
    const wasRunning = state.dor & reg.DOR_NOT_RESET;
    state.dor = value;
    if (wasRunning && !(value & reg.DOR_NOT_RESET)) this.softReset();
    else if (!wasRunning && value & reg.DOR_NOT_RESET) this.leaveReset();
    else this.interrupt(state.interrupt);
  }

  private writeData(value: number): void {
    const { state } = this;
    if (!(state.dor & reg.DOR_NOT_RESET)) return;
    if (state.hostTurn) return this.transfers.hostWrite(value);
    if (state.phase !== 'command') return;
    state.command.push(value);
    if (state.command.length > decodeCommand(state.command[0]!).parameters) this.execute(state.command.splice(0));
  }

  private results(bytes: readonly number[], interrupt: boolean): void {
    Object.assign(this.state, { phase: 'result', result: [...bytes], hostTurn: false, transfer: undefined });
    if (interrupt) this.interrupt(true);
  }

  private execute(command: readonly number[]): void {
    const { state, transfers } = this;
    const [code = 0, first = 0, second = 0, third = 0] = command;
    const { name } = decodeCommand(code);
    switch (name) {
      case 'read':
      case 'read-deleted':
      case 'read-track':
        return transfers.begin(dataTransfer(command, 'read', name === 'read-deleted'));
      case 'write':
      case 'write-deleted':
        return transfers.begin(dataTransfer(command, 'write', name === 'write-deleted'));
      case 'verify':
        return transfers.begin(dataTransfer(command, 'verify', false));
      case 'format':
        return transfers.begin(formatTransfer(command));
      case 'read-id':
        return transfers.readId(first);
      case 'recalibrate':
        return this.seek(first & reg.SELECT_DRIVE, 0, true);
      case 'seek':
        return this.seek(first & reg.SELECT_DRIVE, second, false);
      case 'relative-seek': {
        const drive = first & reg.SELECT_DRIVE;
        return this.seek(drive, (state.presentCylinder[drive]! + (code & 0x40 ? second : -second)) & 0xff, false);
      }
      case 'sense-interrupt':
        return this.senseInterrupt();
      case 'sense-drive':
        return this.senseDrive(first);
      case 'specify':
        state.specify = [first, second];
        return;
      case 'configure':
        state.configure = [first, second, third];
        return;
      case 'perpendicular':
        state.perpendicular = first & 0x3f;
        return;
      case 'lock':
        state.locked = (code & 0x80) !== 0;
        return this.results([state.locked ? 0x10 : 0], false);
      case 'version':
        return this.results([VERSION], false);
      case 'dump-registers':
        return this.dump();
      default:
        return this.results([reg.ST0_INVALID], false);
    }
  }

  private dump(): void {
    const { presentCylinder, specify, configure, perpendicular, locked, eot } = this.state;
    const gaps = (locked ? 0x80 : 0) | perpendicular;
    this.results([...presentCylinder, ...specify, eot, gaps, configure[1], configure[2]], false);
  }

  private seek(drive: number, target: number, recalibrate: boolean): void {
    const { state } = this;
    const bit = 1 << drive;
    state.seeking |= bit;
    state.recalibrating = recalibrate ? state.recalibrating | bit : state.recalibrating & ~bit;
    state.seekTarget[drive] = target;
    const steps = recalibrate ? (this.drive?.state.track ?? RECALIBRATE_STEPS) : Math.abs(target - state.presentCylinder[drive]!);
    this.seekTimers[drive]!.arm(this.options.clock.nowNs() + (steps + 1) * DISKETTE_STEP_NS);
  }

  private seekDone(index: number): void {
    const { state, drive } = this;
    const bit = 1 << index;
    const isRecalibrate = (state.recalibrating & bit) !== 0;
    const target = state.seekTarget[index]!;
    drive?.step(isRecalibrate ? -RECALIBRATE_STEPS : target - state.presentCylinder[index]!);
    state.seeking &= ~bit;
    state.presentCylinder[index] = target;
    const failed = isRecalibrate && drive?.state.track !== 0;
    state.reports.push(reg.ST0_SEEK_END | index | (failed ? reg.ST0_ABNORMAL | EQUIPMENT_CHECK : 0));
    this.interrupt(true);
  }

  private senseInterrupt(): void {
    const { state } = this;
    const report = state.reports.shift();
    if (report === undefined) return this.results([reg.ST0_INVALID], false);
    this.interrupt(state.reports.some((other) => other < reg.ST0_READY_CHANGED));
    this.results([report, state.presentCylinder[report & reg.SELECT_DRIVE]!], false);
  }

  private senseDrive(select: number): void {
    const track0 = this.drive?.state.track === 0 ? reg.ST3_TRACK_0 : 0;
    const position = select & (reg.SELECT_HEAD | reg.SELECT_DRIVE);
    this.results([reg.ST3_ALWAYS | reg.ST3_TWO_SIDES | track0 | position], false);
  }
}
