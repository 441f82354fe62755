/** Registers and status bits of the 82077AA (data sheet 290166, chapters 2 and 5). */
export const PORT = { DOR: 2, TDR: 3, MSR: 4, DATA: 5, DIR: 7 } as const;

/** Digital output register: drive select 1-0, /RESET, DMA gate, motors 7-4. */
export const DOR_SELECT = 0x03;
export const DOR_NOT_RESET = 0x04;
export const DOR_DMA_GATE = 0x08;
export const DOR_MOTOR_0 = 0x10;

/** Main status register. Bits 3-0: that drive seeks. */
export const MSR_COMMAND_BUSY = 0x10;
export const MSR_NON_DMA = 0x20;
export const MSR_TO_HOST = 0x40;
export const MSR_READY = 0x80;

/** Data rate select register. */
export const DSR_RATE = 0x03;
export const DSR_RESET = 0x80;

/** Digital input register. */
export const DIR_DISK_CHANGED = 0x80;

/** Status 0: interrupt code 7-6, seek end, head, drive. */
export const ST0_ABNORMAL = 0x40;
export const ST0_INVALID = 0x80;
/** Also what the polling after a reset reports of each drive. */
export const ST0_READY_CHANGED = 0xc0;
export const ST0_SEEK_END = 0x20;

export const ST1_MISSING_ADDRESS = 0x01;
export const ST1_NO_DATA = 0x04;
export const ST1_OVERRUN = 0x10;
export const ST1_END_OF_CYLINDER = 0x80;

export const ST2_WRONG_CYLINDER = 0x10;
export const ST2_CONTROL_MARK = 0x40;

/** Status 3: head and drive in 2-0, two sides, track 0, write protected, and a bit that is always set. */
export const ST3_TWO_SIDES = 0x08;
export const ST3_TRACK_0 = 0x10;
export const ST3_ALWAYS = 0x20;

/** Drive and head in a command's second byte. */
export const SELECT_HEAD = 0x04;
export const SELECT_DRIVE = 0x03;

/** CONFIGURE, second parameter. */
export const CONFIGURE_IMPLIED_SEEK = 0x40;
export const CONFIGURE_POLLING_OFF = 0x10;
