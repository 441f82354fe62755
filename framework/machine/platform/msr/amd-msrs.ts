/** AMD's registers: AMD64 Architecture Programmer's Manual vol. 2, appendix A, and the processor guide of family 17h. They keep what is written. */
import { BIOS_SIGN_ID, DEBUGCTL, DEBUGCTL_WRITABLE, MCG_STATUS, isLastBranch, type VendorMsrs } from './vendor-msrs';

const SYSCFG = 0xc001_0010;
const HWCR = 0xc001_0015;
const TOP_MEM = 0xc001_001a;
const TOP_MEM2 = 0xc001_001d;
const NB_CFG = 0xc001_001f;
const PATCH_LOADER = 0xc001_0020;
const INT_PENDING = 0xc001_0055;
const OSVW_ID_LENGTH = 0xc001_0140;
const OSVW_STATUS = 0xc001_0141;
const LS_CFG = 0xc001_1020;
const DE_CFG = 0xc001_1029;
const HWCR_MONITOR_DISABLED = 1n << 9n;
/** The TSC counts at the frequency of P0. */
const HWCR_TSC_FREQUENCY = 1n << 24n;

export const AMD_MSRS: VendorMsrs = {
  reset: () => ({
    [BIOS_SIGN_ID]: 0n,
    [MCG_STATUS]: 0n,
    [DEBUGCTL]: 0n,
    [SYSCFG]: 0n,
    [HWCR]: HWCR_TSC_FREQUENCY,
    [TOP_MEM]: 0n,
    [TOP_MEM2]: 0n,
    [NB_CFG]: 0n,
    [INT_PENDING]: 0n,
    [OSVW_ID_LENGTH]: 0n,
    [OSVW_STATUS]: 0n,
    [LS_CFG]: 0n,
    [DE_CFG]: 0n,
  }),
  read: (msr) => (isLastBranch(msr) ? 0n : undefined),
  kept(msr, value) {
    if (msr === HWCR) return value | HWCR_TSC_FREQUENCY;
    return msr === DEBUGCTL && value & ~DEBUGCTL_WRITABLE ? undefined : value;
  },
  /** No microcode update is ever accepted. */
  ignored: [PATCH_LOADER],
  monitorSwitch: HWCR,
  isMonitorOn: (value) => (value & HWCR_MONITOR_DISABLED) === 0n,
};
