/** Registers of the 8254x family (PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual 317453, chapter 13). */
export const CTRL = 0x0000;
export const STATUS = 0x0008;
export const EECD = 0x0010;
export const EERD = 0x0014;
export const CTRL_EXT = 0x0018;
export const MDIC = 0x0020;
export const VET = 0x0038;
export const ICR = 0x00c0;
export const ITR = 0x00c4;
export const ICS = 0x00c8;
export const IMS = 0x00d0;
export const IMC = 0x00d8;
export const RCTL = 0x0100;
export const TCTL = 0x0400;
export const PBA = 0x1000;
export const RDBAL = 0x2800;
export const RDH = 0x2810;
export const RDT = 0x2818;
export const TDBAL = 0x3800;
export const TDH = 0x3810;
export const TDT = 0x3818;
/** Statistics are cleared by reading. */
export const STATISTICS_FIRST = 0x4000;
export const STATISTICS_LAST = 0x40fc;
export const GPRC = 0x4074;
export const GPTC = 0x4080;
export const GORCL = 0x4088;
export const GOTCL = 0x4090;
export const MPC = 0x4010;
export const TPR = 0x40d0;
export const TPT = 0x40d4;
export const MTA = 0x5200;
export const RAL = 0x5400;
export const RAH = 0x5404;
export const RECEIVE_ADDRESSES = 16;

/** Ranges of registers that only keep what is written to them. */
export const STORED: readonly (readonly [first: number, last: number])[] = [
  [CTRL_EXT, CTRL_EXT],
  [0x0028, 0x0038], // flow control address and type, VET
  [ITR, ITR],
  [RCTL, RCTL],
  [0x0170, 0x0178], // flow control timer, TXCW
  [TCTL, 0x0458], // TCTL, TIPG, AIT
  [0x0e00, 0x0e00], // LEDCTL
  [PBA, PBA],
  [0x2160, 0x2168], // flow control thresholds
  [RDBAL, 0x282c],
  [0x2c00, 0x2c00], // small packet detect
  [0x3000, 0x3000], // TXDMAC
  [TDBAL, 0x3830],
  [0x5000, 0x5000], // RXCSUM
  [MTA, 0x547c],
  [0x5600, 0x57fc], // VLAN filter
  [0x5800, 0x5ffc], // wake-up, management and filter tables
];
/** Words of the register file that a state holds. */
export const FILE_WORDS = 0x6000 / 4;

export const CTRL_FD = 1 << 0;
export const CTRL_SLU = 1 << 6;
export const CTRL_RST = 1 << 26;
export const CTRL_VME = 1 << 30;
export const CTRL_PHY_RST = 2 ** 31;
/** Reads the EEPROM as a reset of the bus does. */
export const CTRL_EXT_EE_RST = 1 << 13;
export const STATUS_FD = 1 << 0;
export const STATUS_LU = 1 << 1;
/** 1000 Mb/s, as configured and as detected. */
export const STATUS_1000 = (2 << 6) | (2 << 8);

export const EECD_SK = 1 << 0;
export const EECD_CS = 1 << 1;
export const EECD_DI = 1 << 2;
export const EECD_DO = 1 << 3;
export const EECD_REQ = 1 << 6;
export const EECD_GNT = 1 << 7;
export const EECD_PRES = 1 << 8;
export const EERD_START = 1 << 0;
export const EERD_DONE = 1 << 4;

export const MDIC_WRITE = 1;
export const MDIC_READ = 2;
export const MDIC_READY = 1 << 28;
export const MDIC_ENABLE = 1 << 29;
export const MDIC_ERROR = 1 << 30;

export const CAUSE = { TXDW: 1 << 0, TXQE: 1 << 1, LSC: 1 << 2, RXDMT0: 1 << 4, RXO: 1 << 6, RXT0: 1 << 7, MDAC: 1 << 9 } as const;

export const RCTL_EN = 1 << 1;
export const RCTL_UPE = 1 << 3;
export const RCTL_MPE = 1 << 4;
export const RCTL_LBM = 3 << 6;
export const RCTL_BAM = 1 << 15;
export const RCTL_BSEX = 1 << 25;
export const RCTL_SECRC = 1 << 26;
export const TCTL_EN = 1 << 1;
export const TCTL_PSP = 1 << 3;
