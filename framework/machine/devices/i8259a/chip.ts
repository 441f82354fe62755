import type { Line, Resettable, Stateful } from '../../bus/types';

/** ICW1 (8259A data sheet, fig. 7): D4 marks it. */
const ICW1 = 0x10;
const ICW1_IC4 = 0x01; // ICW4 follows
const ICW1_SNGL = 0x02; // no ICW3
const ICW1_LTIM = 0x08; // all inputs level-triggered
/** ICW4. */
const ICW4_AEOI = 0x02;
const ICW4_SFNM = 0x10;
/** OCW3: D3 marks it. */
const OCW3 = 0x08;
const OCW3_RIS = 0x01;
const OCW3_RR = 0x02;
const OCW3_POLL = 0x04;
const OCW3_SMM = 0x20;
const OCW3_ESMM = 0x40;
/** OCW2: R, SL, EOI in bits 7-5. */
const OCW2_EOI = 0x20;
const OCW2_SPECIFIC = 0x40;
const OCW2_ROTATE = 0x80;
const POLL_INTERRUPT = 0x80;

export interface I8259aState {
  /** Requests: latched edges whose input is still high, and level inputs. */
  irr: number;
  imr: number;
  isr: number;
  /** Levels of IR7-IR0. */
  inputs: number;
  /** Edge/level control: 1 level. */
  elcr: number;
  /** ICW1.LTIM: every input is level-triggered. */
  levelTriggered: boolean;
  /** ICW2: vector of IR0. */
  irqBase: number;
  icw3: number;
  /** 0 operating; else the ICW that the next write to A0=1 is (2, 3, 4). */
  initState: number;
  icw3Follows: boolean;
  icw4Follows: boolean;
  /** Level with the highest priority, 0-7 (rotation). */
  highestPriority: number;
  readIsr: boolean;
  poll: boolean;
  autoEoi: boolean;
  rotateOnAutoEoi: boolean;
  specialFullyNested: boolean;
  specialMask: boolean;
  /** INT pin. */
  int: boolean;
}

export interface I8259aOptions {
  readonly name: string;
  readonly int: Line;
  /** Inputs that slaves drive: level-triggered always, and the ones that special fully nested mode lets through again. */
  readonly slaveInputs: number;
}

function powerOn(slaveInputs: number): I8259aState {
  return {
    irr: 0,
    imr: 0,
    isr: 0,
    inputs: 0,
    elcr: slaveInputs,
    levelTriggered: false,
    irqBase: 0,
    icw3: 0,
    initState: 0,
    icw3Follows: false,
    icw4Follows: false,
    highestPriority: 0,
    readIsr: false,
    poll: false,
    autoEoi: false,
    rotateOnAutoEoi: false,
    specialFullyNested: false,
    specialMask: false,
    int: false,
  };
}

/**
 * Intel 8259A programmable interrupt controller, one chip (data sheet 231468), with the edge/level register of the
 * 82371's pair. Not modelled: the MCS-80/85 call sequence (ICW4.uPM = 0 gives vectors all the same) and buffered mode.
 */
export class I8259a implements Stateful<I8259aState>, Resettable {
  readonly name: string;
  readonly state: I8259aState;

  constructor(private readonly options: I8259aOptions) {
    this.name = options.name;
    this.state = powerOn(options.slaveInputs);
  }

  reset(): void {
    Object.assign(this.state, powerOn(this.options.slaveInputs));
    this.options.int.set(false);
  }

  /** Input IR0-IR7. An edge request is withdrawn when its input falls before it is acknowledged. */
  setInput(level: number, high: boolean): void {
    const { state } = this;
    const mask = 1 << level;
    const was = (state.inputs & mask) !== 0;
    if (was === high) return;
    if (high) {
      state.inputs |= mask;
      state.irr |= mask;
    } else {
      state.inputs &= ~mask;
      state.irr &= ~mask;
    }
    this.update();
  }

  setElcr(value: number): void {
    const { state } = this;
    state.elcr = value | this.options.slaveInputs;
    state.irr |= state.inputs & state.elcr;
    this.update();
  }

  read(a0: number): number {
    const { state } = this;
    if (state.poll) {
      state.poll = false;
      const level = this.requested();
      if (level === undefined) return 7;
      this.take(level);
      return POLL_INTERRUPT | level;
    }
    if (a0 === 1) return state.imr;
    return state.readIsr ? state.isr : state.irr;
  }

