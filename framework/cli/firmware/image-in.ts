import type { Diagnostic } from '../../diagnostics/diagnostic';
import type { FirmwareImage } from '../../plan/firmware/manifest';
import { unpackGzip, unpackKernel } from '../../plan/kernel/unpack';

/** The image in the file that a package has: all of it, unpacked, or a part; or why there is none. */
export function imageIn(packed: Uint8Array, { unpack, slice }: FirmwareImage): Uint8Array | Diagnostic {
  const whole = unpack === 'vmlinux' ? unpackKernel(packed) : unpack === 'gzip' ? unpackGzip(packed) : packed;
  return 'code' in whole || !slice ? whole : whole.subarray(slice.offset, slice.offset + slice.sizeBytes);
}
