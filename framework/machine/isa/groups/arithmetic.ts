/** ADD, ADC, SUB, SBB, CMP, INC, DEC, NEG, and the logic operations that share their encodings (SDM 2). `modify` checks its access before it reads,
 * so flags may be written inside it. */
import type { Emit } from '../emit/access';
import { add, and, c32, c64, constantLike, or, sub, xor, not as complement } from '../emit/expression';
import { carryLike, flagsOfAdd, flagsOfLogic, flagsOfStep, flagsOfSub } from '../emit/flags';
import type { Row, RowOptions } from '../row';
import { row } from '../row';

const emitAdd: Emit = (m) => {
  const b = m.read(1);
  m.modify(0, (a) => {
    const result = m.keep(add(a, b));
    flagsOfAdd(m, a, b, result);
    return result;
  });
};

const emitAdc: Emit = (m) => {
  const b = m.read(1);
  m.modify(0, (a) => {
    const result = m.keep(add(add(a, b), carryLike(m, a)));
    flagsOfAdd(m, a, b, result);
    return result;
  });
};

const emitSub: Emit = (m) => {
  const b = m.read(1);
  m.modify(0, (a) => {
    const result = m.keep(sub(a, b));
    flagsOfSub(m, a, b, result);
    return result;
  });
};

const emitSbb: Emit = (m) => {
  const b = m.read(1);
  m.modify(0, (a) => {
    const result = m.keep(sub(sub(a, b), carryLike(m, a)));
    flagsOfSub(m, a, b, result);
    return result;
  });
};

const emitCmp: Emit = (m) => {
  const a = m.read(0);
  const b = m.read(1);
  flagsOfSub(m, a, b, m.keep(sub(a, b)));
};

function logic(operation: typeof and): Emit {
  return (m) => {
    const b = m.read(1);
    m.modify(0, (a) => {
      const result = m.keep(operation(a, b));
      flagsOfLogic(m, result);
      return result;
    });
  };
}

const emitTest: Emit = (m) => {
  flagsOfLogic(m, m.keep(and(m.read(0), m.read(1))));
};

const emitInc: Emit = (m) => {
  m.modify(0, (a) => {
    const result = m.keep(add(a, constantLike(a, 1)));
    flagsOfStep(m, result, 1n << BigInt(m.size - 1), 0);
    return result;
  });
};

const emitDec: Emit = (m) => {
  m.modify(0, (a) => {
    const result = m.keep(sub(a, constantLike(a, 1)));
    flagsOfStep(m, result, (1n << BigInt(m.size - 1)) - 1n, 15);
    return result;
  });
};

const emitNeg: Emit = (m) => {
  m.modify(0, (a) => {
    const zero = m.size === 64 ? c64(0) : c32(0);
    const result = m.keep(sub(zero, a));
    flagsOfSub(m, zero, a, result);
    return result;
  });
};

const emitNot: Emit = (m) => m.modify(0, (a) => complement(a));

const ALL = 'oszapc';

function eightForms(base: number, mnemonic: string, digit: number, emit: Emit, flags: RowOptions, lock: boolean): Row[] {
  const code = (offset: number): string => (base + offset).toString(16).padStart(2, '0');
  const options: RowOptions = { lock, ...flags };
  return [
    row(code(0), `${mnemonic} Eb Gb`, 'b', emit, options),
    row(code(1), `${mnemonic} Ev Gv`, 'v', emit, options),
    row(code(2), `${mnemonic} Gb Eb`, 'b', emit, { ...options, lock: false }),
    row(code(3), `${mnemonic} Gv Ev`, 'v', emit, { ...options, lock: false }),
    row(code(4), `${mnemonic} Ab Ib`, 'b', emit, { ...options, lock: false }),
    row(code(5), `${mnemonic} Av Iz`, 'v', emit, { ...options, lock: false }),
    row(`80 /${digit}`, `${mnemonic} Eb Ib`, 'b', emit, options),
    row(`81 /${digit}`, `${mnemonic} Ev Iz`, 'v', emit, options),
    row(`82 /${digit}`, `${mnemonic} Eb Ib`, 'b', emit, { ...options, modes: 'legacy' }),
    row(`83 /${digit}`, `${mnemonic} Ev Ibs`, 'v', emit, options),
  ];
}

const logicFlags = { flags: 'oszpc', undefinedFlags: 'a' };

export const ARITHMETIC: readonly Row[] = [
  ...eightForms(0x00, 'ADD', 0, emitAdd, { flags: ALL }, true),
  ...eightForms(0x08, 'OR', 1, logic(or), logicFlags, true),
  ...eightForms(0x10, 'ADC', 2, emitAdc, { flags: ALL }, true),
  ...eightForms(0x18, 'SBB', 3, emitSbb, { flags: ALL }, true),
  ...eightForms(0x20, 'AND', 4, logic(and), logicFlags, true),
  ...eightForms(0x28, 'SUB', 5, emitSub, { flags: ALL }, true),
  ...eightForms(0x30, 'XOR', 6, logic(xor), logicFlags, true),
  ...eightForms(0x38, 'CMP', 7, emitCmp, { flags: ALL }, false),
  row('84', 'TEST Eb Gb', 'b', emitTest, logicFlags),
  row('85', 'TEST Ev Gv', 'v', emitTest, logicFlags),
  row('a8', 'TEST Ab Ib', 'b', emitTest, logicFlags),
  row('a9', 'TEST Av Iz', 'v', emitTest, logicFlags),
  ...[0, 1].flatMap((digit) => [
    row(`f6 /${digit}`, 'TEST Eb Ib', 'b', emitTest, logicFlags),
    row(`f7 /${digit}`, 'TEST Ev Iz', 'v', emitTest, logicFlags),
  ]),
  row('40+', 'INC Zv', 'v', emitInc, { modes: 'legacy', flags: 'oszap' }),
  row('48+', 'DEC Zv', 'v', emitDec, { modes: 'legacy', flags: 'oszap' }),
  row('fe /0', 'INC Eb', 'b', emitInc, { lock: true, flags: 'oszap' }),
  row('fe /1', 'DEC Eb', 'b', emitDec, { lock: true, flags: 'oszap' }),
  row('ff /0', 'INC Ev', 'v', emitInc, { lock: true, flags: 'oszap' }),
  row('ff /1', 'DEC Ev', 'v', emitDec, { lock: true, flags: 'oszap' }),
  row('f6 /2', 'NOT Eb', 'b', emitNot, { lock: true }),
  row('f7 /2', 'NOT Ev', 'v', emitNot, { lock: true }),
  row('f6 /3', 'NEG Eb', 'b', emitNeg, { lock: true, flags: ALL }),
  row('f7 /3', 'NEG Ev', 'v', emitNeg, { lock: true, flags: ALL }),
];
