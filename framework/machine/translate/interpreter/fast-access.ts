import type { OperandSize, Size } from '../../isa/emit/access';
import type { Expr } from '../../isa/emit/expression';
import { c32 } from '../../isa/emit/expression';
import type { RuntimeName } from '../../isa/emit/runtime';
import type { Handler } from '../../isa/handlers';
import { FunctionBody } from '../wasm/function-body';
import type { Surroundings } from './access';
import { InterpreterAccess } from './access';
import { FastMemory } from './memory';

/** A handler that needs the runtime whatever its operands are. */
class AlwaysSlow extends Error {}

interface FastSurroundings extends Surroundings {
  /** Leaves the handler for its slow form, which does the whole instruction. */
  readonly bailIf: (condition: Expr) => void;
}

/**
 * The back end for the dispatch loop. It makes no call: when something needs the runtime (a TLB miss, a device, a fault), the handler bails
 * out before it has changed anything, and a function of its own does the instruction from the start. So no value lives across a call
 * and the loop's locals stay in registers.
 */
export class FastAccess extends InterpreterAccess {
  private committed = false;
  private depth = 0;
  private readonly leave: (condition: Expr) => void;

  constructor(handler: Handler, surroundings: FastSurroundings) {
    // Only called by emit functions, when `this` is complete.
    const leave = (condition: Expr): void => this.bail(condition);
    super(handler, surroundings, new FastMemory(surroundings.body, leave));
    this.leave = surroundings.bailIf;
  }

  private bail(condition: Expr): void {
    if (this.committed) throw new Error('a hot handler may not change anything before its last access is checked');
    this.leave(condition);
  }

  override if(condition: Expr, then: () => void, otherwise?: () => void): void {
    this.depth++;
    super.if(condition, then, otherwise);
    this.depth--;
  }

  /** The runtime's answer to a rare case: the slow form asks for it. */
  override call(name: RuntimeName): void {
    if (this.depth === 0) throw new AlwaysSlow(name);
    this.bail(c32(1));
  }

  override value(name: RuntimeName): Expr {
    throw new AlwaysSlow(name);
  }

  override write(index: number, value: Expr): void {
    super.write(index, value);
    this.committed = true;
  }

  override setVector(index: number, value: Expr): void {
    super.setVector(index, value);
    this.committed = true;
  }

  override modify(index: number, compute: (old: Expr) => Expr): void {
    super.modify(index, compute);
    this.committed = true;
  }

  override setGpr(register: number, size: Size, value: Expr): void {
    super.setGpr(register, size, value);
    this.committed = true;
  }

  override store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void {
    super.store(segment, ea, size, value);
    this.committed = true;
  }

  override modifyAt(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void {
    super.modifyAt(segment, ea, size, compute);
    this.committed = true;
  }

  override setState(address: number, value: Expr): void {
    super.setState(address, value);
    this.committed = true;
  }
}

/** What a handler would be in the dispatch loop: without ways out, with some, or unfit for it. */
export function fastForm(handler: Handler): 'complete' | 'bails' | 'none' {
  const body = new FunctionBody([]);
  const ways: Expr[] = [];
  const nothing = (): void => undefined;
  try {
    handler.emit(
      new FastAccess(handler, {
        body,
        pc: body.permanentLocal('i32'),
        runtime: () => 0,
        jump: nothing,
        again: nothing,
        bailIf: (condition) => void ways.push(condition),
      }),
    );
  } catch (error) {
    if (error instanceof AlwaysSlow) return 'none';
    throw new Error(`${handler.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return ways.length > 0 ? 'bails' : 'complete';
}
