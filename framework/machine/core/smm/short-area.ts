/** The save area in the 32-bit format. SDM vol. 3, table 31-1; what is reserved there (hidden parts, tables, CR4) as in QEMU. */
import {
  CR0,
  CR3,
  CR4,
  DR,
  GDTR_BASE,
  GDTR_LIMIT,
  GPR,
  IDTR_BASE,
  IDTR_LIMIT,
  IP,
  SEGMENTS,
  SEGMENT_BYTES,
  SEG_LDTR,
  SEG_TR,
  SMBASE,
} from '../layout/cpu-state';
import { getFlags } from '../system/flags';
import { get, getField, put, putField } from './save-area';
import { getShortSegment, putShortSegment } from './segments';

export const SHORT_CR0: u64 = 0x7ffc;
export const SHORT_CR3: u64 = 0x7ff8;
export const SHORT_FLAGS: u64 = 0x7ff4;
const EIP: u64 = 0x7ff0;
/** EAX; ECX to EDI follow upwards. */
const EAX: u64 = 0x7fd0;
const DR6_AT: u64 = 0x7fcc;
const DR7_AT: u64 = 0x7fc8;
const TR_SELECTOR: u64 = 0x7fc4;
const LDTR_SELECTOR: u64 = 0x7fc0;
/** ES; CS, SS, DS, FS and GS follow upwards. */
const ES_SELECTOR: u64 = 0x7fa8;
const LDTR: u64 = 0x7f78;
const GDTR_LIMIT_AT: u64 = 0x7f70;
const GDTR_BASE_AT: u64 = 0x7f74;
const TR: u64 = 0x7f5c;
const IDTR_LIMIT_AT: u64 = 0x7f54;
const IDTR_BASE_AT: u64 = 0x7f58;
export const SHORT_CR4: u64 = 0x7f14;
export const SHORT_HALT_RESTART: u64 = 0x7f02;
export const SHORT_SMBASE: u64 = 0x7ef8;

/** Hidden parts of ES, CS, SS, and apart from them of DS, FS, GS. */
function hiddenAt(index: u32): u64 {
  return index < 3 ? 0x7f84 + <u64>index * 12 : 0x7f2c + <u64>(index - 3) * 12;
}

export function saveShort(): void {
  putField(SHORT_CR0, 4, CR0);
  putField(SHORT_CR3, 4, CR3);
  putField(SHORT_CR4, 4, CR4);
  put(SHORT_FLAGS, 4, <u64>(<u32>getFlags()));
  putField(EIP, 4, IP);
  for (let index: u32 = 0; index < 8; index++) putField(EAX + (index << 2), 4, GPR + (index << 3));
  putField(DR6_AT, 4, DR + 6 * 8);
  putField(DR7_AT, 4, DR + 7 * 8);
  for (let index: u32 = 0; index < 6; index++) {
    putShortSegment(ES_SELECTOR + (index << 2), hiddenAt(index), SEGMENTS + index * SEGMENT_BYTES);
  }
  putShortSegment(LDTR_SELECTOR, LDTR, SEG_LDTR);
  putShortSegment(TR_SELECTOR, TR, SEG_TR);
  put(GDTR_LIMIT_AT, 4, load<u32>(GDTR_LIMIT));
  putField(GDTR_BASE_AT, 4, GDTR_BASE);
  put(IDTR_LIMIT_AT, 4, load<u32>(IDTR_LIMIT));
  putField(IDTR_BASE_AT, 4, IDTR_BASE);
  put(SHORT_SMBASE, 4, load<u32>(SMBASE));
}

/** All but control registers, flags and SMBASE, which resume checks. */
export function loadShort(): void {
  getField(EIP, 4, IP);
  for (let index: u32 = 0; index < 8; index++) getField(EAX + (index << 2), 4, GPR + (index << 3));
  getField(DR6_AT, 4, DR + 6 * 8);
  getField(DR7_AT, 4, DR + 7 * 8);
  for (let index: u32 = 0; index < 6; index++) {
    getShortSegment(ES_SELECTOR + (index << 2), hiddenAt(index), SEGMENTS + index * SEGMENT_BYTES);
  }
  getShortSegment(LDTR_SELECTOR, LDTR, SEG_LDTR);
  getShortSegment(TR_SELECTOR, TR, SEG_TR);
  store<u32>(GDTR_LIMIT, (<u32>get(GDTR_LIMIT_AT, 4)) & 0xffff);
  getField(GDTR_BASE_AT, 4, GDTR_BASE);
  store<u32>(IDTR_LIMIT, (<u32>get(IDTR_LIMIT_AT, 4)) & 0xffff);
  getField(IDTR_BASE_AT, 4, IDTR_BASE);
}
