import type { ApicBus } from '../../bus/apic-bus';
import type { Clock } from '../../clock/clock';
import type { TscSource } from './deadline-timer';
import type { ApicTimerState } from './timer';

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
  /** It has x2APIC mode; false when absent. */
  readonly x2apic?: boolean;
  /** The CPU's time stamp counter, for TSC-deadline mode; absent: the timer does not have it. */
  readonly tsc?: TscSource;
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
  /** IA32_TSC_DEADLINE; 0: not armed. */
  deadline: bigint;
}