  write(a0: number, value: number): void {
    if (a0 === 1) this.writeData(value);
    else if (value & ICW1) this.initialise(value);
    else if (value & OCW3) this.operate(value);
    else this.endOfInterrupt(value);
    this.update();
  }

  /** First INTA pulse: the level taken, or undefined for a spurious request (IR7 without its ISR bit). */
  acknowledge(): number | undefined {
    const level = this.requested();
    if (level !== undefined) this.take(level);
    return level;
  }

  /** Second INTA pulse: the vector of a level. */
  vector(level: number): number {
    return this.state.irqBase | level;
  }

  /** ICW2 to ICW4 in their order, then OCW1. */
  private writeData(value: number): void {
    const { state } = this;
    switch (state.initState) {
      case 2:
        state.irqBase = value & 0xf8;
        state.initState = state.icw3Follows ? 3 : state.icw4Follows ? 4 : 0;
        break;
      case 3:
        state.icw3 = value;
        state.initState = state.icw4Follows ? 4 : 0;
        break;
      case 4:
        state.autoEoi = (value & ICW4_AEOI) !== 0;
        state.specialFullyNested = (value & ICW4_SFNM) !== 0;
        state.initState = 0;
        break;
      default:
        state.imr = value;
    }
  }

  /** ICW1: edges seen so far are forgotten, the mask is cleared, IR7 has the lowest priority. */
  private initialise(value: number): void {
    const { state } = this;
    state.levelTriggered = (value & ICW1_LTIM) !== 0;
    state.irr = state.inputs & (state.levelTriggered ? 0xff : state.elcr);
    state.imr = 0;
    state.isr = 0;
    state.highestPriority = 0;
    state.readIsr = false;
    state.poll = false;
    state.specialMask = false;
    state.autoEoi = false;
    state.rotateOnAutoEoi = false;
    state.specialFullyNested = false;
    state.icw3Follows = (value & ICW1_SNGL) === 0;
    state.icw4Follows = (value & ICW1_IC4) !== 0;
    state.initState = 2;
  }

  private operate(value: number): void {
    const { state } = this;
    if (value & OCW3_ESMM) state.specialMask = (value & OCW3_SMM) !== 0;
    if (value & OCW3_POLL) state.poll = true;
    else if (value & OCW3_RR) state.readIsr = (value & OCW3_RIS) !== 0;
  }

  private endOfInterrupt(value: number): void {
    const { state } = this;
    const rotate = (value & OCW2_ROTATE) !== 0;
    if (value & OCW2_EOI) {
      const level = value & OCW2_SPECIFIC ? value & 7 : this.highest(this.blocking(false));
      if (level === undefined) return;
      state.isr &= ~(1 << level);
      if (rotate) state.highestPriority = (level + 1) & 7;
    } else if (value & OCW2_SPECIFIC) {
      if (rotate) state.highestPriority = ((value & 7) + 1) & 7; // set priority; without R: no operation
    } else {
      state.rotateOnAutoEoi = rotate;
    }
  }

  /** Levels in service that hold others back. */
  private blocking(nested: boolean): number {
    const { state } = this;
    let mask = state.isr;
    if (state.specialMask) mask &= ~state.imr;
    if (nested && state.specialFullyNested) mask &= ~this.options.slaveInputs;
    return mask;
  }

  private highest(mask: number): number | undefined {
    if (mask === 0) return undefined;
    for (let step = 0; step < 8; step++) {
      const level = (this.state.highestPriority + step) & 7;
      if (mask & (1 << level)) return level;
    }
    return undefined;
  }

  /** The level that INT stands for. */
  private requested(): number | undefined {
    const { state } = this;
    if (state.initState !== 0) return undefined;
    const wanted = this.highest(state.irr & ~state.imr);
    if (wanted === undefined) return undefined;
    const serviced = this.highest(this.blocking(true));
    if (serviced === undefined) return wanted;
    const rank = (level: number): number => (level - state.highestPriority) & 7;
    return rank(wanted) < rank(serviced) ? wanted : undefined;
  }

  private take(level: number): void {
    const { state } = this;
    const mask = 1 << level;
    if (!state.levelTriggered && (state.elcr & mask) === 0) state.irr &= ~mask;
    if (!state.autoEoi) state.isr |= mask;
    else if (state.rotateOnAutoEoi) state.highestPriority = (level + 1) & 7;
    this.update();
  }

  private update(): void {
    const int = this.requested() !== undefined;
    if (int === this.state.int) return;
    this.state.int = int;
    this.options.int.set(int);
  }
}
