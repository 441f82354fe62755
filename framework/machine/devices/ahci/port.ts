/**
 * One port of an AHCI controller (AHCI 1.3.1, 3.3 and 5.3): registers, command list, received FIS area, and the commands of its drive.
 * One command is under way at a time. Not modelled: native command queuing, port multipliers, power management of the link.
 */
import {
  COMMAND_DEVICE_RESET,
  COMMAND_PACKET,
  CONTROL_SRST,
  REASON_COMMAND,
  STATUS_BSY,
  STATUS_DRQ,
  STATUS_ERR,
  type AtaDrive,
  type AtaTaskFile,
} from '../../bus/ata';
import type { DmaMemory } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { loadTaskFile, pioSetupFis, registerFis, signature } from './fis';
import { PortRegisters, powerOnRegisters, type PortRegisterState } from './port-registers';
import { addresses, gather, scatter } from './prdt';
import * as R from './registers';

export interface AhciPortState {
  registers: PortRegisterState;
  /** Slot of the command under way, -1: none; its header, table, and how many bytes have moved. */
  slot: number;
  header: number;
  table: number;
  moved: number;
  /** A failed command stops the list until ST is cleared. */
  stopped: boolean;
  /** SRST of the last control FIS. */
  softReset: boolean;
  /** The device's first register FIS waits for FRE. */
  fisWaits: boolean;
  drive: AtaTaskFile | undefined;
}

export interface AhciPortOptions {
  readonly name: string;
  readonly memory: DmaMemory;
  readonly clock: Clock;
  readonly drive: AtaDrive | undefined;
  /** PxIS or PxIE changed. */
  readonly interruptChanged: () => void;
  readonly transferred: (write: boolean, lba: number, count: number, gpa: number) => void;
}

export class AhciPort {
  readonly state: AhciPortState;
  readonly registers: PortRegisters;
  private readonly timer: Timer;
  /** Memory address of the data port access under way. */
  private target: number | undefined;

  constructor(private readonly options: AhciPortOptions) {
    const { drive, clock, name } = options;
    this.state = {
      registers: powerOnRegisters(),
      slot: -1,
      header: 0,
      table: 0,
      moved: 0,
      stopped: false,
      softReset: false,
      fisWaits: false,
      drive: drive?.state,
    };
    this.registers = new PortRegisters(this.state, {
      connect: () => this.connect(),
      disconnect: () => this.disconnect(),
      startList: () => this.next(),
      stopList: () => this.stopList(),
      startReceive: () => this.firstFis(),
      overrideBusy: () => this.overrideBusy(),
      issued: () => this.next(),
      interruptChanged: options.interruptChanged,
    });
    this.timer = clock.timer(name, () => {
      drive?.advance();
      this.settle();
    });
    drive?.attach({
      schedule: (ns) => this.timer.arm(clock.nowNs() + ns),
      interruptChanged: () => undefined,
      dma: {
        ready: () => true,
        toMemory: (bytes) => this.moveDma(bytes.length, () => scatter(options.memory, this.prdt, this.state.moved, bytes)),
        fromMemory: (length) => this.moveDma(length, () => gather(options.memory, this.prdt, this.state.moved, length)),
      },
      transferred: options.transferred,
      dataTarget: () => this.target,
    });
  }

  /** Reset of the controller or the machine. */
  reset(): void {
    this.disconnect();
    this.state.registers = powerOnRegisters();
    this.connect();
  }

  /** A restore replaced the drive's state by a copy: give its contents back to the drive, which holds the original. */
  restored(): void {
    const { drive } = this.options;
    if (!drive || !this.state.drive) return;
    Object.assign(drive.state, this.state.drive);
    this.state.drive = drive.state;
  }

  private get prdt(): { readonly gpa: number; readonly entries: number } {
    const { slot, table, header } = this.state;
    return { gpa: table + R.TABLE_PRDT, entries: slot < 0 ? 0 : header >>> 16 };
  }

