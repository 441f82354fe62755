/** What a host bridge's SMRAM registers say, as the memory map needs it. */
export interface SmramSettings {
  /** G_SMRAME: compatible SMRAM (A0000h-BFFFFh) exists for CPUs in SMM. */
  readonly enabled: boolean;
  /** D_OPEN: SMRAM shows outside of SMM too. */
  readonly open: boolean;
  /** H_SMRAME: compatible SMRAM shows at FEDA0000h instead. */
  readonly high: boolean;
  /** Bytes of TSEG at the top of low RAM; 0: none. */
  readonly tsegBytes: number;
}

/** SMRAM register bits, 82441FX datasheet 3.2.17; the same in later bridges. */
export const D_OPEN = 0x40;
export const D_CLS = 0x20;
export const D_LCK = 0x10;
export const G_SMRAME = 0x08;
