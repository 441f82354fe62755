/** MOVS, CMPS, SCAS, LODS, STOS, INS, OUTS and IN, OUT (SDM 2). Element loops, REP and port permissions are the runtime's. */
import { STRING_CMPS, STRING_INS, STRING_LODS, STRING_MOVS, STRING_OUTS, STRING_SCAS, STRING_STOS } from '../../core/layout/blocks';
import type { Emit } from '../emit/access';
import { RAX, RDX } from '../emit/access';
import { c32 } from '../emit/expression';
import type { Row, RowOptions } from '../row';
import { row } from '../row';

function string(opcode: number, mnemonic: string, kind: number, options: RowOptions): Row[] {
  const emit: Emit = (m) => m.call('stringOp', c32(kind));
  const hex = (code: number): string => code.toString(16).padStart(2, '0');
  // The port instructions have no 64-bit form: REX.W leaves them at 32 bits.
  const wide = kind === STRING_INS || kind === STRING_OUTS ? 'port' : 'v';
  return [row(hex(opcode), `${mnemonic}B`, 'b', emit, options), row(hex(opcode + 1), `${mnemonic}W`, wide, emit, options)];
}

/** IN and OUT by immediate (operand 0) or by DX. */
function emitIn(byDx: boolean): Emit {
  return (m) => m.setGpr(RAX, m.size, m.value('portIn', byDx ? m.gpr(RDX, 16) : m.read(0), c32(m.size / 8)));
}

function emitOut(byDx: boolean): Emit {
  return (m) => m.call('portOut', byDx ? m.gpr(RDX, 16) : m.read(0), c32(m.size / 8), m.gpr(RAX, m.size));
}

const repeat = { end: 'repeat' as const };
const terminal = { end: 'terminal' as const };

export const STRING_IO: readonly Row[] = [
  ...string(0xa4, 'MOVS', STRING_MOVS, repeat),
  ...string(0xa6, 'CMPS', STRING_CMPS, { ...repeat, flags: 'oszapc' }),
  ...string(0xaa, 'STOS', STRING_STOS, repeat),
  ...string(0xac, 'LODS', STRING_LODS, repeat),
  ...string(0xae, 'SCAS', STRING_SCAS, { ...repeat, flags: 'oszapc' }),
  ...string(0x6c, 'INS', STRING_INS, terminal),
  ...string(0x6e, 'OUTS', STRING_OUTS, terminal),
  row('e4', 'IN Ib', 'b', emitIn(false), terminal),
  row('e5', 'IN Ib', 'port', emitIn(false), terminal),
  row('e6', 'OUT Ib', 'b', emitOut(false), terminal),
  row('e7', 'OUT Ib', 'port', emitOut(false), terminal),
  row('ec', 'IN.DX', 'b', emitIn(true), terminal),
  row('ed', 'IN.DX', 'port', emitIn(true), terminal),
  row('ee', 'OUT.DX', 'b', emitOut(true), terminal),
  row('ef', 'OUT.DX', 'port', emitOut(true), terminal),
];
