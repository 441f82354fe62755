/** Command block and control block bits that a channel itself looks at, ATA/ATAPI-7 volume 1, chapter 5. */
export const CONTROL_NIEN = 0x02;
export const CONTROL_HOB = 0x80;

export const DEVICE_DEV = 0x10;

/** Offsets of the command block registers. */
export const REGISTER = { DATA: 0, FEATURES: 1, COUNT: 2, LBA_LOW: 3, LBA_MID: 4, LBA_HIGH: 5, DEVICE: 6, COMMAND: 7 } as const;
