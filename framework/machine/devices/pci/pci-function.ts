import type { Resettable, Stateful } from '../../bus/types';
import {
  COMMAND_INTX_DISABLE,
  COMMAND_IO,
  COMMAND_MEMORY,
  PCI,
  STATUS_INTERRUPT,
  barOffset,
  headerMasks,
  resetHeader,
  type ConfigMasks,
  type PciBar,
  type PciIdentity,
} from './config-space';

export interface PciFunctionState {
  config: Uint8Array;
  /** The function wants an interrupt: the level of its INTx pin unless that is disabled or messages stand for it. */
  interrupt: boolean;
}

/** Registers beyond the standard header, with what can be written to them. */
export interface PciRegister {
  readonly offset: number;
  readonly size: 1 | 2 | 4;
  readonly reset: number;
  readonly writable: number;
}

/**
 * One PCI function: 256 bytes of configuration space as data. What is not declared reads 0 and ignores writes, BARs
 * included, so that sizing an absent BAR gives 0. The interrupt pin register is read-only. (PCI 2.1 chapter 6.)
 */
export class PciFunction<S extends PciFunctionState = PciFunctionState> implements Stateful<S>, Resettable {
  readonly state: S;
  /** Where INTx goes: set by the bus it is plugged into. `pin` 0 = INTA. */
  interruptTo: (pin: number, level: boolean) => void = () => undefined;
  /** Whether accesses to that range come to its bus: set by a bridge that it is behind. */
  reachedBy: (isIo: boolean, first: number, last: number) => boolean = () => true;
  protected readonly masks: ConfigMasks;
  private readonly decoding: (number | undefined)[];
  /** The pin's level as last driven. */
  private drivenPin = false;

  constructor(
    readonly name: string,
    private readonly identity: PciIdentity,
    private readonly bars: readonly PciBar[] = [],
    private readonly registers: readonly PciRegister[] = [],
    extra?: Omit<S, keyof PciFunctionState>,
  ) {
    this.masks = headerMasks(identity, bars);
    for (const { offset, size, writable } of registers) {
      for (let i = 0; i < size; i++) this.masks.writable[offset + i] = (writable >>> (8 * i)) & 0xff;
    }
    this.decoding = bars.map(() => undefined);
    this.state = { config: this.resetConfig(), interrupt: false, ...extra } as S;
  }

  private resetConfig(): Uint8Array {
    const config = resetHeader(this.identity, this.bars);
    for (const { offset, size, reset } of this.registers) {
      for (let i = 0; i < size; i++) config[offset + i] = (reset >>> (8 * i)) & 0xff;
    }
    return config;
  }

  reset(): void {
    this.setInterrupt(false);
    this.state.config = this.resetConfig();
    this.updateDecoding();
    this.configChanged?.(0, 256);
  }

  restored(): void {
    this.updateDecoding();
    this.configChanged?.(0, 256);
    this.drivenPin = this.pinLevel;
  }

  /** The bridge that it is behind forwards other ranges than before. */
  busChanged(): void {
    this.updateDecoding();
  }

  /** Little-endian; `size` 1, 2 or 4 within one dword. */
  readConfig(register: number, size: number): number {
    const { config, interrupt } = this.state;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) {
      const shown = interrupt && register + i === PCI.STATUS ? STATUS_INTERRUPT : 0;
      value = value * 256 + (config[register + i]! | shown);
    }
    return value;
  }

  writeConfig(register: number, size: number, value: number): void {
    const { config } = this.state;
    for (let i = 0; i < size; i++) {
      const at = register + i;
      const byte = (value >>> (8 * i)) & 0xff;
      const writable = this.masks.writable[at]!;
      const cleared = config[at]! & ~(byte & this.masks.clearable[at]!);
      config[at] = (cleared & ~writable) | (byte & writable);
    }
    if (register < 0x40) this.updateDecoding();
    this.configChanged?.(register, size);
    this.drivePin();
  }

  /** For subclasses: configuration bytes [register, register + size) may have changed. */
  protected configChanged?(register: number, size: number): void;

  get command(): number {
    return this.readConfig(PCI.COMMAND, 2);
  }

  /** Sets the function's interrupt request, which its pin shows; without a pin nothing happens. */
  setInterrupt(level: boolean): void {
    if ((this.identity.interruptPin ?? 0) === 0) return;
    this.state.interrupt = level;
    this.drivePin();
  }

  /** For subclasses: messages stand for the pin now. */
  protected usesMessages(): boolean {
    return false;
  }

  private get pinLevel(): boolean {
    return this.state.interrupt && !(this.command & COMMAND_INTX_DISABLE) && !this.usesMessages();
  }

  private drivePin(): void {
    const level = this.pinLevel;
    if (level === this.drivenPin) return;
    this.drivenPin = level;
    this.interruptTo((this.identity.interruptPin ?? 0) - 1, level);
  }

  private barBase(bar: PciBar): number | undefined {
    const base = this.assignedBase(bar);
    return base !== undefined && this.reachedBy(bar.kind === 'io', base, base + bar.sizeBytes - 1) ? base : undefined;
  }

  private assignedBase(bar: PciBar): number | undefined {
    const offset = barOffset(bar);
    const enabled = this.command & (bar.kind === 'io' ? COMMAND_IO : COMMAND_MEMORY);
    if (!enabled) return undefined;
    const low = this.readConfig(offset, 4);
    if (bar.index === 'rom' && (low & 1) === 0) return undefined;
    const address = low - (low % bar.sizeBytes);
    const base = address + (bar.kind === 'memory64' ? this.readConfig(offset + 4, 4) * 2 ** 32 : 0);
    if (bar.kind === 'io') return base === 0 || base > 0xffff ? undefined : base;
    // An address at the very top is what a sizing write leaves; address 0 means "not assigned".
    const last = base + bar.sizeBytes - 1;
    return base === 0 || last === 0xffff_ffff || last >= 2 ** 52 ? undefined : base;
  }

  private updateDecoding(): void {
    const next = this.bars.map((bar) => this.barBase(bar));
    const moved = this.bars.map((bar, index) => ({ bar, from: this.decoding[index], to: next[index] }));
    const changed = moved.filter(({ from, to }) => from !== to);
    for (const { bar, from } of changed) if (from !== undefined) bar.map(undefined);
    for (const [index, base] of next.entries()) this.decoding[index] = base;
    for (const { bar, to } of changed) if (to !== undefined) bar.map(to);
  }
}
