import type { Gpa } from '../../../quantities/units';
import { type ApicBus, type ApicMessage, type ApicNode, DELIVERY } from '../../bus/apic-bus';
import type { Line, Resettable, Stateful } from '../../bus/types';
import type { Clock } from '../../clock/clock';
import * as reg from './registers';
import { ApicTimer, type ApicTimerState, divideValue, powerOnTimer } from './timer';

const SHORTHAND = { DESTINATION: 0, SELF: 1, ALL: 2, OTHERS: 3 } as const;

/** What a local APIC does to its CPU. */
export interface ApicCpu {
  /** INTR, or what decides on it, may have changed. */
  changed(): void;
  nmi(): void;
  init(): void;
  startup(vector: number): void;
  smi(): void;
}

export interface LocalApicOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly bus: ApicBus;
  readonly cpu: ApicCpu;
  readonly apicId: number;
  readonly bsp: boolean;
  /** Version register: 14h with six LVT entries is 5_0014h. */
  readonly version: number;
  /** What the timer counts, before its divider. */
  readonly busHz: number;
  readonly physicalAddressBits: number;
  /** LVT LINT0 out of reset; 1_0000h by the data sheet, firmware-less platforms leave 700h in the BSP's. */
  readonly lint0AtReset?: number;
  /** A hypervisor's APIC may leave a CPU alone that waits for SIPI anyway. */
  readonly ignoresInit?: () => boolean;
  /** The page moved, or the APIC was globally enabled or disabled. */
  readonly baseChanged: () => void;
}

export interface LocalApicState {
  /** The registers at 16-byte steps, as dwords. PPR and current count are computed, not kept here. */
  registers: Uint32Array;
  /** APIC base MSR. */
  base: bigint;
  /** Errors since the last write to ESR. */
  errors: number;
  lint0: boolean;
  lint1: boolean;
  timer: ApicTimerState;
}

/**
 * Local APIC in xAPIC mode (SDM vol. 3, chapter 11). Not modelled: x2APIC mode and the TSC-deadline timer (their bits cannot
 * be set, so CPUID must not claim them), CMCI, focus checking, APR/RRD, thermal and performance events (their LVTs are kept).
 */
export class LocalApic implements ApicNode, Stateful<LocalApicState>, Resettable {
  readonly name: string;
  readonly state: LocalApicState;
  readonly lint1: Line = { set: (high) => this.setLint1(high) };
  private readonly timer: ApicTimer;

  constructor(private readonly options: LocalApicOptions) {
    this.name = options.name;
    this.state = {
      registers: new Uint32Array(reg.REGISTERS),
      base: 0n,
      errors: 0,
      lint0: false,
      lint1: false,
      timer: powerOnTimer(),
    };
    this.timer = new ApicTimer(
      `${options.name}-timer`,
      options.clock,
      options.busHz,
      () => this.state.timer,
      () => this.local(reg.LVT_TIMER),
    );
    this.powerOn();
    options.bus.attach(this);
  }

  // ------------------------------------------------------------------------------- reset

  private powerOn(): void {
    this.state.base = 0xfee0_0000n | reg.BASE_ENABLE | (this.options.bsp ? reg.BASE_BSP : 0n);
    this.clear();
  }

  /** What power-up and INIT have in common (SDM 11.4.7): everything but id and base. */
  private clear(): void {
    const { state, options } = this;
    state.registers.fill(0);
    state.registers[reg.ID] = options.apicId * 0x100_0000;
    state.registers[reg.VERSION] = options.version;
    state.registers[reg.DFR] = 0xffff_ffff;
    state.registers[reg.SVR] = 0xff;
    for (let lvt = reg.LVT_TIMER; lvt <= reg.LVT_ERROR; lvt++) state.registers[lvt] = reg.LVT_MASKED;
    state.registers[reg.LVT_LINT0] = options.lint0AtReset ?? reg.LVT_MASKED;
    state.errors = 0;
    state.timer = powerOnTimer();
    this.timer.start(0);
  }

  reset(): void {
    this.powerOn();
    this.restored();
  }

  restored(): void {
    this.options.baseChanged();
    this.options.cpu.changed();
  }

  // ------------------------------------------------------------------------------- what the CPU asks

  get apicId(): number {
    return this.options.apicId;
  }

  get globallyEnabled(): boolean {
    return (this.state.base & reg.BASE_ENABLE) !== 0n;
  }

  get accepting(): boolean {
    return this.globallyEnabled && (this.state.registers[reg.SVR]! & reg.SVR_ENABLE) !== 0;
  }

  get lint0(): number {
    return this.state.registers[reg.LVT_LINT0]!;
  }

  get pageGpa(): Gpa {
    return Number(this.state.base & reg.BASE_ADDRESS);
  }

  /** TPR, which CR8 shows in 64-bit mode as `taskPriority >> 4`. */
  get taskPriority(): number {
    return this.state.registers[reg.TPR]!;
  }

