import type { Op } from '../../isa/emit/expression';

/** Opcode by operation and type of the (first) argument; loads by type of the result (WebAssembly core specification 5.4). */
export const OPCODES: Record<Exclude<Op, 'const' | 'local' | 'select' | 'vector'>, { readonly i32: number; readonly i64: number }> = {
  eqz: { i32: 0x45, i64: 0x50 },
  eq: { i32: 0x46, i64: 0x51 },
  ne: { i32: 0x47, i64: 0x52 },
  ltS: { i32: 0x48, i64: 0x53 },
  ltU: { i32: 0x49, i64: 0x54 },
  gtS: { i32: 0x4a, i64: 0x55 },
  gtU: { i32: 0x4b, i64: 0x56 },
  leS: { i32: 0x4c, i64: 0x57 },
  leU: { i32: 0x4d, i64: 0x58 },
  geS: { i32: 0x4e, i64: 0x59 },
  geU: { i32: 0x4f, i64: 0x5a },
  clz: { i32: 0x67, i64: 0x79 },
  ctz: { i32: 0x68, i64: 0x7a },
  popcnt: { i32: 0x69, i64: 0x7b },
  add: { i32: 0x6a, i64: 0x7c },
  sub: { i32: 0x6b, i64: 0x7d },
  mul: { i32: 0x6c, i64: 0x7e },
  divS: { i32: 0x6d, i64: 0x7f },
  divU: { i32: 0x6e, i64: 0x80 },
  remS: { i32: 0x6f, i64: 0x81 },
  remU: { i32: 0x70, i64: 0x82 },
  and: { i32: 0x71, i64: 0x83 },
  or: { i32: 0x72, i64: 0x84 },
  xor: { i32: 0x73, i64: 0x85 },
  shl: { i32: 0x74, i64: 0x86 },
  shrS: { i32: 0x75, i64: 0x87 },
  shrU: { i32: 0x76, i64: 0x88 },
  rotl: { i32: 0x77, i64: 0x89 },
  rotr: { i32: 0x78, i64: 0x8a },
  wrap: { i32: 0, i64: 0xa7 },
  extendS: { i32: 0xac, i64: 0 },
  extendU: { i32: 0xad, i64: 0 },
  extend8S: { i32: 0xc0, i64: 0xc2 },
  extend16S: { i32: 0xc1, i64: 0xc3 },
  extend32S: { i32: 0, i64: 0xc4 },
  load: { i32: 0x28, i64: 0x29 },
  load8S: { i32: 0x2c, i64: 0x30 },
  load8U: { i32: 0x2d, i64: 0x31 },
  load16S: { i32: 0x2e, i64: 0x32 },
  load16U: { i32: 0x2f, i64: 0x33 },
  load32S: { i32: 0, i64: 0x34 },
  load32U: { i32: 0, i64: 0x35 },
};

export const STORE_OPCODES = {
  i32: { 8: 0x3a, 16: 0x3b, 32: 0x36 },
  i64: { 8: 0x3c, 16: 0x3d, 32: 0x3e, 64: 0x37 },
} as const;

export const CALL = 0x10;
export const CALL_INDIRECT = 0x11;
export const RETURN = 0x0f;
export const UNREACHABLE = 0x00;
export const BLOCK = 0x02;
export const LOOP = 0x03;
export const IF = 0x04;
export const ELSE = 0x05;
export const END = 0x0b;
export const BR = 0x0c;
export const BR_IF = 0x0d;
export const BR_TABLE = 0x0e;
export const DROP = 0x1a;
export const SELECT = 0x1b;
export const LOCAL_GET = 0x20;
export const LOCAL_SET = 0x21;
export const I32_CONST = 0x41;
export const I64_CONST = 0x42;
/** Before the number of a vector operation. */
export const VECTOR = 0xfd;
export const VECTOR_STORE = 0x0b;
export const VALUE_TYPES = { i32: 0x7f, i64: 0x7e, v128: 0x7b } as const;
export const NO_RESULT = 0x40;
