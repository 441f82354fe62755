/** What stands around the semantics of every MMX and SSE instruction. */
import { SSE_GATE } from '../../../core/layout/cpu-state';
import type { Emit } from '../../emit/access';

/** #UD and #NM come before anything else that the instruction does. */
export function sse(emit: Emit): Emit {
  return (m) => {
    m.if(m.state('i32', SSE_GATE), () => m.call('requireSse'));
    emit(m);
  };
}

/** The same and #MF; the x87 stack becomes MMX registers once nothing can fault any more. */
export function mmx(emit: Emit): Emit {
  return (m) => {
    m.call('requireMmx');
    emit(m);
    m.call('enterMmx');
  };
}
