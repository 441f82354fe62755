/** Near and far jumps, calls and returns, Jcc, LOOP, JCXZ, software interrupts, IRET, BOUND (SDM 2; faults before anything is changed). */
import { IP_MAX } from '../../core/layout/cpu-state';
import type { Access, Emit, Size } from '../emit/access';
import { RCX, RSP } from '../emit/access';
import type { Expr } from '../emit/expression';
import { add, and, c32, c64, constantLike, gtS, isNonZero, isZero, shl, shrS, sub, widenS, widenU, xor } from '../emit/expression';
import { condition, signExtend } from '../emit/flags';
import { peek, push, stackPointer } from '../emit/stack';
import type { Row } from '../row';
import { row } from '../row';

/** 64-bit targets are canonical (IP_MAX, a signed limit, does not say so of negative ones); others are within CS. */
function checkTarget(m: Access, target: Expr): void {
  if (m.size === 64) m.if(isNonZero(xor(shrS(shl(target, c64(16)), c64(16)), target)), () => m.call('checkTarget', target));
  else m.if(gtS(target, m.state('i64', IP_MAX)), () => m.call('checkTarget', target));
}

/** A register or memory operand as a (R)IP. */
function asTarget(m: Access, value: Expr): Expr {
  return m.keep(widenU(value));
}

function emitJcc(code: number): Emit {
  return (m) => {
    m.if(condition(m, code), () => m.jumpRelative());
    m.jump(m.nextIp());
  };
}

const emitJmp: Emit = (m) => m.jumpRelative();

const emitJmpIndirect: Emit = (m) => {
  const target = asTarget(m, m.read(0));
  checkTarget(m, target);
  m.jump(target);
};

function callTo(m: Access, target: Expr): void {
  checkTarget(m, target);
  push(m, m.size, m.size === 64 ? m.nextIp() : { type: 'i32', op: 'wrap', args: [m.nextIp()], value: 0 });
  m.jump(target);
}

const emitCall: Emit = (m) => callTo(m, m.keep(m.relativeTarget()));

const emitCallIndirect: Emit = (m) => callTo(m, asTarget(m, m.read(0)));

function emitRet(hasOperand: boolean): Emit {
  return (m) => {
    const target = asTarget(m, peek(m, m.size));
    checkTarget(m, target);
    const rsp = m.gpr(RSP, 64);
    const popped = add(rsp, c64(m.size / 8));
    m.setGpr(RSP, 64, stackPointer(m, hasOperand ? add(popped, widenU(m.read(0))) : popped));
    m.jump(target);
  };
}

/** LOOP, LOOPE (condition 4), LOOPNE (condition 5), JCXZ: `m.size` is the address size here. */
function emitLoop(code: number | undefined): Emit {
  return (m) => {
    const old = m.gpr(RCX, m.size);
    const count = m.keep(sub(old, constantLike(old, 1)));
    const live = isNonZero(signExtend(count, m.size));
    m.if(code === undefined ? live : and(live, condition(m, code)), () => {
      const target = m.keep(m.relativeTarget());
      checkTarget(m, target);
      m.setGpr(RCX, m.size, count);
      m.jump(target);
    });
    m.setGpr(RCX, m.size, count);
    m.jump(m.nextIp());
  };
}

const emitJcxz: Emit = (m) => {
  m.if(isZero(m.gpr(RCX, m.size)), () => m.jumpRelative());
  m.jump(m.nextIp());
};

/** ptr16:16/32 from the instruction, or m16:16/32/64 from memory: offset, then selector. */
function readFarPointer(m: Access): { offset: Expr; selector: Expr } {
  const offset = m.load(m.segment(), m.address(), m.size);
  const selector = m.load(m.segment(), m.address(c64(m.size / 8)), 16);
  return { offset: m.keep(widenU(offset)), selector };
}

