import type { Row } from '../../row';
import { SIMD_LOGIC } from './logic';
import { SIMD_MOVES } from './moves';
import { SIMD_STATE } from './state';

/** MMX and SSE but for their floating-point arithmetic. */
export const SIMD: readonly Row[] = [...SIMD_MOVES, ...SIMD_LOGIC, ...SIMD_STATE];
