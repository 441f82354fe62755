/** Hints, fences and undefined opcodes (SDM 2). */
import type { Emit } from '../emit/access';
import type { Row } from '../row';
import { row } from '../row';

const emitNothing: Emit = () => undefined;
const emitUndefined: Emit = (m) => m.call('undefined');

const terminal = { end: 'terminal' as const };
const hex = (opcode: number): string => opcode.toString(16).padStart(2, '0');

export const MISCELLANEOUS: readonly Row[] = [
  row('0f 0d', 'PREFETCHW Ev', 'v', emitNothing),
  ...[0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f].map((code) => row(`0f ${hex(code)}`, 'NOP Ev', 'v', emitNothing)),
  row('np 0f ae /5 reg', 'LFENCE', 'b', emitNothing, { feature: 'sse2' }),
  row('np 0f ae /6 reg', 'MFENCE', 'b', emitNothing, { feature: 'sse2' }),
  row('np 0f ae /7 reg', 'SFENCE', 'b', emitNothing, { feature: 'sse' }),
  row('np 0f ae /7 mem', 'CLFLUSH Mb', 'b', (m) => void m.read(0), { feature: 'clflush' }),
  row('0f ff', 'UD0 Gv Ev', 'v', emitUndefined, terminal),
  row('0f b9', 'UD1 Gv Ev', 'v', emitUndefined, terminal),
  row('0f 0b', 'UD2', 'b', emitUndefined, terminal),
];
