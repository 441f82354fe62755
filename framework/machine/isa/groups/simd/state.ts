/** EMMS, MXCSR and the state image (SDM 2). */
import { MXCSR } from '../../../core/layout/fpu-state';
import type { Emit } from '../../emit/access';
import { c32 } from '../../emit/expression';
import type { Row } from '../../row';
import { row } from '../../row';
import { sse } from './gate';

function emitXsave(isOptimized: boolean): Emit {
  return (m) => m.call('xsave', m.segment(), m.address(), c32(isOptimized ? 1 : 0));
}

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
  row('np 0f ae /4 mem', 'XSAVE M', 'y', emitXsave(false), { feature: 'xsave' }),
  row('np 0f ae /5 mem', 'XRSTOR M', 'y', (m) => m.call('xrstor', m.segment(), m.address()), { feature: 'xsave' }),
  row('np 0f ae /6 mem', 'XSAVEOPT M', 'y', emitXsave(true), { feature: 'xsave' }),
];
