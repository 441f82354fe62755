/** XEN_VERSION (public/version.h) as Debian 12's Xen 4.17.7 answers a guest. */
import { EINVAL, ENOSYS, EPERM, XenError } from '../errno';
import { subOp } from '../hypervisor';
import type { Hypercall, HypercallHandler, Hypervisor } from '../hypervisor';

export const XEN_MAJOR = 4;
export const XEN_MINOR = 17;
const EXTRAVERSION = '.7';
const COMPILER = 'gcc (Debian 12.2.0-14+deb12u1) 12.2.0';
const COMPILE_BY = 'pkg-xen-devel';
const COMPILE_DOMAIN = 'lists.alioth.debian.org';
/** The build date that hvmloader's SMBIOS tables carry. */
const COMPILE_DATE = 'Wed Nov  4 00:00:00 UTC 2026';
const CHANGESET = '';
const CAPABILITIES = 'xen-3.0-x86_64 xen-3.0-x86_32p hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 ';
/** What a guest reads instead of things that are none of its business. */
const DENIED = '<denied>';
const PAGE_BYTES = 4096;
const HYPERVISOR_VIRT_START = 0xffff_8000_0000_0000n;

/** Bits of XENVER_get_features, submap 0. */
const FEATURES =
  (1 << 0) | // writable_page_tables
  (1 << 2) | // auto_translated_physmap
  (1 << 8) | // hvm_callback_vector
  (1 << 9) | // hvm_safe_pvclock
  (1 << 13) | // memory_op_vnode_supported
  (1 << 16); // not_direct_mapped

/** Zero-padded, cut to leave the last byte zero. */
function text(value: string, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  out.set(new TextEncoder().encode(value).subarray(0, bytes - 1));
  return out;
}

function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function uuidBytes(uuid: string): Uint8Array {
  return Uint8Array.from(uuid.replaceAll('-', '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function features(call: Hypercall): number {
  const info = call.access.read(call.args[1], 8);
  if (info.u32(0) !== 0) throw new XenError(EINVAL);
  call.access.write(call.args[1], info.setU32(4, FEATURES).bytes);
  return 0;
}

function answer(xen: Hypervisor, call: Hypercall, command: number): Uint8Array | undefined {
  switch (command) {
    case 1:
      return text(EXTRAVERSION, 16);
    case 2:
      return join(text(COMPILER, 64), text(COMPILE_BY, 16), text(COMPILE_DOMAIN, 32), text(COMPILE_DATE, 32));
    case 3:
      return text(CAPABILITIES, 1024);
    case 4:
      return text(CHANGESET, 64);
    case 5: {
      const start = new Uint8Array(call.access.naturalBytes);
      if (call.access.wide) new DataView(start.buffer).setBigUint64(0, HYPERVISOR_VIRT_START, true);
      return start;
    }
    case 8:
      return uuidBytes(xen.config.uuid);
    case 9:
      return text(DENIED, DENIED.length + 1);
    default:
      return undefined;
  }
}

export const xenVersion: HypercallHandler = (xen, call) => {
  const command = subOp(call);
  const bytes = answer(xen, call, command);
  if (bytes !== undefined) {
    call.access.write(call.args[1], bytes);
    return 0;
  }
  switch (command) {
    case 0:
      return XEN_MAJOR * 0x10000 + XEN_MINOR;
    case 6:
      return features(call);
    case 7:
      if (call.args[1] !== 0n) throw new XenError(EINVAL);
      return PAGE_BYTES;
    case 10:
      throw new XenError(EPERM);
    default:
      throw new XenError(ENOSYS);
  }
};
