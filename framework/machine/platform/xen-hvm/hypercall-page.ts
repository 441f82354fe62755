/** The hypercall page (xen/arch/x86/hvm/vmx/vmx.c: vmx_init_hypercall_page): a stub of 32 bytes for each hypercall. */
import { PAGE_BYTES } from '../../../quantities/units';

const STUB_BYTES = 32;
/** A guest under VMX has no IRET hypercall: its stub is UD2. */
const IRET = 23;
const INT3 = 0xcc;

/** MOV EAX, number; VMCALL; RET; the rest breakpoints. */
export function hypercallPage(): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES).fill(INT3);
  for (let nr = 0; nr < PAGE_BYTES / STUB_BYTES; nr++) {
    page.set(nr === IRET ? [0x0f, 0x0b] : [0xb8, nr, 0, 0, 0, 0x0f, 0x01, 0xc1, 0xc3], nr * STUB_BYTES);
  }
  return page;
}
