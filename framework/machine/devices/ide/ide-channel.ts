/**
 * One IDE channel: command block, control block and two drives (ATA/ATAPI-7 volume 1, chapters 5 and 9; volume 2 for the bus).
 * An absent drive, or an empty channel, reads 00h: no BSY, no DRDY.
 */
import { UNKNOWN_GPA } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import {
  COMMAND_DEVICE_RESET,
  CONTROL_SRST,
  DEVICE_OBSOLETE,
  STATUS_BSY,
  STATUS_DRQ,
  type AtaDma,
  type AtaDrive,
  type AtaTaskFile,
} from '../../bus/ata';
import type { AccessSize, Bus, Line, PortDevice, PortRegion, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { CONTROL_HOB, CONTROL_NIEN, DEVICE_DEV, REGISTER } from './registers';

const EXECUTE_DEVICE_DIAGNOSTIC = 0x90;

type DriveSlots = readonly [AtaDrive | undefined, AtaDrive | undefined];
type DriveStates = readonly [AtaTaskFile | undefined, AtaTaskFile | undefined];

interface ChannelState {
  selected: 0 | 1;
  control: number;
  /** Drives taken away from a running guest; they are back after a reset. */
  unplugged: [boolean, boolean];
  drives: DriveStates;
}

export interface IdeChannelOptions {
  readonly name: string;
  /** Command block (8 ports) and device control / alternate status port. */
  readonly commandBase: number;
  readonly controlPort: number;
  readonly drives: DriveSlots;
  /** Trace names of the drives. */
  readonly disks: readonly [string, string];
  readonly irq: Line;
  readonly clock: Clock;
  readonly bus: Bus;
  readonly trace: TraceSink;
  readonly busMaster: AtaDma & { onStart(started: () => void): void; deviceInterrupt(): void };
}

export class IdeChannel implements PortDevice, Stateful<ChannelState>, Resettable {
  readonly name: string;
  readonly state: ChannelState;
  readonly portRegions: readonly PortRegion[];
  private readonly timers: readonly Timer[];
  private interruptLevel = false;

  constructor(private readonly options: IdeChannelOptions) {
    this.name = options.name;
    const { commandBase, controlPort, drives } = options;
    this.portRegions = [
      { first: commandBase, last: commandBase + 7, name: `${options.name} command block` },
      { first: controlPort, last: controlPort, name: `${options.name} control block` },
    ];
    this.state = { selected: 0, control: 0, unplugged: [false, false], drives: [drives[0]?.state, drives[1]?.state] };
    this.timers = drives.map((_, index) => options.clock.timer(`${options.name}.${index}`, () => drives[index]?.advance()));
    options.busMaster.onStart(() => {
      for (const drive of drives) drive?.dmaStarted();
    });
    for (const [index, drive] of drives.entries()) this.attach(index, drive);
  }

  private attach(index: number, drive: AtaDrive | undefined): void {
    const { clock, bus, trace, busMaster, disks, name } = this.options;
    drive?.attach({
      schedule: (ns) => this.timers[index]!.arm(clock.nowNs() + ns),
      interruptChanged: () => this.driveInterrupt(),
      dma: busMaster,
      dataTarget: () => bus.stringTarget,
      transferred: (write, lba, count, gpa) => {
        const kind = write ? 'disk-write' : 'disk-read';
        if (trace.wants(kind)) trace.record(kind, disks[index]!, lba, count, gpa < 0 ? UNKNOWN_GPA : gpa, name);
      },
    });
  }

  /** A restore replaced the drives' states by copies: give their contents back to the drives, which hold the originals. */
  restored(): void {
    for (const [index, drive] of this.options.drives.entries()) {
      const saved = this.state.drives[index];
      if (drive && saved) Object.assign(drive.state, saved);
    }
    this.state.drives = [this.options.drives[0]?.state, this.options.drives[1]?.state];
    this.interruptLevel = this.intrq();
  }

  reset(): void {
    Object.assign(this.state, { selected: 0, control: 0, unplugged: [false, false] });
    this.resetDrives(true);
  }

  private resetDrives(hardware: boolean): void {
    for (const timer of this.timers) timer.cancel();
    for (const drive of this.options.drives) drive?.reset(hardware);
    this.state.selected = 0;
    this.driveInterrupt();
  }

  private get drive(): AtaDrive | undefined {
    const { selected, unplugged } = this.state;
    return unplugged[selected] ? undefined : this.options.drives[selected];
  }

  /** Takes a drive away, as QEMU does when a guest's own drivers ask for it. */
  unplug(slot: 0 | 1): void {
    this.timers[slot]?.cancel();
    this.state.unplugged[slot] = true;
    this.driveInterrupt();
  }

  private intrq(): boolean {
    return !(this.state.control & CONTROL_NIEN) && (this.drive?.state.interrupt ?? false);
  }

  private driveInterrupt(): void {
    const level = this.intrq();
    if (level === this.interruptLevel) return;
    this.interruptLevel = level;
    if (level) this.options.busMaster.deviceInterrupt();
    this.options.irq.set(level);
  }

  readPort(port: number, size: AccessSize): number | undefined {
    const { drive } = this;
    if (port === this.options.controlPort) return size === 1 ? (drive ? this.status(drive) : 0) : undefined;
    const register = port - this.options.commandBase;
    if (register === REGISTER.DATA && size !== 1) return drive ? drive.readData(size) : 0;
    if (size !== 1) return undefined;
    if (!drive) return 0;
    if (register === REGISTER.COMMAND) {
      const status = this.status(drive);
      drive.state.interrupt = false;
      this.driveInterrupt();
      return status;
    }
    return this.readRegister(drive, register);
  }

  private status(drive: AtaDrive): number {
    return this.state.control & CONTROL_SRST ? STATUS_BSY : drive.state.status;
  }

  private readRegister({ state }: AtaDrive, register: number): number {
    const shift = this.state.control & CONTROL_HOB ? 8 : 0;
    switch (register) {
      case REGISTER.DATA:
        return 0;
      case REGISTER.FEATURES: // reads as the error register
        return state.error;
      case REGISTER.COUNT:
        return (state.count >> shift) & 0xff;
      case REGISTER.LBA_LOW:
        return (state.lbaLow >> shift) & 0xff;
      case REGISTER.LBA_MID:
        return (state.lbaMid >> shift) & 0xff;
      case REGISTER.LBA_HIGH:
        return (state.lbaHigh >> shift) & 0xff;
      default:
        return (state.device & ~DEVICE_DEV) | DEVICE_OBSOLETE | (this.state.selected ? DEVICE_DEV : 0);
    }
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (port === this.options.controlPort) {
      if (size !== 1) return false;
      this.writeControl(value);
      return true;
    }
    const register = port - this.options.commandBase;
    if (register === REGISTER.DATA && size !== 1) {
      this.drive?.writeData(size, value);
      return true;
    }
    if (size !== 1) return false;
    this.state.control &= ~CONTROL_HOB;
    if (register === REGISTER.COMMAND) this.writeCommand(value);
    else this.writeRegister(register, value);
    return true;
  }

  private writeControl(value: number): void {
    const before = this.state.control;
    this.state.control = value & (CONTROL_NIEN | CONTROL_SRST | CONTROL_HOB);
    if (before & CONTROL_SRST && !(value & CONTROL_SRST)) this.resetDrives(false);
    else if (value & CONTROL_SRST) for (const timer of this.timers) timer.cancel();
    this.driveInterrupt();
  }

  /** Both drives latch every register; only the selected one acts on a command. */
  private writeRegister(register: number, value: number): void {
    for (const drive of this.options.drives) {
      if (!drive || drive.state.status & (STATUS_BSY | STATUS_DRQ)) continue;
      const { state } = drive;
      if (register === REGISTER.FEATURES) state.features = ((state.features & 0xff) << 8) | value;
      else if (register === REGISTER.COUNT) state.count = ((state.count & 0xff) << 8) | value;
      else if (register === REGISTER.LBA_LOW) state.lbaLow = ((state.lbaLow & 0xff) << 8) | value;
      else if (register === REGISTER.LBA_MID) state.lbaMid = ((state.lbaMid & 0xff) << 8) | value;
      else if (register === REGISTER.LBA_HIGH) state.lbaHigh = ((state.lbaHigh & 0xff) << 8) | value;
      else if (register === REGISTER.DEVICE) state.device = value;
    }
    if (register !== REGISTER.DEVICE) return;
    this.state.selected = value & DEVICE_DEV ? 1 : 0;
    this.driveInterrupt();
  }

  private writeCommand(command: number): void {
    if (command === EXECUTE_DEVICE_DIAGNOSTIC) return this.diagnostic();
    const { drive } = this;
    if (!drive || (drive.state.status & (STATUS_BSY | STATUS_DRQ) && command !== COMMAND_DEVICE_RESET)) return;
    drive.state.interrupt = false;
    this.driveInterrupt();
    drive.execute(command);
  }

  private diagnostic(): void {
    this.resetDrives(false);
    const master = this.options.drives[0];
    if (!master) return;
    master.state.interrupt = true;
    this.driveInterrupt();
  }
}
