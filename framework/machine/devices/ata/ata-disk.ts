/**
 * An ATA hard disk, ATA/ATAPI-7 volume 1: PIO, multiple and DMA transfers with CHS, 28-bit and 48-bit addresses.
 * Not modelled: SMART, security, host protected area, queued commands (all abort, as on a drive that lacks them).
 */
import { SECTOR_BYTES } from '../../../quantities/units';
import { COMMAND_DEVICE_RESET, STATUS_DRDY, STATUS_DRQ, STATUS_DSC } from '../../bus/ata';
import { DISK_COMMAND_NS, DISK_SECTOR_NS } from '../../clock/costs';
import { Drive, powerOnDrive, type DriveState } from './drive';
import { MAX_MULTIPLE, defaultGeometry, identifyDisk, type DriveInterface, type DriveStrings, type Geometry } from './identify';
import { TRANSFERS, type Transfer } from './transfers';

/** Whole sectors behind a drive. */
export interface DiskMedium {
  readonly sectors: number;
  read(lba: number, count: number): Uint8Array;
  write(lba: number, bytes: Uint8Array): void;
}

export interface AtaDiskState extends DriveState {
  geometry: Geometry;
  /** Sectors a block of the MULTIPLE commands; 0: not set. */
  multiple: number;
  multiwordMode: number | undefined;
  ultraMode: number | undefined;
  writeCache: boolean;
  /** FFh active or idle, 00h standby, and asleep until a reset. */
  power: 'active' | 'standby' | 'sleep';
}

const ERROR_IDNF = 0x10;
const DEVICE_LBA = 0x40;
const POWER_ACTIVE = 0xff;

export class AtaDisk extends Drive {
  readonly state: AtaDiskState;

  constructor(
    private readonly medium: DiskMedium,
    private readonly strings: DriveStrings,
    private readonly cable: DriveInterface = 'parallel',
  ) {
    super();
    this.state = {
      ...powerOnDrive(),
      geometry: defaultGeometry(medium.sectors),
      multiple: MAX_MULTIPLE,
      multiwordMode: undefined,
      ultraMode: 5,
      writeCache: true,
      power: 'active',
    };
  }

  reset(hardware: boolean): void {
    const { state } = this;
    const kept = { geometry: state.geometry, multiple: state.multiple };
    Object.assign(state, powerOnDrive());
    Object.assign(state, hardware ? { geometry: defaultGeometry(this.medium.sectors), multiple: MAX_MULTIPLE } : kept);
    if (hardware) Object.assign(state, { multiwordMode: undefined, ultraMode: 5, writeCache: true });
    state.power = 'active';
  }

  execute(command: number): void {
    const { state } = this;
    if (state.power === 'sleep') return;
    Object.assign(state, { command, error: 0, position: 0, end: 0, remaining: 0, step: 'none' });
    const transfer = TRANSFERS[command];
    if (transfer) this.startTransfer(transfer);
    else this.executeControl(command);
  }

  private executeControl(command: number): void {
    const { state } = this;
    if (command >= 0x10 && command <= 0x1f) return this.begin('complete', DISK_COMMAND_NS); // RECALIBRATE
    if (command >= 0x70 && command <= 0x7f) return this.begin('complete', DISK_COMMAND_NS); // SEEK
    switch (command) {
      case 0xec: // IDENTIFY DEVICE
        state.remaining = 0;
        return this.beginNow('data-in');
      case 0x91: // INITIALIZE DEVICE PARAMETERS
        return this.initializeParameters();
      case 0xc6: // SET MULTIPLE MODE
        return this.setMultiple(state.count & 0xff);
      case 0xef: // SET FEATURES
        return this.setFeatures(state.features & 0xff, state.count & 0xff);
      case 0xf8: // READ NATIVE MAX ADDRESS
      case 0x27: // READ NATIVE MAX ADDRESS EXT
        this.putLba(this.medium.sectors - 1, command === 0x27);
        return this.complete();
      case 0xe5: // CHECK POWER MODE
      case 0x98:
        state.count = state.power === 'active' ? POWER_ACTIVE : 0;
        return this.complete();
      case 0xe0: // STANDBY IMMEDIATE, STANDBY
      case 0x94:
      case 0xe2:
      case 0x96:
        state.power = 'standby';
        return this.complete();
      case 0xe1: // IDLE IMMEDIATE, IDLE
      case 0x95:
      case 0xe3:
      case 0x97:
        state.power = 'active';
        return this.complete();
      case 0xe6: // SLEEP
      case 0x99:
        this.complete();
        state.power = 'sleep';
        return;
      case 0xe7: // FLUSH CACHE, FLUSH CACHE EXT
      case 0xea:
        return this.begin('complete', DISK_COMMAND_NS);
      case 0xa1: // IDENTIFY PACKET DEVICE, DEVICE RESET: not for a disk, signature in the task file
      case COMMAND_DEVICE_RESET:
        Object.assign(state, { count: 1, lbaLow: 1, lbaMid: 0, lbaHigh: 0 });
        return this.fail();
      default:
        return this.fail();
    }
  }

