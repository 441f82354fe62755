/**
 * The x87 instructions (SDM vol. 2; opcode map: table A-7 on). The runtime does them: it gets the opcode's low three bits and ModRM as one
 * number, and for a memory operand its segment and offset.
 */
import type { Emit } from '../emit/access';
import type { Row } from '../row';
import { row } from '../row';

const emitMemory: Emit = (m) => m.call('x87Memory', m.read(1), m.segment(), m.address());
const emitRegister: Emit = (m) => m.call('x87Register', m.read(0));

/** Memory forms of D8 to DF by /reg. */
const MEMORY: readonly string[] = [
  'FADD FMUL FCOM FCOMP FSUB FSUBR FDIV FDIVR',
  'FLD - FST FSTP FLDENV FLDCW FNSTENV FNSTCW',
  'FIADD FIMUL FICOM FICOMP FISUB FISUBR FIDIV FIDIVR',
  'FILD FISTTP FIST FISTP - FLD - FSTP',
  'FADD FMUL FCOM FCOMP FSUB FSUBR FDIV FDIVR',
  'FLD FISTTP FST FSTP FRSTOR - FNSAVE FNSTSW',
  'FIADD FIMUL FICOM FICOMP FISUB FISUBR FIDIV FIDIVR',
  'FILD FISTTP FIST FISTP FBLD FILD FBSTP FISTP',
];

/** Register forms by /reg: one name, or one for each rm. Second names of the same thing are valid, if undocumented. */
const REGISTER: readonly (readonly string[])[] = [
  ['FADD', 'FMUL', 'FCOM', 'FCOMP', 'FSUB', 'FSUBR', 'FDIV', 'FDIVR'],
  [
    'FLD',
    'FXCH',
    'FNOP - - - - - - -',
    'FSTP',
    'FCHS FABS - - FTST FXAM - -',
    'FLD1 FLDL2T FLDL2E FLDPI FLDLG2 FLDLN2 FLDZ -',
    'F2XM1 FYL2X FPTAN FPATAN FXTRACT FPREM1 FDECSTP FINCSTP',
    'FPREM FYL2XP1 FSQRT FSINCOS FRNDINT FSCALE FSIN FCOS',
  ],
  ['FCMOVB', 'FCMOVE', 'FCMOVBE', 'FCMOVU', '-', '- FUCOMPP - - - - - -', '-', '-'],
  ['FCMOVNB', 'FCMOVNE', 'FCMOVNBE', 'FCMOVNU', 'FNENI FNDISI FNCLEX FNINIT FNSETPM - - -', 'FUCOMI', 'FCOMI', '-'],
  ['FADD', 'FMUL', 'FCOM', 'FCOMP', 'FSUBR', 'FSUB', 'FDIVR', 'FDIV'],
  ['FFREE', 'FXCH', 'FST', 'FSTP', 'FUCOM', 'FUCOMP', '-', '-'],
  ['FADDP', 'FMULP', 'FCOMP', '- FCOMPP - - - - - -', 'FSUBRP', 'FSUBP', 'FDIVRP', 'FDIVP'],
  ['FFREEP', 'FXCH', 'FSTP', 'FSTP', 'FNSTSW - - - - - - -', 'FUCOMIP', 'FCOMIP', '-'],
];

const FEATURE_OF: Record<string, Row['feature']> = { FISTTP: 'sse3', FUCOMI: 'cmov', FCOMI: 'cmov', FUCOMIP: 'cmov', FCOMIP: 'cmov' };

function featureOf(name: string): { feature?: NonNullable<Row['feature']> } {
  const feature = name.startsWith('FCMOV') ? 'cmov' : FEATURE_OF[name];
  return feature === undefined ? {} : { feature };
}

function opcodeRows(low: number): Row[] {
  const opcode = (0xd8 + low).toString(16);
  const memory = (MEMORY[low] ?? '').split(' ').flatMap((name, reg) => {
    return name === '-' ? [] : [row(`${opcode} /${reg} mem`, `${name} M X`, 'v', emitMemory, featureOf(name))];
  });
  const register = (REGISTER[low] ?? []).flatMap((names, reg) => {
    const [first = '-', ...others] = names.split(' ');
    if (others.length === 0) return first === '-' ? [] : [row(`${opcode} /${reg} reg`, `${first} X`, 'b', emitRegister, featureOf(first))];
    return [first, ...others].flatMap((name, rm) => {
      return name === '-' ? [] : [row(`${opcode} /${reg} reg rm${rm}`, `${name} X`, 'b', emitRegister, featureOf(name))];
    });
  });
  return [...memory, ...register];
}

export const X87: readonly Row[] = [row('9b', 'FWAIT', 'b', (m) => m.call('fwait')), ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap(opcodeRows)];
