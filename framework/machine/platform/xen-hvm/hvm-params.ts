/**
 * HVM parameters (public/hvm/params.h) and who may read and write which, as Xen 4.17 has it
 * (xen/arch/x86/hvm/hvm.c: hvm_allow_set_param, hvm_set_param, hvm_allow_get_param, hvm_get_param).
 */
import { EEXIST, EINVAL, EPERM, XenError } from './errno';

export const HVM_PARAM = {
  CALLBACK_IRQ: 0,
  STORE_PFN: 1,
  STORE_EVTCHN: 2,
  PAE_ENABLED: 4,
  IOREQ_PFN: 5,
  BUFIOREQ_PFN: 6,
  VIRIDIAN: 9,
  TIMER_MODE: 10,
  HPET_ENABLED: 11,
  IDENT_PT: 12,
  DM_DOMAIN: 13,
  ACPI_S_STATE: 14,
  VM86_TSS: 15,
  VPT_ALIGN: 16,
  CONSOLE_PFN: 17,
  CONSOLE_EVTCHN: 18,
  ACPI_IOPORTS_LOCATION: 19,
  MEMORY_EVENT_CR0: 20,
  MEMORY_EVENT_CR3: 21,
  MEMORY_EVENT_CR4: 22,
  MEMORY_EVENT_INT3: 23,
  NESTEDHVM: 24,
  MEMORY_EVENT_SINGLE_STEP: 25,
  BUFIOREQ_EVTCHN: 26,
  PAGING_RING_PFN: 27,
  MONITOR_RING_PFN: 28,
  SHARING_RING_PFN: 29,
  MEMORY_EVENT_MSR: 30,
  TRIPLE_FAULT_REASON: 31,
  IOREQ_SERVER_PFN: 32,
  NR_IOREQ_SERVER_PAGES: 33,
  VM_GENERATION_ID_ADDR: 34,
  ALTP2M: 35,
  X87_FIP_WIDTH: 36,
  VM86_TSS_SIZED: 37,
  MCA_CAP: 38,
} as const;

export const HVM_NR_PARAMS = 39;

const NAMES = new Map<number, string>(Object.entries(HVM_PARAM).map(([name, index]) => [index, name]));

/** `PARAM_7` for an index that has no name. */
export function paramName(index: number): string {
  return NAMES.get(index) ?? `PARAM_${String(index)}`;
}

const GUEST_WRITABLE: ReadonlySet<number> = new Set([
  HVM_PARAM.CALLBACK_IRQ,
  HVM_PARAM.VM86_TSS,
  HVM_PARAM.VM86_TSS_SIZED,
  HVM_PARAM.ACPI_IOPORTS_LOCATION,
  HVM_PARAM.VM_GENERATION_ID_ADDR,
  HVM_PARAM.STORE_EVTCHN,
  HVM_PARAM.CONSOLE_EVTCHN,
  HVM_PARAM.X87_FIP_WIDTH,
]);

const GUEST_READABLE: ReadonlySet<number> = new Set([
  HVM_PARAM.CALLBACK_IRQ,
  HVM_PARAM.VM86_TSS,
  HVM_PARAM.VM86_TSS_SIZED,
  HVM_PARAM.ACPI_IOPORTS_LOCATION,
  HVM_PARAM.VM_GENERATION_ID_ADDR,
  HVM_PARAM.STORE_PFN,
  HVM_PARAM.STORE_EVTCHN,
  HVM_PARAM.CONSOLE_PFN,
  HVM_PARAM.CONSOLE_EVTCHN,
  HVM_PARAM.ALTP2M,
  HVM_PARAM.X87_FIP_WIDTH,
]);

const DEPRECATED: ReadonlySet<number> = new Set([
  HVM_PARAM.PAE_ENABLED,
  HVM_PARAM.DM_DOMAIN,
  HVM_PARAM.MEMORY_EVENT_CR0,
  HVM_PARAM.MEMORY_EVENT_CR3,
  HVM_PARAM.MEMORY_EVENT_CR4,
  HVM_PARAM.MEMORY_EVENT_INT3,
  HVM_PARAM.NESTEDHVM,
  HVM_PARAM.MEMORY_EVENT_SINGLE_STEP,
  HVM_PARAM.BUFIOREQ_EVTCHN,
  HVM_PARAM.MEMORY_EVENT_MSR,
]);

/** Parameters that keep their first value. */
const SET_ONCE: ReadonlySet<number> = new Set([
  HVM_PARAM.VIRIDIAN,
  HVM_PARAM.IOREQ_PFN,
  HVM_PARAM.BUFIOREQ_PFN,
  HVM_PARAM.IOREQ_SERVER_PFN,
  HVM_PARAM.NR_IOREQ_SERVER_PAGES,
  HVM_PARAM.ALTP2M,
  HVM_PARAM.MCA_CAP,
]);