  setTaskPriority(value: number): void {
    this.state.registers[reg.TPR] = value & 0xff;
    this.options.cpu.changed();
  }

  get processorPriority(): number {
    const { registers } = this.state;
    const serviced = Math.max(0, reg.highest(registers, reg.ISR));
    const task = registers[reg.TPR]!;
    return task >> 4 >= serviced >> 4 ? task : serviced & 0xf0;
  }

  get interrupting(): boolean {
    return this.pending() >= 0;
  }

  /** INTA: the vector with the highest priority goes into service; the spurious vector when there is none any more. */
  acknowledge(): number {
    const { registers } = this.state;
    const vector = this.pending();
    if (vector < 0) return registers[reg.SVR]! & 0xff;
    reg.setVector(registers, reg.IRR, vector, false);
    reg.setVector(registers, reg.ISR, vector, true);
    return vector;
  }

  private pending(): number {
    if (!this.accepting) return -1;
    const vector = reg.highest(this.state.registers, reg.IRR);
    return vector >> 4 > this.processorPriority >> 4 ? vector : -1;
  }

  /** WRMSR 1Bh. false: #GP, for reserved bits and x2APIC mode. Enabling an APIC that was off finds it as after power-up. */
  writeBase(value: bigint): boolean {
    const { state, options } = this;
    const address = ((1n << BigInt(options.physicalAddressBits)) - 1n) & ~0xfffn;
    if (value & ~(address | reg.BASE_BSP | reg.BASE_ENABLE)) return false;
    const wasEnabled = this.globallyEnabled;
    state.base = value;
    if (wasEnabled !== this.globallyEnabled) this.clear();
    options.baseChanged();
    options.cpu.changed();
    return true;
  }

  // ------------------------------------------------------------------------------- what others send

  matchesLogical(destination: number): boolean {
    const { registers } = this.state;
    const own = registers[reg.LDR]! >>> 24;
    if (registers[reg.DFR]! >>> 28 === 0xf) return (own & destination) !== 0;
    const cluster = destination >> 4;
    return (cluster === 0xf || cluster === own >> 4) && (own & destination & 0xf) !== 0;
  }

  receive({ delivery, vector, level }: ApicMessage): boolean {
    const { cpu } = this.options;
    if (!this.globallyEnabled) return false;
    switch (delivery) {
      case DELIVERY.FIXED:
      case DELIVERY.LOWEST:
        return this.accept(vector, level);
      case DELIVERY.SMI:
        cpu.smi();
        return true;
      case DELIVERY.NMI:
        cpu.nmi();
        return true;
      case DELIVERY.INIT:
        if (this.options.ignoresInit?.()) return true;
        this.clear();
        cpu.changed();
        cpu.init();
        return true;
      case DELIVERY.STARTUP:
        cpu.startup(vector);
        return true;
      default:
        return false; // ExtINT is a matter of wiring
    }
  }

  private accept(vector: number, level: boolean): boolean {
    if (!this.accepting) return false;
    if (vector < reg.FIRST_VECTOR) {
      this.error(reg.ESR_RECEIVE_ILLEGAL);
      return false;
    }
    const { registers } = this.state;
    reg.setVector(registers, reg.IRR, vector, true);
    reg.setVector(registers, reg.TMR, vector, level);
    this.options.cpu.changed();
    return true;
  }

  /** A vector that a hypervisor puts into IRR: it waits there while the APIC is off. */
  post(vector: number): void {
    reg.setVector(this.state.registers, reg.IRR, vector, true);
    reg.setVector(this.state.registers, reg.TMR, vector, false);
    this.options.cpu.changed();
  }

  // ------------------------------------------------------------------------------- local sources

  /** An event of the timer, LINT or error entry. */
  private local(lvt: number): void {
    const entry = this.state.registers[lvt]!;
    if (entry & reg.LVT_MASKED) return;
    const delivery = (entry & 0x700) >> reg.DELIVERY_SHIFT;
    const isLint = lvt === reg.LVT_LINT0 || lvt === reg.LVT_LINT1;
    const level = isLint && delivery === DELIVERY.FIXED && (entry & reg.LVT_LEVEL) !== 0;
    if (level && entry & reg.LVT_REMOTE_IRR) return;
    if (this.receive({ delivery, vector: entry & 0xff, level }) && level) {
      this.state.registers[lvt] = entry | reg.LVT_REMOTE_IRR;
    }
  }

  setLint0(high: boolean): void {
    const rises = high && !this.state.lint0;
    this.state.lint0 = high;
    if (rises && this.globallyEnabled) this.local(reg.LVT_LINT0);
  }

  /** LINT1 is the NMI pin while the APIC is globally disabled. */
  private setLint1(high: boolean): void {
    const rises = high && !this.state.lint1;
    this.state.lint1 = high;
    if (!rises) return;
    if (this.globallyEnabled) this.local(reg.LVT_LINT1);
    else this.options.cpu.nmi();
  }

