/** Intel's registers: SDM vol. 4, tables 2-2 and 2-3, for family 6. */
import { BIOS_SIGN_ID, DEBUGCTL, DEBUGCTL_WRITABLE, MCG_STATUS, isLastBranch, type VendorMsrs } from './vendor-msrs';

const IA32_PLATFORM_ID = 0x17;
const EBL_CR_POWERON = 0x2a;
const IA32_FEATURE_CONTROL = 0x3a;
const IA32_BIOS_UPDT_TRIG = 0x79;
const MSR_PLATFORM_INFO = 0xce;
const MSR_PKG_CST_CONFIG_CONTROL = 0xe2;
const IA32_PERF_STATUS = 0x198;
const IA32_PERF_CTL = 0x199;
const IA32_THERM_INTERRUPT = 0x19b;
const IA32_THERM_STATUS = 0x19c;
const IA32_MISC_ENABLE = 0x1a0;
const MSR_POWER_CTL = 0x1fc;

/** Locked, VMX off. */
const FEATURE_CONTROL_LOCKED = 1n;
/** Fast strings on, no branch trace storage, no PEBS. */
const MISC_ENABLE_RESET = 0x1801n;
const MISC_ENABLE_WRITABLE = 0x44_0000n | 0x1n | 0x8n;
const MISC_ENABLE_MONITOR = 1n << 18n;
const BUS_KHZ = 133_333;

export const INTEL_MSRS: VendorMsrs = {
  reset: (hasMonitor) => ({
    [BIOS_SIGN_ID]: 0n,
    [MCG_STATUS]: 0n,
    [IA32_PERF_CTL]: 0n,
    [IA32_THERM_INTERRUPT]: 0n,
    [IA32_MISC_ENABLE]: MISC_ENABLE_RESET | (hasMonitor ? MISC_ENABLE_MONITOR : 0n),
    [DEBUGCTL]: 0n,
    [EBL_CR_POWERON]: 0n,
    ...(hasMonitor ? { [MSR_PKG_CST_CONFIG_CONTROL]: 0n, [MSR_POWER_CTL]: 0n } : {}),
  }),

  read(msr, tscKhz) {
    switch (msr) {
      case IA32_FEATURE_CONTROL:
        return FEATURE_CONTROL_LOCKED;
      case MSR_PLATFORM_INFO: // maximum non-turbo ratio of the 133 MHz bus clock
      case IA32_PERF_STATUS:
        return BigInt(Math.max(1, Math.round(tscKhz / BUS_KHZ)) & 0xff) << 8n;
      case IA32_PLATFORM_ID:
      case IA32_THERM_STATUS:
        return 0n;
      default:
        return isLastBranch(msr) ? 0n : undefined;
    }
  },

  kept(msr, value) {
    if (msr === IA32_MISC_ENABLE) return (value & MISC_ENABLE_WRITABLE) | (MISC_ENABLE_RESET & ~MISC_ENABLE_WRITABLE);
    return msr === DEBUGCTL && value & ~DEBUGCTL_WRITABLE ? undefined : value;
  },

  /** No microcode update is ever accepted. */
  ignored: [IA32_BIOS_UPDT_TRIG],
  monitorSwitch: IA32_MISC_ENABLE,
  isMonitorOn: (value) => (value & MISC_ENABLE_MONITOR) !== 0n,
};
