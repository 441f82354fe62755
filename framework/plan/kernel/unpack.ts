import { gunzipSync } from 'node:zlib';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { MIB } from '../../quantities/units';
import { unpackLz4 } from './lz4';

/** Fields of the setup header (Documentation/x86/boot.rst). */
const SETUP_SECTS = 0x1f1;
const HEADER_MAGIC = 0x202;
const PROTOCOL = 0x206;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const HDRS = 0x5372_6448;
/** The first version with payload_offset. */
const PROTOCOL_2_08 = 0x208;
const SECTOR_BYTES = 512;
const MAX_KERNEL_BYTES = 256 * MIB;
const GZIP = 0x1f8b;
const LZ4_LEGACY = 0x0221_4c18;

/** What a gzipped file holds, or why it cannot be unpacked. */
export function unpackGzip(packed: Uint8Array): Uint8Array | Diagnostic {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_KERNEL_BYTES });
  } catch (error) {
    return diagnostic('image-bad', `no kernel can be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The ELF file inside a bzImage, or why there is none. */
export function unpackKernel(image: Uint8Array): Uint8Array | Diagnostic {
  const bad = (what: string): Diagnostic => diagnostic('image-bad', `no kernel can be unpacked: ${what}`);
  if (image.length < PAYLOAD_LENGTH + 4) return bad('the file is too short for a bzImage');
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (view.getUint32(HEADER_MAGIC, true) !== HDRS) return bad('the file is no bzImage');
  if (view.getUint16(PROTOCOL, true) < PROTOCOL_2_08) return bad('its boot protocol is older than 2.08');
  const start = ((view.getUint8(SETUP_SECTS) || 4) + 1) * SECTOR_BYTES + view.getUint32(PAYLOAD_OFFSET, true);
  const length = view.getUint32(PAYLOAD_LENGTH, true);
  if (start + length > image.length || length < 8) return bad('its payload runs past its end');
  const payload = image.subarray(start, start + length);
  const magic = view.getUint32(start, false);
  try {
    if (magic === LZ4_LEGACY) return unpackLz4(payload, MAX_KERNEL_BYTES);
    if (magic >>> 16 === GZIP) return gunzipSync(payload.subarray(0, length - 4), { maxOutputLength: MAX_KERNEL_BYTES });
  } catch (error) {
    return bad(error instanceof Error ? error.message : String(error));
  }
  return bad(`its compression (first bytes ${magic.toString(16).padStart(8, '0')}) is neither LZ4 nor gzip`);
}
