/** EMMS, MXCSR and the state image (SDM 2). */
import { MXCSR } from '../../../core/layout';
import type { Row } from '../../row';
import { row } from '../../row';
import { sse } from './gate';

export const SIMD_STATE: readonly Row[] = [
  row('np 0f 77', 'EMMS', 'b', (m) => m.call('emms'), { feature: 'mmx' }),
  row('np 0f ae /0 mem', 'FXSAVE M', 'y', (m) => m.call('fxsave', m.segment(), m.address()), { feature: 'fxsr' }),
  row('np 0f ae /1 mem', 'FXRSTOR M', 'y', (m) => m.call('fxrstor', m.segment(), m.address()), { feature: 'fxsr' }),
  row(
    'np 0f ae /2 mem',
    'LDMXCSR Md',
    'b',
    sse((m) => m.call('ldmxcsr', m.read(0))),
    { feature: 'sse' },
  ),
  row(
    'np 0f ae /3 mem',
    'STMXCSR Md',
    'b',
    sse((m) => m.write(0, m.state('i32', MXCSR))),
    { feature: 'sse' },
  ),
];
