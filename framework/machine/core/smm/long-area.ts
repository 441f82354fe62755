/** The save area in AMD64's format. APM vol. 2, table 10-1. */
import {
  CR0,
  CR3,
  CR4,
  DR,
  EFER,
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
import { getLongSegment, putLongSegment } from './segments';

const SEGMENTS_AT: u64 = 0x7e00;
const GDTR: u64 = 0x7e60;
const LDTR: u64 = 0x7e70;
const IDTR: u64 = 0x7e80;
const TR: u64 = 0x7e90;
/** Limit and base within the 16 bytes of a table register. */
const LIMIT: u64 = 4;
const BASE: u64 = 8;
export const LONG_HALT_RESTART: u64 = 0x7ec9;
const EFER_AT: u64 = 0x7ed0;
export const LONG_SMBASE: u64 = 0x7f00;
export const LONG_CR4: u64 = 0x7f48;
export const LONG_CR3: u64 = 0x7f50;
export const LONG_CR0: u64 = 0x7f58;
const DR7_AT: u64 = 0x7f60;
const DR6_AT: u64 = 0x7f68;
export const LONG_FLAGS: u64 = 0x7f70;
const RIP: u64 = 0x7f78;
/** RAX; the others follow downwards. */
const GPR_LAST: u64 = 0x7ff8;

export function saveLong(): void {
  for (let index: u32 = 0; index < 6; index++) putLongSegment(SEGMENTS_AT + (index << 4), SEGMENTS + index * SEGMENT_BYTES);
  putLongSegment(LDTR, SEG_LDTR);
  putLongSegment(TR, SEG_TR);
  put(GDTR + LIMIT, 4, load<u32>(GDTR_LIMIT));
  putField(GDTR + BASE, 8, GDTR_BASE);
  put(IDTR + LIMIT, 4, load<u32>(IDTR_LIMIT));
  putField(IDTR + BASE, 8, IDTR_BASE);
  putField(EFER_AT, 8, EFER);
  putField(LONG_CR4, 8, CR4);
  putField(LONG_CR3, 8, CR3);
  putField(LONG_CR0, 8, CR0);
  putField(DR7_AT, 8, DR + 7 * 8);
  putField(DR6_AT, 8, DR + 6 * 8);
  put(LONG_FLAGS, 8, <u64>(<u32>getFlags()));
  putField(RIP, 8, IP);
  for (let index: u32 = 0; index < 16; index++) putField(GPR_LAST - (index << 3), 8, GPR + (index << 3));
  put(LONG_SMBASE, 4, load<u32>(SMBASE));
}

/** All but control registers, flags and SMBASE, which resume checks. */
export function loadLong(): void {
  for (let index: u32 = 0; index < 6; index++) getLongSegment(SEGMENTS_AT + (index << 4), SEGMENTS + index * SEGMENT_BYTES);
  getLongSegment(LDTR, SEG_LDTR);
  getLongSegment(TR, SEG_TR);
  store<u32>(GDTR_LIMIT, (<u32>get(GDTR + LIMIT, 4)) & 0xffff);
  getField(GDTR + BASE, 8, GDTR_BASE);
  store<u32>(IDTR_LIMIT, (<u32>get(IDTR + LIMIT, 4)) & 0xffff);
  getField(IDTR + BASE, 8, IDTR_BASE);
  getField(EFER_AT, 8, EFER);
  getField(DR7_AT, 8, DR + 7 * 8);
  getField(DR6_AT, 8, DR + 6 * 8);
  getField(RIP, 8, IP);
  for (let index: u32 = 0; index < 16; index++) getField(GPR_LAST - (index << 3), 8, GPR + (index << 3));
}
