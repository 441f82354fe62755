/** ATA command block and control block bits, ATA/ATAPI-7 volume 1, chapter 5. */
export const STATUS_BSY = 0x80;
export const STATUS_DRDY = 0x40;
/** Seek complete; a service bit in later standards. */
export const STATUS_DSC = 0x10;
export const STATUS_DRQ = 0x08;
export const STATUS_ERR = 0x01;

export const ERROR_ABRT = 0x04;
export const ERROR_IDNF = 0x10;
/** Diagnostic code "device 0 passed, device 1 passed or not present". */
export const DIAGNOSTIC_PASSED = 0x01;

export const CONTROL_NIEN = 0x02;
export const CONTROL_SRST = 0x04;
export const CONTROL_HOB = 0x80;

export const DEVICE_LBA = 0x40;
export const DEVICE_DEV = 0x10;
/** Bits 7 and 5 of the device register, which old software expects set. */
export const DEVICE_OBSOLETE = 0xa0;

/** Offsets of the command block registers. */
export const REGISTER = { DATA: 0, FEATURES: 1, COUNT: 2, LBA_LOW: 3, LBA_MID: 4, LBA_HIGH: 5, DEVICE: 6, COMMAND: 7 } as const;