/** Size of a 32-bit TSS, and the greatest that Xen keeps: with interrupt redirection and I/O bitmaps and their last byte. */
const TSS_BYTES = 104n;
const TSS_MAX_BYTES = TSS_BYTES + 32n + 8192n + 1n;
const OLD_TSS_BYTES = 128n;
/** Internal to Xen: the guest's VM86 TSS was changed. */
const VM86_TSS_UPDATED = 1n << 63n;
const SHUTDOWN_MAX = 5n;
const TIMER_MODE_MAX = 3n;

/** What setting a parameter asks of the rest of the platform. */
export interface ParamEffects {
  callbackVia(value: bigint): void;
  /** Moves the PM timer and PM1a event block: 0 to port 1F40h, 1 to B000h. */
  pmPorts(location: 0 | 1): void;
  /** The guest gave an address that hardware could not take: the domain crashes. */
  crash(): void;
}

export class HvmParams {
  readonly name = 'hvm-params';
  readonly state: { values: bigint[] } = { values: new Array<bigint>(HVM_NR_PARAMS).fill(0n) };

  constructor(private readonly effects: ParamEffects) {}

  /** As the tool stack sets one while it builds the domain. */
  initialise(index: number, value: bigint): void {
    this.state.values[index] = value;
  }

  /** The raw value, for the hypervisor itself. */
  value(index: number): bigint {
    return this.state.values[index] ?? 0n;
  }

  /**
   * HVMOP_get_param. `byGuest` false: as dom0's tools read it.
   * @throws XenError EINVAL (no such or deprecated), EPERM (not for guests).
   */
  get(index: number, byGuest: boolean): bigint {
    if (index >= HVM_NR_PARAMS || DEPRECATED.has(index)) throw new XenError(EINVAL);
    if (byGuest && !GUEST_READABLE.has(index)) throw new XenError(EPERM);
    if (index === HVM_PARAM.VM86_TSS) return this.value(HVM_PARAM.VM86_TSS_SIZED) & 0xffff_ffffn;
    return this.value(index) & ~(index === HVM_PARAM.VM86_TSS_SIZED ? VM86_TSS_UPDATED : 0n);
  }

  /**
   * HVMOP_set_param by the guest itself.
   * @throws XenError EINVAL, EPERM, EEXIST.
   */
  set(index: number, value: bigint): void {
    if (index >= HVM_NR_PARAMS || DEPRECATED.has(index)) throw new XenError(EINVAL);
    if (!GUEST_WRITABLE.has(index)) throw new XenError(EPERM);
    if (SET_ONCE.has(index) && this.value(index) !== 0n && this.value(index) !== value) throw new XenError(EEXIST);
    const [target, stored] = this.accept(index, value);
    this.state.values[target] = stored;
  }

  private accept(index: number, value: bigint): [index: number, stored: bigint] {
    switch (index) {
      case HVM_PARAM.CALLBACK_IRQ:
        this.effects.callbackVia(value);
        return [index, value];
      case HVM_PARAM.TIMER_MODE:
        if (value > TIMER_MODE_MAX) throw new XenError(EINVAL);
        return [index, value];
      case HVM_PARAM.TRIPLE_FAULT_REASON:
        if (value > SHUTDOWN_MAX) throw new XenError(EINVAL);
        return [index, value];
      case HVM_PARAM.X87_FIP_WIDTH:
        if (value !== 0n && value !== 4n && value !== 8n) throw new XenError(EINVAL);
        return [index, value];
      case HVM_PARAM.ACPI_IOPORTS_LOCATION:
        return [index, this.movePmPorts(value)];
      case HVM_PARAM.VM86_TSS: {
        if (value > 0xffff_ffffn) this.refuseTss();
        const sized = value === 0n ? 0n : value | (OLD_TSS_BYTES << 32n) | VM86_TSS_UPDATED;
        return [HVM_PARAM.VM86_TSS_SIZED, sized];
      }
      case HVM_PARAM.VM86_TSS_SIZED: {
        const bytes = value >> 32n;
        if (bytes < TSS_BYTES) this.refuseTss();
        const capped = bytes > TSS_MAX_BYTES ? (value & 0xffff_ffffn) | (TSS_MAX_BYTES << 32n) : value;
        return [index, capped | VM86_TSS_UPDATED];
      }
      default:
        return [index, value];
    }
  }

  /** The domain is crashed and the call fails. */
  private refuseTss(): never {
    this.effects.crash();
    throw new XenError(EINVAL);
  }

  private movePmPorts(value: bigint): bigint {
    const before = this.value(HVM_PARAM.ACPI_IOPORTS_LOCATION);
    if (value !== before) {
      if ((value ^ before) !== 1n) throw new XenError(EINVAL);
      this.effects.pmPorts(value === 1n ? 1 : 0);
    }
    return value;
  }
}
