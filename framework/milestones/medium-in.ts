import type { DiskName, Machine } from '../machine/types';

/** What is in a diskette or CD-ROM drive now. */
export function mediumIn(machine: Pick<Machine, 'config' | 'diskette' | 'disc'>, drive: string): ReturnType<Machine['disc']> {
  if (drive === 'fda') return machine.diskette();
  return drive === 'hdc' ? machine.disc() : machine.config.cdroms?.[drive as DiskName];
}