  private error(bit: number): void {
    this.state.errors |= bit;
    const entry = this.state.registers[reg.LVT_ERROR]!;
    const vector = entry & 0xff;
    if (!(entry & reg.LVT_MASKED) && vector >= reg.FIRST_VECTOR) this.accept(vector, false);
  }

  // ------------------------------------------------------------------------------- registers

  readRegister(register: number): number {
    switch (register) {
      case reg.PPR:
        return this.processorPriority;
      case reg.CURRENT_COUNT:
        return this.timer.current();
      default:
        if (!reg.exists(register)) this.error(reg.ESR_ILLEGAL_REGISTER);
        return this.state.registers[register] ?? 0;
    }
  }

  writeRegister(register: number, value: number): void {
    const writable = reg.WRITABLE[register];
    if (writable === undefined) {
      if (!reg.exists(register)) this.error(reg.ESR_ILLEGAL_REGISTER);
      return;
    }
    const { registers } = this.state;
    if (register !== reg.ESR) registers[register] = (registers[register]! & ~writable) | (value & writable);
    switch (register) {
      case reg.EOI:
        this.endOfInterrupt();
        break;
      case reg.SVR:
        if (!(value & reg.SVR_ENABLE)) this.maskAll();
        break;
      case reg.ESR:
        registers[reg.ESR] = this.state.errors;
        this.state.errors = 0;
        break;
      case reg.ICR_LOW:
        this.send();
        break;
      case reg.INITIAL_COUNT:
        this.timer.start(value >>> 0);
        break;
      case reg.DIVIDE:
        this.timer.setDivide(divideValue(value));
        break;
      default:
        if (register >= reg.LVT_TIMER && register <= reg.LVT_ERROR) this.lvtWritten(register);
    }
    this.options.cpu.changed();
  }

  /** While the APIC is disabled by software the mask bits cannot be cleared. */
  private lvtWritten(lvt: number): void {
    const { registers, lint0, lint1 } = this.state;
    if (!this.accepting) registers[lvt]! |= reg.LVT_MASKED;
    const entry = registers[lvt]!;
    if (lvt === reg.LVT_TIMER) this.timer.setMode((entry & reg.LVT_PERIODIC) !== 0, !(entry & reg.LVT_MASKED));
    const asserted = lvt === reg.LVT_LINT0 ? lint0 : lvt === reg.LVT_LINT1 && lint1;
    if (asserted && entry & reg.LVT_LEVEL) this.local(lvt);
  }

  private maskAll(): void {
    for (let lvt = reg.LVT_TIMER; lvt <= reg.LVT_ERROR; lvt++) this.state.registers[lvt]! |= reg.LVT_MASKED;
    this.timer.setMode(this.state.timer.periodic, false);
  }

  private endOfInterrupt(): void {
    const { registers, lint0, lint1 } = this.state;
    const vector = reg.highest(registers, reg.ISR);
    if (vector < 0) return;
    reg.setVector(registers, reg.ISR, vector, false);
    if (!reg.hasVector(registers, reg.TMR, vector)) return;
    for (const [lvt, asserted] of [
      [reg.LVT_LINT0, lint0],
      [reg.LVT_LINT1, lint1],
    ] as const) {
      const entry = registers[lvt]!;
      if (!(entry & reg.LVT_REMOTE_IRR) || (entry & 0xff) !== vector) continue;
      registers[lvt] = entry & ~reg.LVT_REMOTE_IRR;
      if (asserted) this.local(lvt);
    }
    this.options.bus.eoi(vector);
  }

  /** A write to the low half of ICR sends an interprocessor interrupt. Delivery is immediate: the status bit reads idle. */
  private send(): void {
    const { registers } = this.state;
    const icr = registers[reg.ICR_LOW]!;
    const message: ApicMessage = {
      delivery: (icr & 0x700) >> reg.DELIVERY_SHIFT,
      vector: icr & 0xff,
      level: false,
    };
    const fixed = message.delivery === DELIVERY.FIXED || message.delivery === DELIVERY.LOWEST;
    if (fixed && message.vector < reg.FIRST_VECTOR) return this.error(reg.ESR_SEND_ILLEGAL);
    // INIT level de-assert only synchronised the arbitration ids of old APIC buses.
    if (message.delivery === DELIVERY.INIT && icr & reg.ICR_LEVEL && !(icr & reg.ICR_ASSERT)) return;
    const { bus } = this.options;
    switch ((icr >> 18) & 3) {
      case SHORTHAND.SELF:
        this.receive(message);
        break;
      case SHORTHAND.ALL:
        bus.broadcast(message);
        break;
      case SHORTHAND.OTHERS:
        bus.broadcast(message, this);
        break;
      default:
        bus.send(message, { id: registers[reg.ICR_HIGH]! >>> 24, logical: (icr & reg.ICR_LOGICAL) !== 0 });
    }
  }
}
