/** What the makers of processors have each for themselves. */
export interface VendorMsrs {
  /** Registers that keep what is written, by number, as RESET leaves them. */
  reset(hasMonitor: boolean): Record<number, bigint>;
  /** A register whose value follows from what the CPU is; undefined: there is none. */
  read(msr: number, tscKhz: number): bigint | undefined;
  /** What a register that is kept has after a write; undefined: #GP. */
  kept(msr: number, value: bigint): bigint | undefined;
  /** Registers that take any value, without effect. */
  readonly ignored: readonly number[];
  /** The register that switches MONITOR and MWAIT. */
  readonly monitorSwitch: number;
  isMonitorOn(value: bigint): boolean;
}

/** Both makers'. */
export const BIOS_SIGN_ID = 0x8b;
export const MCG_STATUS = 0x17a;
export const DEBUGCTL = 0x1d9;
export const DEBUGCTL_WRITABLE = 0x3n;
const LAST_BRANCH_FROM = 0x1db;
const LAST_EXCEPTION_TO = 0x1de;

/** Of branches and exceptions none is recorded. */
export function isLastBranch(msr: number): boolean {
  return msr >= LAST_BRANCH_FROM && msr <= LAST_EXCEPTION_TO;
}
