/** CLC, STC, CMC, CLD, STD, CLI, STI, LAHF, SAHF (SDM 2). */
import { EFLAGS } from '../../core/layout/cpu-state';
import type { Emit } from '../emit/access';
import { RAX } from '../emit/access';
import { and, c32, or, shl, shrU, xor } from '../emit/expression';
import { O, condition, setAllFlags, setCarry } from '../emit/flags';
import type { Row } from '../row';
import { row } from '../row';

const DIRECTION = 0x400;

/** Both words that hold CF are turned over, so that OF stays. */
const emitCmc: Emit = (m) => m.setFlagAux(xor(m.flagAux(), c32(0xc0000000)));
const emitClc: Emit = (m) => setCarry(m, c32(0));
const emitStc: Emit = (m) => setCarry(m, c32(1));
const emitCld: Emit = (m) => m.setState(EFLAGS, and(m.state('i32', EFLAGS), c32(~DIRECTION)));
const emitStd: Emit = (m) => m.setState(EFLAGS, or(m.state('i32', EFLAGS), c32(DIRECTION)));

const emitLahf: Emit = (m) => {
  const image = m.value('getFlags');
  m.setGpr(RAX, 16, or(and(m.gpr(RAX, 16), c32(0xff)), shl(and(image, c32(0xff)), c32(8))));
};

const emitSahf: Emit = (m) => {
  const ah = m.keep(shrU(m.gpr(RAX, 16), c32(8)));
  const bit = (index: number): ReturnType<typeof c32> => m.keep(and(shrU(ah, c32(index)), c32(1)));
  const overflow = m.keep(condition(m, O));
  setAllFlags(m, { carry: bit(0), parity: bit(2), adjust: bit(4), zero: bit(6), sign: bit(7), overflow });
};

export const FLAGS: readonly Row[] = [
  row('f5', 'CMC', 'b', emitCmc, { flags: 'c' }),
  row('f8', 'CLC', 'b', emitClc, { flags: 'c' }),
  row('f9', 'STC', 'b', emitStc, { flags: 'c' }),
  row('fc', 'CLD', 'b', emitCld),
  row('fd', 'STD', 'b', emitStd),
  row('fa', 'CLI', 'b', (m) => m.call('cli'), { end: 'terminal' }),
  row('fb', 'STI', 'b', (m) => m.call('sti'), { end: 'terminal' }),
  row('9f', 'LAHF', 'b', emitLahf, { modes: 'legacy' }),
  row('9f', 'LAHF', 'b', emitLahf, { modes: 'long', feature: 'lahf64' }),
  row('9e', 'SAHF', 'b', emitSahf, { modes: 'legacy', flags: 'szapc' }),
  row('9e', 'SAHF', 'b', emitSahf, { modes: 'long', feature: 'lahf64', flags: 'szapc' }),
];
