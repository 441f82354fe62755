import type { Gpa } from '../../../quantities/units';
import { type ApicMessage, type ApicNode, DELIVERY } from '../../bus/apic-bus';
import type { Line, Resettable, Stateful } from '../../bus/types';
import { DeadlineTimer } from './deadline-timer';
import { matchesLogical, matchesX2Logical, sendInterrupt } from './interrupt-command';
import type { LocalApicOptions, LocalApicState } from './options';
import * as reg from './registers';
import { ApicTimer, divideValue, powerOnTimer } from './timer';

/**
 * Local APIC (SDM vol. 3, chapter 11); its MSRs are in apic-msrs.ts. Not modelled: CMCI, focus checking, APR/RRD, thermal and
 * performance events (their LVTs are kept), suppression of EOI broadcasts.
 */
export class LocalApic implements ApicNode, Stateful<LocalApicState>, Resettable {
  readonly name: string;
  readonly state: LocalApicState;
  readonly lint1: Line = { set: (high) => this.setLint1(high) };
  private readonly timer: ApicTimer;
  private readonly deadline: DeadlineTimer | undefined;

  constructor(private readonly options: LocalApicOptions) {
    this.name = options.name;
    this.state = {
      registers: new Uint32Array(reg.REGISTERS),
      base: 0n,
      errors: 0,
      lint0: false,
      lint1: false,
      timer: powerOnTimer(),
      deadline: 0n,
    };
    this.timer = new ApicTimer(
      `${options.name}-timer`,
      options.clock,
      options.busHz,
      () => this.state.timer,
      () => this.local(reg.LVT_TIMER),
    );
    if (options.tsc) {
      this.deadline = new DeadlineTimer(
        `${options.name}-deadline`,
        options.clock,
        options.tsc,
        () => this.state,
        () => this.local(reg.LVT_TIMER),
      );
    }
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
    this.deadline?.set(0n);
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

  get isX2Apic(): boolean {
    return (this.state.base & reg.BASE_X2APIC) !== 0n;
  }

  /** The register page is there in xAPIC mode only. */
  get hasPage(): boolean {
    return this.globallyEnabled && !this.isX2Apic;
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

  /**
   * WRMSR 1Bh. false: #GP, for reserved bits and for what figure 11-27 does not allow: x2APIC mode comes from xAPIC mode only, and
   * goes by disabling the APIC. Enabling an APIC that was off finds it as after power-up.
   */
  writeBase(value: bigint): boolean {
    const { state, options } = this;
    const address = ((1n << BigInt(options.physicalAddressBits)) - 1n) & ~0xfffn;
    const known = address | reg.BASE_BSP | reg.BASE_ENABLE | (options.x2apic === true ? reg.BASE_X2APIC : 0n);
    if (value & ~known) return false;
    const wasEnabled = this.globallyEnabled;
    const [enabled, x2] = [(value & reg.BASE_ENABLE) !== 0n, (value & reg.BASE_X2APIC) !== 0n];
    if (x2 ? !enabled || !wasEnabled : enabled && this.isX2Apic) return false;
    state.base = value;
    if (wasEnabled !== enabled) this.clear();
    options.baseChanged();
    options.cpu.changed();
    return true;
  }

  // ------------------------------------------------------------------------------- what others send

  get broadcastId(): number {
    return this.isX2Apic ? 0xffff_ffff : 0xff;
  }

  matchesLogical(destination: number): boolean {
    const { registers } = this.state;
    if (this.isX2Apic) return matchesX2Logical(this.apicId, destination);
    return matchesLogical(registers[reg.LDR]! >>> 24, registers[reg.DFR]! >>> 28 === 0xf, destination);
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

  /** Bits of a register that a write changes; undefined: none can be written. */
  writable(register: number): number | undefined {
    const bits = reg.WRITABLE[register];
    return register === reg.LVT_TIMER && bits !== undefined && this.deadline ? bits | reg.LVT_DEADLINE : bits;
  }

  private get isDeadlineMode(): boolean {
    return (this.state.registers[reg.LVT_TIMER]! & reg.LVT_TIMER_MODE) === reg.LVT_DEADLINE;
  }

  /** IA32_TSC_DEADLINE; undefined: there is none. */
  get tscDeadline(): bigint | undefined {
    return this.deadline && this.state.deadline;
  }

  /** In the other modes of the timer writes are ignored. */
  setTscDeadline(value: bigint): void {
    if (this.isDeadlineMode) this.deadline?.set(value);
  }

  /** The time stamp counter was written. */
  tscChanged(): void {
    this.deadline?.schedule();
  }

  writeRegister(register: number, value: number): void {
    const writable = this.writable(register);
    if (writable === undefined) {
      if (!reg.exists(register)) this.error(reg.ESR_ILLEGAL_REGISTER);
      return;
    }
    const { registers } = this.state;
    const wasDeadline = this.isDeadlineMode;
    const isKept = register !== reg.ESR && !(wasDeadline && register === reg.INITIAL_COUNT);
    if (isKept) registers[register] = (registers[register]! & ~writable) | (value & writable);
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
        this.send(registers[reg.ICR_LOW]!, this.isX2Apic ? registers[reg.ICR_HIGH]! : registers[reg.ICR_HIGH]! >>> 24);
        break;
      case reg.INITIAL_COUNT:
        if (!this.isDeadlineMode) this.timer.start(value >>> 0);
        break;
      case reg.DIVIDE:
        this.timer.setDivide(divideValue(value));
        break;
      default:
        if (register >= reg.LVT_TIMER && register <= reg.LVT_ERROR) this.lvtWritten(register);
        if (wasDeadline !== this.isDeadlineMode) this.disarm();
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

  /** Going to TSC-deadline mode or from it (SDM vol. 3, 11.5.4.1). */
  private disarm(): void {
    this.timer.start(0);
    this.deadline?.set(0n);
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

  /** ICR as x2APIC mode has it, in one. */
  writeInterruptCommand(low: number, destination: number): void {
    this.state.registers[reg.ICR_HIGH] = destination;
    this.writeRegister(reg.ICR_LOW, low);
  }

  /** By ICR, or without it (SELF IPI). */
  send(command: number, destination: number): void {
    if (!sendInterrupt(this, this.options.bus, command, destination)) this.error(reg.ESR_SEND_ILLEGAL);
  }
}
