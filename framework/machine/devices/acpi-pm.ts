import type { AccessSize, Bus, Line, PortDevice, PortRegion, Resettable, Stateful } from '../bus/types';
import type { Clock, Timer } from '../clock/clock';
import { Frequency } from '../clock/frequency';

const PM_TIMER_HZ = 3_579_545;
/** PM1 status and enable (ACPI 6.5, 4.8.3.1). */
const TMR = 0x0001;
const GBL = 0x0020;
const PWRBTN = 0x0100;
const SLPBTN = 0x0200;
const RTC = 0x0400;
const WAK = 0x8000;
const BM = 0x0010;
const STATUS_CLEARABLE = TMR | BM | GBL | PWRBTN | SLPBTN | RTC | WAK;
const ENABLE_WRITABLE = TMR | GBL | PWRBTN | SLPBTN | RTC;
/** PM1 control. */
const SCI_EN = 0x0001;
const BM_RLD = 0x0002;
const GBL_RLS = 0x0004;
const SLP_TYP = 0x1c00;
const SLP_EN = 0x2000;

export interface AcpiPmOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Where the block is decoded, and moves. */
  readonly bus: Pick<Bus, 'addPorts' | 'removePorts'>;
  readonly sci: Line;
  /** Width of the timer: its overflow status follows the top bit. */
  readonly timerBits: 24 | 32;
  /** What the timer shows at 0 ns. */
  readonly startTicks?: number;
  /** SLP_EN was written, with this SLP_TYP (0 to 7). */
  readonly sleep: (type: number) => void;
  /** GBL_RLS was written: the OS releases the global lock, firmware's SMI would see BIOS_STS. */
  readonly globalRelease?: () => void;
}

export interface AcpiPmState {
  /** First port of the block, or -1 while it is not decoded. */
  base: number;
  status: number;
  enable: number;
  control: number;
  /** Added to the crystal's ticks to give the timer. */
  offset: number;
  /** Half cycle of the timer (its ticks over half its range) up to which TMR_STS is accounted for. */
  half: number;
}

/**
 * ACPI fixed hardware (ACPI 6.5, 4.8.3) as the PIIX4 has it: at base + 0 PM1a status, + 2 enable, + 4 PM1a control, + 8 power
 * management timer. Reset leaves the base to whoever owns it. Not modelled: bus-master status, sleep states themselves (they are reported).
 */
export class AcpiPm implements PortDevice, Stateful<AcpiPmState>, Resettable {
  readonly name: string;
  readonly state: AcpiPmState;
  /** As decoded now: pm1a, and the timer. */
  portRegions: readonly PortRegion[] = [];
  private readonly crystal = new Frequency(PM_TIMER_HZ);
  private readonly range: number;
  private readonly overflow: Timer;

  constructor(private readonly options: AcpiPmOptions) {
    this.name = options.name;
    this.range = 2 ** options.timerBits;
    this.state = { base: -1, status: 0, enable: 0, control: 0, offset: options.startTicks ?? 0, half: 0 };
    this.state.half = this.halfNow();
    this.overflow = options.clock.timer(`${options.name}-overflow`, () => this.update());
  }

  reset(): void {
    const { state } = this;
    state.status = 0;
    state.enable = 0;
    state.control = 0;
    state.half = this.halfNow();
    this.update();
  }

  /** Moves the block on the bus; -1 takes it off. It is not on the bus before the first call. */
  setBase(base: number): void {
    this.state.base = base;
    this.restored();
  }

  restored(): void {
    const { bus } = this.options;
    const { base } = this.state;
    bus.removePorts(this);
    this.portRegions =
      base < 0
        ? []
        : [
            { first: base, last: base + 5, name: 'acpi pm1a' },
            { first: base + 8, last: base + 11, name: 'acpi pm timer' },
          ];
    bus.addPorts(this);
  }

  /** SCI_EN, which firmware sets on an SMI command. */
  setSciEnabled(enabled: boolean): void {
    this.state.control = enabled ? this.state.control | SCI_EN : this.state.control & ~SCI_EN;
    this.update();
  }

  pressPowerButton(): void {
    this.raise(PWRBTN);
  }

  pressSleepButton(): void {
    this.raise(SLPBTN);
  }

  /** The RTC alarm (IRQ8) as a wake event. */
  rtcAlarm(): void {
    this.raise(RTC);
  }

  /** PM timer, `timerBits` wide. */
  timerValue(): number {
    return this.ticks() % this.range;
  }

  readPort(port: number, size: AccessSize): number | undefined {
    const offset = port - this.state.base;
    if (offset >= 8) {
      const shift = (offset - 8) * 8;
      return shift + size * 8 > 32 ? undefined : Math.floor(this.timerValue() / 2 ** shift);
    }
    this.account();
    if (size === 1) return (this.register(offset & ~1) >> (offset & 1 ? 8 : 0)) & 0xff;
    if (offset & 1) return undefined;
    if (size === 2) return this.register(offset);
    return offset === 0 ? this.register(0) | (this.register(2) << 16) : undefined;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    const offset = port - this.state.base;
    if (offset >= 8) return true; // the timer is read-only
    this.account();
    if (size === 1) {
      const mask = offset & 1 ? 0xff00 : 0x00ff;
      this.writeRegister(offset & ~1, offset & 1 ? value << 8 : value, mask);
      return true;
    }
    if (offset & 1) return false;
    if (size === 4) {
      if (offset !== 0) return false;
      this.writeRegister(0, value & 0xffff, 0xffff);
      this.writeRegister(2, value >>> 16, 0xffff);
      return true;
    }
    this.writeRegister(offset, value, 0xffff);
    return true;
  }

  private register(offset: number): number {
    const { state } = this;
    return offset === 0 ? state.status : offset === 2 ? state.enable : state.control;
  }

  /** `mask`: the bytes written. */
  private writeRegister(offset: number, value: number, mask: number): void {
    const { state } = this;
    if (offset === 0) state.status &= ~(value & mask & STATUS_CLEARABLE);
    else if (offset === 2) state.enable = (state.enable & ~mask) | (value & mask & ENABLE_WRITABLE);
    else this.writeControl(value, mask);
    this.update();
  }

  private writeControl(value: number, mask: number): void {
    const { state, options } = this;
    const writable = (SCI_EN | BM_RLD | SLP_TYP) & mask;
    state.control = (state.control & ~writable) | (value & writable);
    if (value & mask & GBL_RLS) options.globalRelease?.();
    if (value & mask & SLP_EN) options.sleep((state.control & SLP_TYP) >> 10);
  }

  private raise(bit: number): void {
    this.state.status |= bit;
    this.update();
  }

  private ticks(): number {
    return this.crystal.ticksAt(this.options.clock.nowNs()) + this.state.offset;
  }

  private halfNow(): number {
    return Math.floor(this.ticks() / (this.range / 2));
  }

  /** TMR_STS is set whenever the timer's top bit changes. */
  private account(): void {
    const half = this.halfNow();
    if (half === this.state.half) return;
    this.state.half = half;
    this.state.status |= TMR;
  }

  private update(): void {
    this.account();
    const { status, enable, control, half, offset } = this.state;
    this.options.sci.set((control & SCI_EN) !== 0 && (status & enable & ENABLE_WRITABLE) !== 0);
    if (control & SCI_EN && enable & TMR && !(status & TMR)) {
      this.overflow.arm(this.crystal.nsOfTick((half + 1) * (this.range / 2) - offset));
    } else this.overflow.cancel();
  }
}
