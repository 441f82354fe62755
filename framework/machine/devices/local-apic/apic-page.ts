import type { Gpa } from '../../../quantities/units';
import type { AccessSize, MmioDevice, MmioRegion } from '../../bus/types';
import type { LocalApic } from './local-apic';

const PAGE_BYTES = 4096;

/**
 * The register page of the local APICs: every CPU sees its own at the address in its base MSR. Registers are dwords at 16-byte
 * steps; smaller reads get their part of a dword (table 11-1 asks software for dwords, firmware reads bytes all the same), smaller
 * writes and those between registers are ignored.
 */
export class ApicPage implements MmioDevice {
  constructor(
    private readonly apics: readonly LocalApic[],
    private readonly currentVcpu: () => number,
  ) {}

  /** By the base MSRs now; to be registered again when one changes. */
  get mmioRegions(): readonly MmioRegion[] {
    const pages = new Set(this.apics.filter((apic) => apic.hasPage).map((apic) => apic.pageGpa));
    return Array.from(pages, (first) => ({ first, last: first + PAGE_BYTES - 1, name: 'local apic' }));
  }

  readMmio(gpa: Gpa, size: AccessSize): number | undefined {
    const apic = this.at(gpa);
    if (!apic) return undefined;
    const offset = gpa - apic.pageGpa;
    const part = offset & 0xf;
    if (part + size > 4) return 0;
    return apic.readRegister(offset >> 4) >>> (part * 8);
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): boolean {
    const apic = this.at(gpa);
    if (!apic) return false;
    const offset = gpa - apic.pageGpa;
    if (size === 4 && (offset & 0xf) === 0) apic.writeRegister(offset >> 4, value);
    return true;
  }

  private at(gpa: Gpa): LocalApic | undefined {
    const apic = this.apics[this.currentVcpu()];
    if (!apic?.hasPage) return undefined;
    return gpa >= apic.pageGpa && gpa < apic.pageGpa + PAGE_BYTES ? apic : undefined;
  }
}
