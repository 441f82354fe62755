/** What follows from a change of CR3 or of a paging control bit. */
import { CR3, EFER, MODE_PAGING, PDPTE } from '../layout/cpu-state';
import { RESERVED_PHYSICAL } from '../layout/run-state';
import { CR4_PAE, CR4_PGE, EFER_LMA, a20Mask, mode } from '../state';
import { raiseGeneral } from '../interrupts/raise';
import { physicalRead64 } from '../memory/physical';
import { flushNonGlobal, flushTlb } from '../memory/tlb';

/** Reserved bits of a PDPTE: 2-1, 8-5, 63 and above the physical width. */
const PDPTE_RESERVED: u64 = 0xfff00000000001e6;

/** Reads the four PDPTEs at `cr3`; with `check`, reserved bits raise #GP(0) before anything is taken over. */
export function loadPdptes(cr3: u64, check: bool): void {
  const table = cr3 & 0xffffffe0;
  for (let pass = check ? 0 : 1; pass < 2; pass++) {
    for (let index: u32 = 0; index < 4; index++) {
      const entry = physicalRead64((table + (index << 3)) & a20Mask());
      if (pass == 0) {
        if (entry & 1 && entry & (PDPTE_RESERVED | load<u64>(RESERVED_PHYSICAL))) raiseGeneral(0);
      } else store<u64>(PDPTE + (index << 3), entry);
    }
  }
}

/** CR3 has its new value (task switch, host): PDPTEs are read again, translations dropped. */
export function pageTableChanged(cr4: u32): void {
  if (mode() & MODE_PAGING && cr4 & CR4_PAE && !(load<u32>(EFER) & EFER_LMA)) loadPdptes(load<u64>(CR3), false);
  if (cr4 & CR4_PGE) flushNonGlobal();
  else flushTlb();
}
