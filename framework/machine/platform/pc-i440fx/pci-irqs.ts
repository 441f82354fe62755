/** What PIRQA-D go to, the level-triggered lines of a PC. INTA of device 1 is PIRQA, and each device and pin moves on by one. */
export const PCI_IRQS = [10, 10, 11, 11] as const;
