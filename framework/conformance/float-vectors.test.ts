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
});
