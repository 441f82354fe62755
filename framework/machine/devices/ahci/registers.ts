/** AHCI registers and their bits, Serial ATA Advanced Host Controller Interface 1.3.1, chapter 3. */

/** Generic host control. */
export const HBA = { CAP: 0x00, GHC: 0x04, IS: 0x08, PI: 0x0c, VS: 0x10 } as const;
export const PORTS_FIRST = 0x100;
export const PORT_BYTES = 0x80;

/** CAP: 64-bit addresses, AHCI only, generation 1 (1.5 Gbit/s), 32 command slots; the number of ports is added. */
export const CAP_S64A = 0x8000_0000;
export const CAP_SAM = 0x0004_0000;
export const CAP_GEN1 = 0x0010_0000;
export const COMMAND_SLOTS = 32;
/** Version 1.0. */
export const VERSION = 0x0001_0000;

export const GHC_HR = 0x0000_0001;
export const GHC_IE = 0x0000_0002;
export const GHC_AE = 0x8000_0000;

/** Registers of a port. */
export const PORT = {
  CLB: 0x00,
  CLBU: 0x04,
  FB: 0x08,
  FBU: 0x0c,
  IS: 0x10,
  IE: 0x14,
  CMD: 0x18,
  TFD: 0x20,
  SIG: 0x24,
  SSTS: 0x28,
  SCTL: 0x2c,
  SERR: 0x30,
  SACT: 0x34,
  CI: 0x38,
} as const;

/** PxIS and PxIE: D2H register FIS, PIO setup FIS, port connect change, overflow, task file error. */
export const IS_DHRS = 0x0000_0001;
export const IS_PSS = 0x0000_0002;
export const IS_PCS = 0x0000_0040;
export const IS_OFS = 0x0100_0000;
export const IS_TFES = 0x4000_0000;
export const IE_WRITABLE = 0xfdc0_00ff;
/** PxIS bits that writing 1 clears; PCS follows PxSERR.DIAG.X. */
export const IS_CLEARABLE = 0xfd80_00af;

export const CMD_ST = 0x0000_0001;
export const CMD_SUD = 0x0000_0002;
export const CMD_POD = 0x0000_0004;
export const CMD_CLO = 0x0000_0008;
export const CMD_FRE = 0x0000_0010;
export const CMD_CCS = 0x0000_1f00;
export const CMD_CCS_SHIFT = 8;
export const CMD_FR = 0x0000_4000;
export const CMD_CR = 0x0000_8000;
export const CMD_WRITABLE = 0xf300_0011;

/** SSTS: device present and communication established, generation 1, active. */
export const SSTS_ACTIVE = 0x113;
/** SCTL.DET = 1: COMRESET. */
export const SCTL_DET = 0x0f;
export const SCTL_DET_COMRESET = 0x01;
export const SERR_DIAG_X = 0x0400_0000;

/** PxTFD without a device's register FIS. */
export const TFD_NONE = 0x7f;
export const SIG_NONE = 0xffff_ffff;

/** Received FIS structure, 4.2.1. */
export const RECEIVED = { PIO_SETUP: 0x20, D2H: 0x40 } as const;
export const FIS = { H2D: 0x27, D2H: 0x34, PIO_SETUP: 0x5f } as const;
/** Second byte of a host-to-device FIS: it carries a command, not a control register. */
export const FIS_COMMAND = 0x80;
/** Second byte of a device-to-host FIS: interrupt, and (PIO setup) the direction is to the host. */
export const FIS_INTERRUPT = 0x40;
export const FIS_TO_HOST = 0x20;

/** First dword of a command header, 4.2.2. */
export const HEADER_BYTES = 32;
export const HEADER_WRITE = 0x40;
/** Command table, 4.2.3. */
export const TABLE_PACKET = 0x40;
export const TABLE_PRDT = 0x80;
export const PRD_BYTES = 16;
export const PRD_COUNT = 0x003f_ffff;
