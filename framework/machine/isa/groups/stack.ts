/** PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE and segment register pushes (SDM 2). */
import { SEG_SELECTOR, SEGMENTS, SEGMENT_BYTES, SP_MASK } from '../../core/layout/cpu-state';
import type { Access, Emit } from '../emit/access';
import { RBP, RSP } from '../emit/access';
import { add, and, c32, c64, select, shrU, wrap, constantLike } from '../emit/expression';
import { STACK_SEGMENT, adjustStack, peek, push, stackAddress, stackPointer } from '../emit/stack';
import type { Row } from '../row';
import { row } from '../row';

const emitPush: Emit = (m) => push(m, m.size, m.read(0));

/** POP SP leaves the popped value, so the pointer moves first. */
const emitPopRegister: Emit = (m) => {
  const value = peek(m, m.size);
  adjustStack(m, c64(m.size / 8));
  m.write(0, value);
};

/** An address by (E)SP is computed with the pointer already moved, but RSP itself moves only once the store has succeeded. */
const emitPopMemory: Emit = (m) => {
  const value = peek(m, m.size);
  const moved = select(m.baseIs(RSP), c64(m.size / 8), c64(0));
  m.store(m.segment(), m.address(moved), m.size, value);
  adjustStack(m, c64(m.size / 8));
};

const emitPop: Emit = (m) => (m.isMemory(0) ? emitPopMemory(m) : emitPopRegister(m));

/** A 32-bit push of a selector writes two bytes only, into a slot of four. */
function emitPushSegment(index: number): Emit {
  return (m) => {
    const selector = m.state('i32', SEGMENTS + index * SEGMENT_BYTES + SEG_SELECTOR);
    if (m.size === 64) {
      push(m, 64, { type: 'i64', op: 'extendU', args: [selector], value: 0 });
      return;
    }
    const pointer = stackAddress(m, -(m.size / 8));
    m.store(STACK_SEGMENT, pointer, 16, selector);
    m.setGpr(RSP, 64, stackPointer(m, pointer));
  };
}

/** The whole stack slot is read, of which the low half counts (SDM 2, POP: operand size). */
function emitPopSegment(index: number): Emit {
  return (m) => {
    const popped = peek(m, m.size);
    const selector = m.size === 64 ? wrap(popped) : popped;
    const rsp = m.gpr(RSP, 64);
    const after = m.keep(stackPointer(m, add(rsp, c64(m.size / 8))));
    m.call('loadSegment', c32(index), and(selector, c32(0xffff)));
    m.setGpr(RSP, 64, after);
  };
}

const emitPusha: Emit = (m) => {
  const bytes = m.size / 8;
  const original = m.gpr(RSP, m.size);
  const lowest = stackAddress(m, -8 * bytes);
  const highest = stackAddress(m, -bytes);
  m.checkStore(STACK_SEGMENT, highest, bytes);
  m.checkStore(STACK_SEGMENT, lowest, bytes);
  for (let register = 0; register < 8; register++) {
    const value = register === RSP ? original : m.gpr(register, m.size);
    m.store(STACK_SEGMENT, stackAddress(m, -(register + 1) * bytes), m.size, value);
  }
  m.setGpr(RSP, 64, stackPointer(m, lowest));
};

const emitPopa: Emit = (m) => {
  const bytes = m.size / 8;
  const values = [7, 6, 5, 4, 3, 2, 1, 0].map((register, slot) => ({ register, value: peek(m, m.size, slot * bytes) }));
  adjustStack(m, c64(8 * bytes));
  for (const { register, value } of values) if (register !== RSP) m.setGpr(register, m.size, value);
};

const emitPushf: Emit = (m) => m.call('pushf', c32(m.size / 8));
const emitPopf: Emit = (m) => m.call('popf', c32(m.size / 8));

const emitEnter: Emit = (m) => {
  const operand = m.read(0);
  m.call('enter', and(operand, c32(0xffff)), and(shrU(operand, constantLike(operand, 16)), c32(31)), c32(m.size / 8));
};

/** SP = BP at the stack's width, then POP BP at the operand's. */
const emitLeave: Emit = (m: Access) => {
  const mask = m.state('i64', SP_MASK);
  const frame = m.keep(and(m.gpr(RBP, 64), mask));
  const value = m.load(STACK_SEGMENT, frame, m.size);
  m.setGpr(RSP, 64, stackPointer(m, add(frame, c64(m.size / 8))));
  m.setGpr(RBP, m.size, value);
};

function segmentRows(): Row[] {
  const names = ['ES', 'CS', 'SS', 'DS'];
  return names.flatMap((name, index) => {
    const code = (index * 8 + 6).toString(16).padStart(2, '0');
    const popCode = (index * 8 + 7).toString(16).padStart(2, '0');
    const push = row(code, `PUSH.${name}`, 'stack', emitPushSegment(index), { modes: 'legacy' });
    if (name === 'CS') return [push];
    const pop = row(popCode, `POP.${name}`, 'stack', emitPopSegment(index), {
      modes: 'legacy',
      ...(name === 'SS' ? { end: 'terminal' as const } : {}),
    });
    return [push, pop];
  });
}

export const STACK: readonly Row[] = [
  row('50+', 'PUSH Zv', 'stack', emitPush),
  row('58+', 'POP Zv', 'stack', emitPop),
  row('68', 'PUSH Iz', 'stack', emitPush),
  row('6a', 'PUSH Ibs', 'stack', emitPush),
  row('ff /6', 'PUSH Ev', 'stack', emitPush),
  row('8f /0', 'POP Ev', 'stack', emitPop),
  ...segmentRows(),
  row('0f a0', 'PUSH.FS', 'stack', emitPushSegment(4)),
  row('0f a1', 'POP.FS', 'stack', emitPopSegment(4)),
  row('0f a8', 'PUSH.GS', 'stack', emitPushSegment(5)),
  row('0f a9', 'POP.GS', 'stack', emitPopSegment(5)),
  row('60', 'PUSHA', 'v', emitPusha, { modes: 'legacy' }),
  row('61', 'POPA', 'v', emitPopa, { modes: 'legacy' }),
  row('9c', 'PUSHF', 'stack', emitPushf),
  row('9d', 'POPF', 'stack', emitPopf, { end: 'terminal', flags: 'oszapc' }),
  row('c8', 'ENTER Iwb', 'stack', emitEnter),
  row('c9', 'LEAVE', 'stack', emitLeave),
];