  private initializeParameters(): void {
    const { state } = this;
    const sectorsPerTrack = state.count & 0xff;
    const heads = (state.device & 0x0f) + 1;
    if (sectorsPerTrack === 0) return this.fail();
    const cylinders = Math.min(0xffff, Math.floor(Math.min(this.medium.sectors, 16514064) / (heads * sectorsPerTrack)));
    state.geometry = { cylinders: Math.max(1, cylinders), heads, sectorsPerTrack };
    this.complete();
  }

  private setMultiple(count: number): void {
    if (count > MAX_MULTIPLE || (count & (count - 1)) !== 0) return this.fail();
    this.state.multiple = count;
    this.complete();
  }

  private setFeatures(feature: number, value: number): void {
    const { state } = this;
    switch (feature) {
      case 0x02: // write cache on, off
      case 0x82:
        state.writeCache = feature === 0x02;
        return this.complete();
      case 0x03: // transfer mode
        return this.setTransferMode(value);
      case 0x05: // advanced power management, acoustic management, look-ahead, revert to defaults: no effect
      case 0x85:
      case 0x42:
      case 0xc2:
      case 0x55:
      case 0xaa:
      case 0x66:
      case 0xcc:
        return this.complete();
      default:
        return this.fail();
    }
  }

  private setTransferMode(value: number): void {
    const { state } = this;
    const mode = value & 0x07;
    if (value <= 0x01 || (value >= 0x08 && value <= 0x0c)) {
      Object.assign(state, { multiwordMode: undefined, ultraMode: undefined });
    } else if (value >= 0x20 && value <= 0x22) Object.assign(state, { multiwordMode: mode, ultraMode: undefined });
    else if (value >= 0x40 && value <= 0x45) Object.assign(state, { multiwordMode: undefined, ultraMode: mode });
    else return this.fail();
    this.complete();
  }

  private startTransfer(transfer: Transfer): void {
    const { state } = this;
    const multiple = transfer.kind === 'multiple';
    if (multiple && state.multiple === 0) return this.fail();
    const limit = transfer.extended ? 0x1_0000 : 0x100;
    const asked = state.count % limit;
    const count = asked === 0 ? limit : asked;
    const lba = this.address(transfer.extended);
    if (lba === undefined || lba + count > this.medium.sectors) return this.fail(ERROR_IDNF);
    state.power = 'active';
    Object.assign(state, {
      lba,
      remaining: count,
      write: transfer.write,
      extended: transfer.extended,
      block: multiple ? state.multiple : 1,
    });
    switch (transfer.kind) {
      case 'verify':
        this.finishAddress(count);
        return this.begin('complete', DISK_COMMAND_NS + count * DISK_SECTOR_NS);
      case 'dma':
        return this.begin('dma', DISK_COMMAND_NS);
      default: // a buffer for the first block is free: drivers send it without a look at DRQ
        return transfer.write ? this.beginNow('data-out') : this.begin('data-in', DISK_COMMAND_NS);
    }
  }

  /** First sector as the task file says; undefined: no such CHS address. */
  private address(extended: boolean): number | undefined {
    const { state } = this;
    const low = (state.lbaLow & 0xff) + (state.lbaMid & 0xff) * 0x100 + (state.lbaHigh & 0xff) * 0x1_0000;
    if (extended) {
      const high = (state.lbaLow >> 8) + (state.lbaMid >> 8) * 0x100 + (state.lbaHigh >> 8) * 0x1_0000;
      return low + high * 0x100_0000;
    }
    if (state.device & DEVICE_LBA) return low + (state.device & 0x0f) * 0x100_0000;
    const { heads, sectorsPerTrack, cylinders } = state.geometry;
    const sector = state.lbaLow & 0xff;
    const cylinder = (state.lbaMid & 0xff) + (state.lbaHigh & 0xff) * 0x100;
    const head = state.device & 0x0f;
    if (sector === 0 || sector > sectorsPerTrack || head >= heads || cylinder > cylinders) return undefined;
    return (cylinder * heads + head) * sectorsPerTrack + sector - 1;
  }

  private putLba(lba: number, extended: boolean): void {
    const { state } = this;
    const [low, mid, high, fourth] = [0, 8, 16, 24].map((shift) => Math.floor(lba / 2 ** shift) & 0xff) as [number, number, number, number];
    if (!extended) {
      Object.assign(state, { lbaLow: low, lbaMid: mid, lbaHigh: high });
      state.device = (state.device & ~0x0f) | (fourth & 0x0f);
      return;
    }
    const fifth = Math.floor(lba / 2 ** 32) & 0xff;
    const sixth = Math.floor(lba / 2 ** 40) & 0xff;
    Object.assign(state, { lbaLow: low | (fourth << 8), lbaMid: mid | (fifth << 8), lbaHigh: high | (sixth << 8) });
  }

