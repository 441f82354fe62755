import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readFloatPack, type FloatGroup } from './float-pack';
import { FloatRunner, type FloatProgram, type FloatUnit } from './float-runner';

const PACK = join(__dirname, '..', '..', '..', 'shared', 'cpu-tests', 'float.json.gz');
const SHOWN = 10;

/** FNINIT, FLDCW, and afterwards FNSTSW. */
const X87: FloatUnit = {
  before: 'dbe3 d96c14',
  status: '26dd7d14',
  control: ({ rounding, precision }) => 0x3f | ((precision ?? 3) << 8) | (rounding << 10),
  statusMask: 0x27f,
  cr4: 0n,
  long: false,
};

const LOAD_ONE = 'db2c';
const LOAD_BOTH = 'db2c db6c0a';
const STORE = '26db3d';
/** The result is EFLAGS: PUSHF, POP [ES:DI], AND with those of the vectors. */
const STORE_FLAGS = '9c 268f05 268125d508';

const X87_PROGRAMS: Record<string, FloatProgram> = {
  fadd: { operate: `${LOAD_BOTH} dec1`, store: STORE, operandBytes: 10 },
  fsub: { operate: `${LOAD_BOTH} dee9`, store: STORE, operandBytes: 10 },
  fmul: { operate: `${LOAD_BOTH} dec9`, store: STORE, operandBytes: 10 },
  fdiv: { operate: `${LOAD_BOTH} def9`, store: STORE, operandBytes: 10 },
  fsqrt: { operate: `${LOAD_ONE} d9fa`, store: STORE, operandBytes: 10 },
  frndint: { operate: `${LOAD_ONE} d9fc`, store: STORE, operandBytes: 10 },
  fst32: { operate: `${LOAD_ONE} 26d91d`, operandBytes: 10 },
  fst64: { operate: `${LOAD_ONE} 26dd1d`, operandBytes: 10 },
  fistp16: { operate: `${LOAD_ONE} 26df1d`, operandBytes: 10 },
  fistp32: { operate: `${LOAD_ONE} 26db1d`, operandBytes: 10 },
  fistp64: { operate: `${LOAD_ONE} 26df3d`, operandBytes: 10 },
  fld32: { operate: 'd904', store: STORE, operandBytes: 4 },
  fld64: { operate: 'dd04', store: STORE, operandBytes: 8 },
  fild32: { operate: 'db04', store: STORE, operandBytes: 4 },
  fild64: { operate: 'df2c', store: STORE, operandBytes: 8 },
  fcomi: { operate: `${LOAD_BOTH} dbf1 ${STORE_FLAGS}`, operandBytes: 10, reversed: true },
  fucomi: { operate: `${LOAD_BOTH} dbe9 ${STORE_FLAGS}`, operandBytes: 10, reversed: true },
};

/** LDMXCSR, and afterwards STMXCSR. */
const SSE: FloatUnit = {
  before: '0fae5614',
  status: '0fae5f14',
  control: ({ rounding }) => 0x1f80 | (rounding << 13),
  statusMask: 0x3f,
  cr4: 0x600n,
  long: true,
};

/** MOVSS and MOVSD of XMM0, and EFLAGS as for the x87. */
const LOAD_SINGLE = 'f30f1006';
const LOAD_DOUBLE = 'f20f1006';
const STORE_SINGLE = 'f30f1107';
const STORE_DOUBLE = 'f20f1107';
const STORE_FLAGS_64 = '9c 58 25d5080000 668907';

const single = (opcode: string): FloatProgram => ({ operate: `${LOAD_SINGLE} ${opcode}4604`, store: STORE_SINGLE, operandBytes: 4 });
const double = (opcode: string): FloatProgram => ({ operate: `${LOAD_DOUBLE} ${opcode}4608`, store: STORE_DOUBLE, operandBytes: 8 });

