import type { Row } from '../../row';
import { SIMD_FLOAT } from './float';
import { SIMD_FLOAT_CONVERSIONS } from './float-conversion';
import { SIMD_INTEGER } from './integer';
import { SIMD_LANES } from './lanes';
import { SIMD_LOGIC } from './logic';
import { SIMD_MOVES } from './moves';
import { SIMD_SHIFTS } from './shifts';
import { SIMD_SHUFFLES } from './shuffles';
import { SIMD_SPECIAL } from './special';
import { SIMD_STATE } from './state';

/** MMX and SSE. */
export const SIMD: readonly Row[] = [
  ...SIMD_MOVES,
  ...SIMD_FLOAT,
  ...SIMD_FLOAT_CONVERSIONS,
  ...SIMD_LOGIC,
  ...SIMD_STATE,
  ...SIMD_INTEGER,
  ...SIMD_SHIFTS,
  ...SIMD_SHUFFLES,
  ...SIMD_LANES,
  ...SIMD_SPECIAL,
];
