/**
 * An AHCI controller's memory registers (Serial ATA AHCI 1.3.1, 3.1): generic host control, and its ports. Not modelled: command
 * completion coalescing, enclosure management, BIOS/OS handoff (capabilities that CAP and CAP2 deny).
 */
import { UNKNOWN_GPA } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import type { AtaDrive } from '../../bus/ata';
import type { AccessSize, DmaMemory, Line, Resettable, Stateful } from '../../bus/types';
import type { Clock } from '../../clock/clock';
import { AhciPort, type AhciPortState } from './port';
import * as R from './registers';

export interface AhciOptions {
  readonly name: string;
  readonly memory: DmaMemory;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly irq: Line;
  /** An interrupt anew, for message signalled ones. */
  readonly message: () => void;
  /** One for each port. */
  readonly drives: readonly (AtaDrive | undefined)[];
  /** Trace names of the drives. */
  readonly disks: readonly string[];
}

interface AhciState {
  enabled: boolean;
  /** IS: a bit a port whose interrupt has been seen. */
  pending: number;
  ports: AhciPortState[];
}

export class AhciController implements Stateful<AhciState>, Resettable {
  readonly name: string;
  readonly state: AhciState;
  private readonly ports: readonly AhciPort[];

  constructor(private readonly options: AhciOptions) {
    const { name, memory, clock, trace, drives, disks } = options;
    this.name = name;
    this.ports = drives.map(
      (drive, index) =>
        new AhciPort({
          name: `${name}.${index}`,
          memory,
          clock,
          drive,
          interruptChanged: () => this.portChanged(index),
          transferred: (write, lba, count, gpa) => {
            const kind = write ? 'disk-write' : 'disk-read';
            if (trace.wants(kind)) trace.record(kind, disks[index] ?? '', lba, count, gpa < 0 ? UNKNOWN_GPA : gpa, name);
          },
        }),
    );
    this.state = { enabled: false, pending: 0, ports: this.ports.map((port) => port.state) };
    for (const port of this.ports) port.reset();
  }

  reset(): void {
    this.state.enabled = false;
    for (const port of this.ports) port.reset();
    this.state.pending = 0;
    this.drive();
  }

  restored(): void {
    for (const [index, port] of this.ports.entries()) {
      Object.assign(port.state, this.state.ports[index]);
      port.restored();
    }
    this.state.ports = this.ports.map((port) => port.state);
  }

  private portChanged(index: number): void {
    const isNew = this.collect(index);
    this.drive();
    if (isNew) this.message();
  }

  /** Takes a port's interrupt into IS. true: its bit was clear. */
  private collect(index: number): boolean {
    const before = this.state.pending;
    if (this.ports[index]?.registers.interrupting) this.state.pending = (before | (1 << index)) >>> 0;
    return this.state.pending !== before;
  }

  private get isInterrupting(): boolean {
    return this.state.enabled && this.state.pending !== 0;
  }

  private drive(): void {
    this.options.irq.set(this.isInterrupting);
  }

  /** A message for a bit of IS that gets set, and for those that are left when others are cleared (10.7). */
  private message(): void {
    if (this.isInterrupting) this.options.message();
  }

  private get implemented(): number {
    return 2 ** this.ports.length - 1;
  }

  /** Offset within the 4 KiB of the register BAR; narrower accesses read their part of a dword. */
  read(offset: number, size: AccessSize): number | undefined {
    if ((offset & 3) + size > 4) return undefined;
    const value = this.register(offset & ~3) / 2 ** (8 * (offset & 3));
    return Math.floor(value) % 2 ** (8 * size);
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    if (size !== 4 || offset & 3) return false;
    if (offset >= R.PORTS_FIRST) {
      const port = this.ports[Math.floor((offset - R.PORTS_FIRST) / R.PORT_BYTES)];
      port?.registers.write((offset - R.PORTS_FIRST) % R.PORT_BYTES, value);
    } else this.writeControl(offset, value);
    return true;
  }

  private register(offset: number): number {
    if (offset >= R.PORTS_FIRST) {
      const port = this.ports[Math.floor((offset - R.PORTS_FIRST) / R.PORT_BYTES)];
      return port?.registers.read((offset - R.PORTS_FIRST) % R.PORT_BYTES) ?? 0;
    }
    switch (offset) {
      case R.HBA.CAP:
        return (R.CAP_S64A | R.CAP_SAM | R.CAP_GEN1 | ((R.COMMAND_SLOTS - 1) << 8) | (this.ports.length - 1)) >>> 0;
      case R.HBA.GHC:
        return (R.GHC_AE | (this.state.enabled ? R.GHC_IE : 0)) >>> 0;
      case R.HBA.IS:
        return this.state.pending;
      case R.HBA.PI:
        return this.implemented;
      case R.HBA.VS:
        return R.VERSION;
      default:
        return 0;
    }
  }

  private writeControl(offset: number, value: number): void {
    if (offset === R.HBA.GHC) {
      if (value & R.GHC_HR) return this.reset();
      const wasEnabled = this.state.enabled;
      this.state.enabled = (value & R.GHC_IE) !== 0;
      this.drive();
      if (!wasEnabled) this.message();
    } else if (offset === R.HBA.IS) {
      // A port that still asks is seen again.
      this.state.pending = (this.state.pending & ~value) >>> 0;
      for (const index of this.ports.keys()) this.collect(index);
      this.drive();
      this.message();
    }
  }
}