const SSE_PROGRAMS: Record<string, FloatProgram> = {
  addss: single('f30f58'),
  subss: single('f30f5c'),
  mulss: single('f30f59'),
  divss: single('f30f5e'),
  minss: single('f30f5d'),
  sqrtss: { operate: 'f30f5106', store: STORE_SINGLE, operandBytes: 4 },
  addsd: double('f20f58'),
  subsd: double('f20f5c'),
  mulsd: double('f20f59'),
  divsd: double('f20f5e'),
  maxsd: double('f20f5f'),
  sqrtsd: { operate: 'f20f5106', store: STORE_DOUBLE, operandBytes: 8 },
  cvtss2sd: { operate: 'f30f5a06', store: STORE_DOUBLE, operandBytes: 4 },
  cvtsd2ss: { operate: 'f20f5a06', store: STORE_SINGLE, operandBytes: 8 },
  cvtss2si32: { operate: 'f30f2d06', store: '8907', operandBytes: 4 },
  cvtsd2si32: { operate: 'f20f2d06', store: '8907', operandBytes: 8 },
  cvtss2si64: { operate: 'f3480f2d06', store: '488907', operandBytes: 4 },
  cvtsd2si64: { operate: 'f2480f2d06', store: '488907', operandBytes: 8 },
  cvtsi2ss32: { operate: 'f30f2a06', store: STORE_SINGLE, operandBytes: 4 },
  cvtsi2sd32: { operate: 'f20f2a06', store: STORE_DOUBLE, operandBytes: 4 },
  cvtsi2ss64: { operate: 'f3480f2a06', store: STORE_SINGLE, operandBytes: 8 },
  cvtsi2sd64: { operate: 'f2480f2a06', store: STORE_DOUBLE, operandBytes: 8 },
  ucomiss: { operate: `${LOAD_SINGLE} 0f2e4604 ${STORE_FLAGS_64}`, operandBytes: 4 },
  comiss: { operate: `${LOAD_SINGLE} 0f2f4604 ${STORE_FLAGS_64}`, operandBytes: 4 },
  ucomisd: { operate: `${LOAD_DOUBLE} 660f2e4608 ${STORE_FLAGS_64}`, operandBytes: 8 },
  comisd: { operate: `${LOAD_DOUBLE} 660f2f4608 ${STORE_FLAGS_64}`, operandBytes: 8 },
};

/** FMA3 is beyond what our CPUID claims: these raise #UD. */
const NOT_CLAIMED = ['vfmadd213sd', 'vfmadd213ss'];

describe('floating point agrees with measurements of a real chip', () => {
  const present = existsSync(PACK);
  const title = (what: string): string => (present ? what : `float.json.gz is absent: nothing was compared (${what})`);

  function check(unit: FloatUnit, programs: Record<string, FloatProgram>, accept: (group: FloatGroup) => boolean): void {
    if (!present) return;
    const runner = new FloatRunner();
    const differences: string[] = [];
    const compared: Record<string, number> = {};
    for (const group of readFloatPack(PACK)) {
      const program = programs[group.operation];
      if (program === undefined || !accept(group)) continue;
      compared[group.operation] = (compared[group.operation] ?? 0) + group.cases.length;
      differences.push(...runner.run(group, unit, program));
    }
    expect({ failed: differences.length, first: differences.slice(0, SHOWN) }).toEqual({ failed: 0, first: [] });
    expect(Object.keys(compared).sort()).toEqual(Object.keys(programs).sort());
  }

  test(title('every x87 vector'), () => check(X87, X87_PROGRAMS, ({ cases }) => cases.length > 0), 120_000);

  test(title('every SSE vector'), () => check(SSE, SSE_PROGRAMS, ({ cases }) => cases.length > 0), 120_000);

  test(title('no other operation is in the pack but FMA3'), () => {
    if (!present) return;
    const known = new Set([...Object.keys(X87_PROGRAMS), ...Object.keys(SSE_PROGRAMS)]);
    const others = readFloatPack(PACK).filter(({ operation, cases }) => cases.length > 0 && !known.has(operation));
    expect([...new Set(others.map(({ operation }) => operation))].sort()).toEqual(NOT_CLAIMED);
  });
});