  /** After a transfer the task file names the last sector, and the count is 0. */
  private finishAddress(count: number): void {
    const { state } = this;
    const last = state.lba + count - 1;
    state.count = 0;
    if (state.extended || state.device & DEVICE_LBA) return this.putLba(last, state.extended);
    const { heads, sectorsPerTrack } = state.geometry;
    const track = Math.floor(last / sectorsPerTrack);
    const cylinder = Math.floor(track / heads);
    state.lbaLow = (last % sectorsPerTrack) + 1;
    state.lbaMid = cylinder & 0xff;
    state.lbaHigh = (cylinder >> 8) & 0xff;
    state.device = (state.device & ~0x0f) | (track % heads);
  }

  advance(): void {
    const { state } = this;
    switch (state.step) {
      case 'data-in':
        return this.dataIn();
      case 'data-out': // the first block is asked for without an interrupt
        return this.offer(new Uint8Array(this.blockBytes()), false);
      case 'commit':
        return this.commit();
      case 'dma':
      case 'dma-wait':
        return this.dma();
      case 'dma-done':
      case 'complete':
        return this.complete();
      default:
        return;
    }
  }

  private blockBytes(): number {
    return Math.min(this.state.block, this.state.remaining) * SECTOR_BYTES;
  }

  private dataIn(): void {
    const { state } = this;
    if (state.remaining === 0) return this.offer(this.identify(), true);
    this.offer(this.medium.read(state.lba, Math.min(state.block, state.remaining)), true);
  }

  private identify(): Uint8Array {
    const { state } = this;
    return identifyDisk({ strings: this.strings, cable: this.cable, sectors: this.medium.sectors, current: state.geometry, ...state });
  }

  protected dataTouched(): void {
    const { state } = this;
    if (state.remaining === 0 || state.position % SECTOR_BYTES !== 0) return;
    const lba = state.lba + state.position / SECTOR_BYTES;
    this.host.transferred(state.write, lba, 1, this.host.dataTarget() ?? -1);
  }

  protected blockDone(): void {
    const { state } = this;
    if (state.write) return this.begin('commit', DISK_SECTOR_NS * Math.min(state.block, state.remaining));
    const moved = Math.min(state.block, state.remaining);
    if (state.remaining > moved) {
      state.lba += moved;
      state.remaining -= moved;
      return this.begin('data-in', DISK_SECTOR_NS * moved);
    }
    if (moved > 0) this.finishAddress(moved);
    // The last block of a PIO read ends without another interrupt.
    Object.assign(state, { status: STATUS_DRDY | STATUS_DSC, remaining: 0, position: 0, end: 0 });
  }

  private commit(): void {
    const { state } = this;
    const moved = Math.min(state.block, state.remaining);
    this.medium.write(state.lba, state.buffer);
    if (state.remaining > moved) {
      state.lba += moved;
      state.remaining -= moved;
      return this.offer(new Uint8Array(this.blockBytes()), true);
    }
    this.finishAddress(moved);
    this.complete();
  }

  private dma(): void {
    const { state } = this;
    const { dma } = this.host;
    if (!dma.ready(!state.write)) {
      // DMARQ waits for the bus master.
      state.step = 'dma-wait';
      return;
    }
    const gpas = state.write ? this.dmaWrite() : dma.toMemory(this.medium.read(state.lba, state.remaining));
    if (!gpas) {
      // The PRD table ended first: the drive keeps asking until it is reset.
      state.step = 'none';
      state.status = STATUS_DRDY | STATUS_DSC | STATUS_DRQ;
      return;
    }
    this.reportDma(gpas);
    const count = state.remaining;
    this.finishAddress(count);
    this.begin('dma-done', count * DISK_SECTOR_NS);
  }

  private dmaWrite(): number[] | undefined {
    const { state } = this;
    const gathered = this.host.dma.fromMemory(state.remaining * SECTOR_BYTES);
    if (gathered) this.medium.write(state.lba, gathered.bytes);
    return gathered?.gpas;
  }

  /** One event for each run of sectors that lies together in memory. */
  private reportDma(gpas: readonly number[]): void {
    const { state } = this;
    let from = 0;
    for (let i = 1; i <= gpas.length; i++) {
      if (i < gpas.length && gpas[i] === gpas[i - 1]! + SECTOR_BYTES) continue;
      this.host.transferred(state.write, state.lba + from, i - from, gpas[from]!);
      from = i;
    }
  }
}