  /** COMRESET is over: the device sends its signature. */
  private connect(): void {
    const { registers } = this.state;
    const { drive } = this.options;
    if (!drive) return;
    drive.reset(true);
    registers.ssts = R.SSTS_ACTIVE;
    registers.serr |= R.SERR_DIAG_X;
    this.state.fisWaits = true;
    this.showTaskFile();
    this.firstFis();
    this.options.interruptChanged();
  }

  private disconnect(): void {
    const { registers } = this.state;
    this.timer.cancel();
    Object.assign(this.state, { slot: -1, moved: 0, stopped: false, softReset: false, fisWaits: false });
    Object.assign(registers, { ssts: 0, sig: R.SIG_NONE, tfd: R.TFD_NONE, ci: 0 });
  }

  private stopList(): void {
    Object.assign(this.state, { slot: -1, stopped: false });
  }

  private overrideBusy(): void {
    const { drive } = this.options;
    this.timer.cancel();
    if (drive) drive.state.status &= ~(STATUS_BSY | STATUS_DRQ);
    this.showTaskFile();
  }

  private firstFis(): void {
    const { drive } = this.options;
    if (!drive || !this.state.fisWaits || !this.registers.receives) return;
    this.state.fisWaits = false;
    this.postRegisters(drive, false);
    this.state.registers.sig = signature(drive.state);
  }

  private showTaskFile(): void {
    const drive = this.options.drive?.state;
    if (drive) this.state.registers.tfd = drive.status | (drive.error << 8);
  }

  private post(offset: number, fis: Uint8Array): void {
    if (this.registers.receives) this.options.memory.write(this.registers.receivedFis + offset, fis);
  }

  private raise(bits: number): void {
    this.state.registers.is = (this.state.registers.is | bits) >>> 0;
    this.options.interruptChanged();
  }

  /** Fetches the next command that was issued, from the slot after the last one. */
  private next(): void {
    const { state } = this;
    const { registers } = state;
    while (registers.cmd & R.CMD_CR && registers.ci !== 0 && state.slot < 0 && !state.stopped) {
      const last = (registers.cmd & R.CMD_CCS) >> R.CMD_CCS_SHIFT;
      let slot = last;
      do slot = (slot + 1) % R.COMMAND_SLOTS;
      while (!(registers.ci & (1 << slot)));
      registers.cmd = (registers.cmd & ~R.CMD_CCS) | (slot << R.CMD_CCS_SHIFT);
      this.fetch(slot);
    }
  }

  private fetch(slot: number): void {
    const { state } = this;
    const { memory, drive } = this.options;
    const bytes = memory.read(this.registers.commandList + slot * R.HEADER_BYTES, 16);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const table = view.getUint32(8, true) + (view.getUint32(12, true) & 0xf_ffff) * 2 ** 32;
    Object.assign(state, { slot, header: view.getUint32(0, true), table, moved: 0 });
    const fis = memory.read(table, 20);
    if (!drive || fis[0] !== R.FIS.H2D) return;
    if (!(fis[1]! & R.FIS_COMMAND)) return this.control(drive, fis[15]!);
    loadTaskFile(drive.state, fis);
    drive.state.interrupt = false;
    drive.execute(fis[2]!);
    this.settle();
  }

  /** A control FIS: SRST resets the device when it goes, and the device answers with its signature. */
  private control(drive: AtaDrive, control: number): void {
    const { state } = this;
    const reset = (control & CONTROL_SRST) !== 0;
    if (reset) drive.reset(false);
    else if (state.softReset) {
      this.postRegisters(drive, false);
      state.registers.sig = signature(drive.state);
    }
    state.softReset = reset;
    this.complete();
  }

  /** Goes on with the drive until it is busy, asks for what it cannot get, or has done its command. */
  private settle(): void {
    const { state } = this;
    const { drive } = this.options;
    if (!drive) return;
    while (state.slot >= 0 && drive.state.status & STATUS_DRQ && this.moveBlock(drive));
    this.showTaskFile();
    if (state.slot >= 0 && !(drive.state.status & (STATUS_BSY | STATUS_DRQ))) this.finish(drive);
    this.next();
  }

