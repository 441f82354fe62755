import type { Nanoseconds } from '../../../quantities/units';
import type { AccessSize, Line, PortDevice, PortRegion, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import * as reg from './registers';

/** 1.8432 MHz crystal over 16: baud rate at divisor 1. */
const BAUD_BASE = 115_200;
const NS_PER_SECOND = 1e9;
/** A far end that sends more than this ahead of the guest has its bytes dropped. */
const INPUT_LIMIT = 1 << 20;

export interface Uart16550aOptions {
  readonly name: string;
  readonly clock: Clock;
  /** First of eight ports. */
  readonly base: number;
  readonly irq: Line;
  /** A byte leaves: its start bit is on the line. */
  readonly transmit: (byte: number) => void;
}

export interface Uart16550aState {
  ier: number;
  fcr: number;
  lcr: number;
  mcr: number;
  /** Error bits and data ready are computed from the FIFO; this holds overrun and the errors at the top of the FIFO. */
  lineErrors: number;
  /** CTS, DSR, RI and DCD as the far end drives them. */
  modemInputs: number;
  modemDeltas: number;
  scr: number;
  divisor: number;
  /** Received bytes; bits 15-8 are the error bits of that byte. */
  rxFifo: number[];
  txFifo: number[];
  /** When the shift register is empty again. */
  shiftDoneNs: Nanoseconds;
  /** The transmitter-empty interrupt is pending. */
  threPending: boolean;
  timeoutPending: boolean;
  /** The guest has raised RTS since the reset. */
  flowControl: boolean;
  /** What the far end wants to send. */
  input: number[];
}

function powerOn(): Uart16550aState {
  return {
    ier: 0,
    fcr: 0,
    lcr: 0,
    mcr: 0,
    lineErrors: 0,
    modemInputs: reg.MSR_CTS | reg.MSR_DSR | reg.MSR_DCD,
    modemDeltas: 0,
    scr: 0,
    divisor: 1, // undefined by the data sheet
    rxFifo: [],
    txFifo: [],
    shiftDoneNs: 0,
    threPending: false,
    timeoutPending: false,
    flowControl: false,
    input: [],
  };
}

/**
 * National PC16550D (data sheet TL/C/8652) with FIFOs, on an 8-bit bus. Bytes take their time on the line by divisor and format. The
 * far end honours flow control: it sends while there is room and, once the guest has raised RTS, RTS is on. Not modelled: wrong
 * baud rates and noise (framing and parity errors never happen), what the transmitter loses when it is overrun, FIFO DMA modes.
 */
export class Uart16550a implements PortDevice, Stateful<Uart16550aState>, Resettable {
  readonly name: string;
  readonly portRegions: readonly PortRegion[];
  readonly state: Uart16550aState = powerOn();
  private readonly clock: Clock;
  private readonly txTimer: Timer;
  private readonly rxTimer: Timer;
  private readonly timeoutTimer: Timer;

  constructor(private readonly options: Uart16550aOptions) {
    const { name, clock, base } = options;
    this.name = name;
    this.clock = clock;
    this.portRegions = [{ first: base, last: base + 7, name }];
    this.txTimer = clock.timer(`${name}-tx`, () => this.shiftNext());
    this.rxTimer = clock.timer(`${name}-rx`, () => this.arrive());
    this.timeoutTimer = clock.timer(`${name}-timeout`, () => this.timeOut());
  }

  /** MR. What the far end has not sent yet stays with it. */
  reset(): void {
    const { input, modemInputs } = this.state;
    Object.assign(this.state, powerOn(), { input, modemInputs });
    this.txTimer.cancel();
    this.timeoutTimer.cancel();
    this.options.irq.set(false);
    this.startInput();
  }

  /** The far end sends these bytes, one after the other at the baud rate. */
  receive(bytes: Iterable<number>): void {
    for (const byte of bytes) if (this.state.input.length < INPUT_LIMIT) this.state.input.push(byte & 0xff);
    this.startInput();
  }

  /** Modem inputs: any of MSR_CTS, MSR_DSR, MSR_RI, MSR_DCD. */
  setModemInputs(inputs: number): void {
    const before = this.modemLines();
    this.state.modemInputs = inputs & 0xf0;
    this.modemChanged(before);
  }

  readPort(port: number, size: AccessSize): number | undefined {
    if (size !== 1) return undefined;
    const { state } = this;
    const dlab = (state.lcr & reg.LCR_DLAB) !== 0;
    switch (port - this.options.base) {
      case reg.DATA:
        return dlab ? state.divisor & 0xff : this.readByte();
      case reg.IER:
        return dlab ? state.divisor >> 8 : state.ier;
      case reg.IIR:
        return this.readIir();
      case reg.LCR:
        return state.lcr;
      case reg.MCR:
        return state.mcr;
      case reg.LSR:
        return this.readLsr();
      case reg.MSR:
        return this.readMsr();
      default:
        return state.scr;
    }
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (size !== 1) return false;
    const { state } = this;
    const dlab = (state.lcr & reg.LCR_DLAB) !== 0;
    switch (port - this.options.base) {
      case reg.DATA:
        if (dlab) state.divisor = (state.divisor & 0xff00) | value;
        else this.writeByte(value);
        break;
      case reg.IER:
        if (dlab) state.divisor = (state.divisor & 0x00ff) | (value << 8);
        else this.enable(value & 0x0f);
        break;
      case reg.IIR:
        this.writeFcr(value);
        break;
      case reg.LCR:
        this.writeLcr(value);
        break;
      case reg.MCR:
        this.writeMcr(value);
        break;
      case reg.LSR:
      case reg.MSR:
        break; // for factory tests only
      default:
        state.scr = value;
    }
    return true;
  }

  // ------------------------------------------------------------------------------- transmitter

  /** Start, data, parity and stop bits of one character. */
  private characterNs(): Nanoseconds {
    const { lcr, divisor } = this.state;
    const bits = 1 + 5 + (lcr & reg.LCR_WORD) + (lcr & reg.LCR_PARITY ? 1 : 0) + (lcr & reg.LCR_STOP ? 2 : 1);
    return Math.ceil((bits * (divisor || 0x10000) * NS_PER_SECOND) / BAUD_BASE);
  }

  private get fifos(): boolean {
    return (this.state.fcr & reg.FCR_ENABLE) !== 0;
  }

  private get shifting(): boolean {
    return this.clock.nowNs() < this.state.shiftDoneNs;
  }

  private writeByte(value: number): void {
    const { state } = this;
    state.threPending = false;
    const room = this.fifos ? reg.FIFO_BYTES : 1;
    // A guest that never looks at LSR loses nothing: the oldest byte leaves before its time.
    if (state.txFifo.length >= room) this.send(state.txFifo.shift()!);
    state.txFifo.push(value);
    if (!this.shifting || state.mcr & reg.MCR_LOOP) this.shiftNext();
    this.update();
  }

  private send(byte: number): void {
    if (this.state.mcr & reg.MCR_LOOP) this.store(byte);
    else this.options.transmit(byte);
  }

  /** The shift register takes the next byte; when it takes the last one, the transmitter holding register is empty. */
  private shiftNext(): void {
    const { state } = this;
    if (this.shifting && !(state.mcr & reg.MCR_LOOP)) return;
    const byte = state.txFifo.shift();
    if (byte === undefined) return;
    state.shiftDoneNs = this.clock.nowNs() + this.characterNs();
    this.send(byte);
    if (state.txFifo.length === 0) state.threPending = true;
    else this.txTimer.arm(state.shiftDoneNs);
    this.update();
  }

  /** A byte written while the register is still shifting waits for its end. */
  private waitForShifter(): void {
    if (this.state.txFifo.length > 0 && this.shifting) this.txTimer.arm(this.state.shiftDoneNs);
  }

  // ------------------------------------------------------------------------------- receiver

  private startInput(): void {
    if (this.state.input.length > 0 && this.rxTimer.deadlineNs === Infinity) {
      this.rxTimer.arm(this.clock.nowNs() + this.characterNs());
    }
  }

  private arrive(): void {
    const { state } = this;
    if (this.canArrive()) {
      const byte = state.input.shift();
      if (byte !== undefined) this.store(byte);
      this.update();
    }
    if (this.canArrive()) this.startInput();
  }

  /** A guest that has never raised RTS has three wires: the far end asks for room alone. */
  private canArrive(): boolean {
    const { state } = this;
    const room = state.rxFifo.length < (this.fifos ? reg.FIFO_BYTES : 1);
    return room && !(state.mcr & reg.MCR_LOOP) && (!state.flowControl || (state.mcr & reg.MCR_RTS) !== 0);
  }

  /** A character from the line; bits 15-8 are its errors. Without room the newest is lost with FIFOs, the oldest without. */
  private store(character: number): void {
    const { state } = this;
    if (state.rxFifo.length >= (this.fifos ? reg.FIFO_BYTES : 1)) {
      state.lineErrors |= reg.LSR_OVERRUN;
      if (!this.fifos) state.rxFifo[0] = character;
    } else {
      state.rxFifo.push(character);
    }
    if (state.rxFifo.length === 1) state.lineErrors |= character >> 8;
    this.restartTimeout();
  }

  private readByte(): number {
    const { state } = this;
    const character = state.rxFifo.shift() ?? 0;
    state.timeoutPending = false;
    state.lineErrors |= (state.rxFifo[0] ?? 0) >> 8;
    this.restartTimeout();
    if (this.canArrive()) this.startInput();
    this.update();
    return character & 0xff;
  }

  /** The receive timeout is four characters without a byte coming or being read, while there are some. */
  private restartTimeout(): void {
    if (this.fifos && this.state.rxFifo.length > 0) this.timeoutTimer.arm(this.clock.nowNs() + 4 * this.characterNs());
    else this.timeoutTimer.cancel();
  }

  private timeOut(): void {
    this.state.timeoutPending = this.state.rxFifo.length > 0;
    this.update();
  }

  // ------------------------------------------------------------------------------- control

  private enable(value: number): void {
    const { state } = this;
    const thre = value & ~state.ier & reg.IER_THRE;
    state.ier = value;
    if (thre && state.txFifo.length === 0) state.threPending = true;
    this.update();
  }

  private writeFcr(value: number): void {
    const { state } = this;
    const toggled = ((value ^ state.fcr) & reg.FCR_ENABLE) !== 0;
    if (toggled || value & reg.FCR_CLEAR_RX) {
      state.rxFifo = [];
      state.timeoutPending = false;
      this.timeoutTimer.cancel();
    }
    if (toggled || value & reg.FCR_CLEAR_TX) state.txFifo = [];
    state.fcr = value & reg.FCR_ENABLE ? value & 0xc9 : 0;
    if (this.canArrive()) this.startInput();
    this.update();
  }

  private writeLcr(value: number): void {
    const { state } = this;
    const breaks = value & ~state.lcr & reg.LCR_BREAK;
    state.lcr = value;
    if (breaks && state.mcr & reg.MCR_LOOP) this.store(reg.LSR_BREAK << 8);
    this.waitForShifter();
    this.update();
  }

  private writeMcr(value: number): void {
    const before = this.modemLines();
    this.state.mcr = value & reg.MCR_WRITABLE;
    if ((value & (reg.MCR_RTS | reg.MCR_LOOP)) === reg.MCR_RTS) this.state.flowControl = true;
    this.modemChanged(before);
    if (this.canArrive()) this.startInput();
    this.update();
  }

  /** In loopback the four outputs are the four inputs: RTS is CTS, DTR DSR, OUT1 RI, OUT2 DCD. */
  private modemLines(): number {
    const { mcr, modemInputs } = this.state;
    if (!(mcr & reg.MCR_LOOP)) return modemInputs;
    return (
      (mcr & reg.MCR_RTS ? reg.MSR_CTS : 0) |
      (mcr & reg.MCR_DTR ? reg.MSR_DSR : 0) |
      (mcr & reg.MCR_OUT1 ? reg.MSR_RI : 0) |
      (mcr & reg.MCR_OUT2 ? reg.MSR_DCD : 0)
    );
  }

  private modemChanged(before: number): void {
    const now = this.modemLines();
    const changed = (before ^ now) >> 4;
    const ring = before & ~now & reg.MSR_RI ? reg.MSR_TERI : 0;
    this.state.modemDeltas |= (changed & ~reg.MSR_TERI) | ring;
    this.update();
  }

  // ------------------------------------------------------------------------------- status and interrupts

  private readLsr(): number {
    const { state } = this;
    const value =
      state.lineErrors |
      (state.rxFifo.length > 0 ? reg.LSR_DATA : 0) |
      (state.txFifo.length === 0 ? reg.LSR_THRE : 0) |
      (state.txFifo.length === 0 && !this.shifting ? reg.LSR_TEMT : 0) |
      (this.fifos && state.rxFifo.some((character) => character > 0xff) ? reg.LSR_FIFO_ERROR : 0);
    state.lineErrors = 0;
    this.update();
    return value;
  }

  private readMsr(): number {
    const value = this.modemLines() | this.state.modemDeltas;
    this.state.modemDeltas = 0;
    this.update();
    return value;
  }

  /** Reading IIR clears the transmitter interrupt when that is what it shows. */
  private readIir(): number {
    const identity = this.identity();
    if (identity === reg.IIR_THRE) {
      this.state.threPending = false;
      this.update();
    }
    return identity | (this.fifos ? reg.IIR_FIFOS : 0);
  }

  /** The pending interrupt with the highest priority (table IV). */
  private identity(): number {
    const { state } = this;
    const { ier } = state;
    const level = this.fifos ? reg.TRIGGER_LEVELS[(state.fcr >> 6) as 0 | 1 | 2 | 3] : 1;
    if (ier & reg.IER_LINE && state.lineErrors & reg.LSR_ERRORS) return reg.IIR_LINE;
    if (ier & reg.IER_RX && state.rxFifo.length >= level) return reg.IIR_RX;
    if (ier & reg.IER_RX && state.timeoutPending) return reg.IIR_TIMEOUT;
    if (ier & reg.IER_THRE && state.threPending) return reg.IIR_THRE;
    if (ier & reg.IER_MODEM && state.modemDeltas) return reg.IIR_MODEM;
    return reg.IIR_NONE;
  }

  /** Loopback cuts the interrupt off. OUT2, the driver's enable on a PC's card, does not: QEMU's UART has no such gate, and its guests forget the bit. */
  private update(): void {
    this.waitForShifter();
    this.options.irq.set(!(this.state.mcr & reg.MCR_LOOP) && this.identity() !== reg.IIR_NONE);
  }
}
