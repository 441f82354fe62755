import { ARITHMETIC } from './groups/arithmetic';
import { BCD } from './groups/bcd';
import { BIT } from './groups/bit';
import { CONTROL_FLOW } from './groups/control-flow';
import { EXCHANGE } from './groups/exchange';
import { FLAGS } from './groups/flags';
import { MISCELLANEOUS } from './groups/miscellaneous';
import { MOVE } from './groups/move';
import { MUL_DIV } from './groups/mul-div';
import { SEGMENT } from './groups/segment';
import { SHIFT_ROTATE } from './groups/shift-rotate';
import { SIMD } from './groups/simd/simd';
import { STACK } from './groups/stack';
import { STRING_IO } from './groups/string-io';
import { SYSTEM } from './groups/system';
import { X87 } from './groups/x87';
import type { Row } from './row';

/** Every opcode that the core knows. */
export const INSTRUCTION_SET: readonly Row[] = [
  ...ARITHMETIC,
  ...MOVE,
  ...SHIFT_ROTATE,
  ...MUL_DIV,
  ...STACK,
  ...CONTROL_FLOW,
  ...FLAGS,
  ...STRING_IO,
  ...BCD,
  ...BIT,
  ...EXCHANGE,
  ...SEGMENT,
  ...SYSTEM,
  ...MISCELLANEOUS,
  ...X87,
  ...SIMD,
];