  private moveDma<T>(length: number, action: () => T | undefined): T | undefined {
    const done = action();
    if (done === undefined) {
      if (this.state.slot >= 0) this.raise(R.IS_OFS);
    } else this.state.moved += length;
    return done;
  }

  /** One DRQ block by PIO: the command packet, or data. false: there is no memory for it. */
  private moveBlock(drive: AtaDrive): boolean {
    const { state } = this;
    const length = drive.state.end - drive.state.position;
    if (length <= 0) return false;
    const { interrupt } = drive.state;
    const isPacket = drive.state.command === COMMAND_PACKET && (drive.state.count & 0xff) === REASON_COMMAND;
    const toHost = !isPacket && (state.header & R.HEADER_WRITE) === 0;
    const before = { ...drive.state };
    drive.state.interrupt = false;
    if (isPacket) this.feed(drive, this.options.memory.read(state.table + R.TABLE_PACKET, length), []);
    else if (!this.moveDma(length, () => this.moveData(drive, toHost, length))) return false;
    this.post(R.RECEIVED.PIO_SETUP, pioSetupFis(before, { toHost, interrupt, length, endStatus: drive.state.status }));
    if (interrupt) this.raise(R.IS_PSS);
    return true;
  }

  private moveData(drive: AtaDrive, toHost: boolean, length: number): boolean | undefined {
    const { memory } = this.options;
    const { moved } = this.state;
    const gpas = addresses(memory, this.prdt, moved, length);
    if (!gpas) return undefined;
    if (toHost) return scatter(memory, this.prdt, moved, this.drain(drive, length, gpas)) !== undefined;
    const gathered = gather(memory, this.prdt, moved, length);
    if (gathered) this.feed(drive, gathered.bytes, gpas);
    return true;
  }

  private drain(drive: AtaDrive, length: number, gpas: readonly number[]): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 2) {
      this.target = gpas[at >> 9];
      const word = drive.readData(2);
      bytes[at] = word & 0xff;
      if (at + 1 < length) bytes[at + 1] = word >> 8;
    }
    this.target = undefined;
    return bytes;
  }

  private feed(drive: AtaDrive, bytes: Uint8Array, gpas: readonly number[]): void {
    for (let at = 0; at < bytes.length; at += 2) {
      this.target = gpas[at >> 9];
      drive.writeData(2, bytes[at]! | ((bytes[at + 1] ?? 0) << 8));
    }
    this.target = undefined;
  }

  private postRegisters(drive: AtaDrive, interrupt: boolean): void {
    this.showTaskFile();
    this.post(R.RECEIVED.D2H, registerFis(drive.state, interrupt));
  }

  /** The drive has ended its command; a PIO read ends with its last data and has no register FIS. */
  private finish(drive: AtaDrive): void {
    const { state } = drive;
    const failed = (state.status & STATUS_ERR) !== 0;
    if (state.interrupt || failed || state.command === COMMAND_DEVICE_RESET) {
      this.postRegisters(drive, state.interrupt);
      if (state.command === COMMAND_DEVICE_RESET) this.state.registers.sig = signature(state);
      const interrupted = state.interrupt ? R.IS_DHRS : 0;
      state.interrupt = false;
      if (failed) {
        this.state.stopped = true;
        this.state.slot = -1;
        return this.raise(interrupted | R.IS_TFES);
      }
      this.complete();
      return this.raise(interrupted);
    }
    this.complete();
  }

  /** PRDBC goes to the command header, and the slot is free. */
  private complete(): void {
    const { state } = this;
    const count = new Uint8Array(4);
    new DataView(count.buffer).setUint32(0, state.moved, true);
    this.options.memory.write(this.registers.commandList + state.slot * R.HEADER_BYTES + 4, count);
    state.registers.ci = (state.registers.ci & ~(1 << state.slot)) >>> 0;
    state.slot = -1;
  }
}
