/**
 * A parallel port with a printer at its end: data, status and control registers as of a PC's super I/O chip (SMSC FDC37C665 data sheet,
 * parallel port, SPP and bidirectional mode) and the handshake of the Centronics interface: BUSY from the strobe's leading edge until the
 * acknowledge pulse begins, for SeaBIOS sends the next byte as soon as it sees the pulse. The printer never runs out of paper. Not modelled: EPP and ECP, automatic line feed, SELECT IN (the
 * printer is always selected). Control comes up as firmware of a PC leaves it, for SeaBIOS initialises no printer by itself.
 */
import type { AccessSize, Line, PortDevice, PortRegion, Resettable, Stateful } from '../bus/types';
import type { Clock, Timer } from '../clock/clock';
import { PRINTER_ACKNOWLEDGE_NS, PRINTER_BYTE_NS } from '../clock/costs';

const PORT = { DATA: 0, STATUS: 1, CONTROL: 2 } as const;

/** Status: /BUSY, /ACK, paper end (low), selected, /ERROR; the other bits are 0. */
const STATUS_NOT_BUSY = 0x80;
const STATUS_NOT_ACKNOWLEDGE = 0x40;
const STATUS_SELECTED = 0x10;
const STATUS_NO_ERROR = 0x08;

/** Control, as the register has it: the pins of STROBE and SELECT IN are its inverse. */
const CONTROL_STROBE = 0x01;
const CONTROL_NOT_INIT = 0x04;
const CONTROL_SELECT_IN = 0x08;
const CONTROL_INTERRUPT = 0x10;
const CONTROL_INPUT = 0x20;
const CONTROL_WRITABLE = 0x3f;

/** Nobody drives the data lines when they are inputs. */
const FLOATING = 0xff;

export interface ParallelPortOptions {
  readonly name: string;
  /** First of three ports. */
  readonly base: number;
  readonly clock: Clock;
  readonly irq: Line;
  /** The printer has taken a byte. */
  readonly print: (byte: number) => void;
}

export interface ParallelPortState {
  data: number;
  control: number;
  printer: 'ready' | 'busy' | 'acknowledging';
  /** The acknowledge pulse has ended since interrupts are on. */
  interrupt: boolean;
}

function powerOn(): ParallelPortState {
  return { data: 0, control: CONTROL_NOT_INIT | CONTROL_SELECT_IN, printer: 'ready', interrupt: false };
}

export class ParallelPort implements PortDevice, Stateful<ParallelPortState>, Resettable {
  readonly name: string;
  readonly portRegions: readonly PortRegion[];
  readonly state: ParallelPortState = powerOn();
  private readonly timer: Timer;

  constructor(private readonly options: ParallelPortOptions) {
    const { name, base, clock } = options;
    this.name = name;
    this.portRegions = [{ first: base, last: base + PORT.CONTROL, name }];
    this.timer = clock.timer(name, () => this.goOn());
  }

  reset(): void {
    this.timer.cancel();
    Object.assign(this.state, powerOn());
    this.interrupt(false);
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    const { data, control } = this.state;
    switch (port - this.options.base) {
      case PORT.DATA: // firmware finds the port by what it wrote there
        return control & CONTROL_INPUT ? FLOATING : data;
      case PORT.STATUS:
        return this.status();
      case PORT.CONTROL:
        return control;
      default:
        return undefined;
    }
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    switch (port - this.options.base) {
      case PORT.DATA:
        this.state.data = value;
        return true;
      case PORT.CONTROL:
        this.writeControl(value & CONTROL_WRITABLE);
        return true;
      default: // status is read only
        return port === this.options.base + PORT.STATUS;
    }
  }

  private status(): number {
    const { printer, control } = this.state;
    const isBusy = printer === 'busy' || !(control & CONTROL_NOT_INIT);
    return STATUS_SELECTED | STATUS_NO_ERROR | (isBusy ? 0 : STATUS_NOT_BUSY) | (printer === 'acknowledging' ? 0 : STATUS_NOT_ACKNOWLEDGE);
  }

  private writeControl(value: number): void {
    const { state } = this;
    const strobed = (value & ~state.control & CONTROL_STROBE) !== 0;
    state.control = value;
    if (!(value & CONTROL_INTERRUPT)) this.interrupt(false);
    if (!(value & CONTROL_NOT_INIT)) {
      this.timer.cancel();
      state.printer = 'ready';
    } else if (strobed && state.printer !== 'busy') this.take();
  }

  /** The strobe's leading edge; one that comes while the printer is busy is lost. */
  private take(): void {
    if (this.state.printer === 'acknowledging') this.acknowledged();
    this.state.printer = 'busy';
    this.options.print(this.state.data);
    this.wait(PRINTER_BYTE_NS);
  }

  /** Busy, then the acknowledge pulse, whose end asks for an interrupt. */
  private goOn(): void {
    const { state } = this;
    if (state.printer === 'busy') {
      state.printer = 'acknowledging';
      this.interrupt(false);
      this.wait(PRINTER_ACKNOWLEDGE_NS);
      return;
    }
    this.acknowledged();
  }

  private acknowledged(): void {
    this.state.printer = 'ready';
    this.interrupt((this.state.control & CONTROL_INTERRUPT) !== 0);
  }

  private wait(ns: number): void {
    this.timer.arm(this.options.clock.nowNs() + ns);
  }

  private interrupt(high: boolean): void {
    this.state.interrupt = high;
    this.options.irq.set(high);
  }
}
