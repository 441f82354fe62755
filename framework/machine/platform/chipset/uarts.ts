/** Where a PC has its serial ports: COM1 to COM4. The third and fourth share the interrupts of the first two. */
export const UARTS = [
  { base: 0x3f8, irq: 4 },
  { base: 0x2f8, irq: 3 },
  { base: 0x3e8, irq: 4 },
  { base: 0x2e8, irq: 3 },
] as const;

/** And its first parallel port. */
export const LPT1 = { base: 0x378, irq: 7 } as const;