function farImmediate(m: Access): { offset: Expr; selector: Expr } {
  const pointer = m.keep(m.read(0));
  return {
    offset: m.keep(and(pointer, c64(0xffffffffn))),
    selector: { type: 'i32', op: 'wrap', args: [{ type: 'i64', op: 'shrU', args: [pointer, c64(32)], value: 0 }], value: 0 },
  };
}

function emitFar(name: 'farJump' | 'farCall', direct: boolean): Emit {
  return (m) => {
    const { offset, selector } = direct ? farImmediate(m) : readFarPointer(m);
    m.call(name, selector, offset, c32(m.size / 8));
  };
}

const opBytes = (size: Size): Expr => c32(size / 8);
const emitFarReturn: Emit = (m) => m.call('farReturn', opBytes(m.size), c32(0));
const emitFarReturnPop: Emit = (m) => m.call('farReturn', opBytes(m.size), m.read(0));
const emitIret: Emit = (m) => m.call('iret', opBytes(m.size));
const emitInt: Emit = (m) => m.call('softInterrupt', m.read(0));

const emitBound: Emit = (m) => {
  const index = m.keep(widenS(signExtend(m.read(0), m.size)));
  m.call('bound', m.segment(), m.address(), index, opBytes(m.size));
};

const CONDITIONS = ['O', 'NO', 'B', 'AE', 'E', 'NE', 'BE', 'A', 'S', 'NS', 'P', 'NP', 'L', 'GE', 'LE', 'G'];
const jump = { end: 'jump' as const };
const terminal = { end: 'terminal' as const };

const jcc = CONDITIONS.flatMap((name, code) => {
  const digit = code.toString(16);
  const emit = emitJcc(code);
  return [row(`7${digit}`, `J${name} Jb`, 'near', emit, jump), row(`0f 8${digit}`, `J${name} Jz`, 'near', emit, jump)];
});

export const CONTROL_FLOW: readonly Row[] = [
  ...jcc,
  row('eb', 'JMP Jb', 'near', emitJmp, jump),
  row('e9', 'JMP Jz', 'near', emitJmp, jump),
  row('ff /4', 'JMP Ev', 'near', emitJmpIndirect, jump),
  row('e8', 'CALL Jz', 'near', emitCall, jump),
  row('ff /2', 'CALL Ev', 'near', emitCallIndirect, jump),
  row('c3', 'RET', 'near', emitRet(false), jump),
  row('c2', 'RET Iw', 'near', emitRet(true), jump),
  row('e0', 'LOOPNE Jb', 'counter', emitLoop(5), jump),
  row('e1', 'LOOPE Jb', 'counter', emitLoop(4), jump),
  row('e2', 'LOOP Jb', 'counter', emitLoop(undefined), jump),
  row('e3', 'JCXZ Jb', 'counter', emitJcxz, jump),
  row('ea', 'JMPF Ap', 'v', emitFar('farJump', true), { ...terminal, modes: 'legacy' }),
  row('9a', 'CALLF Ap', 'v', emitFar('farCall', true), { ...terminal, modes: 'legacy' }),
  row('ff /5 mem', 'JMPF M', 'v', emitFar('farJump', false), terminal),
  row('ff /3 mem', 'CALLF M', 'v', emitFar('farCall', false), terminal),
  row('cb', 'RETF', 'v', emitFarReturn, terminal),
  row('ca', 'RETF Iw', 'v', emitFarReturnPop, terminal),
  row('cf', 'IRET', 'v', emitIret, terminal),
  row('cd', 'INT Ib', 'b', emitInt, terminal),
  row('cc', 'INT3', 'b', (m) => m.call('int3'), terminal),
  row('ce', 'INTO', 'b', (m) => m.call('into'), { ...terminal, modes: 'legacy' }),
  row('f1', 'INT1', 'b', (m) => m.call('int1'), terminal),
  row('62 mem', 'BOUND Gv M', 'v', emitBound, { modes: 'legacy' }),
];
