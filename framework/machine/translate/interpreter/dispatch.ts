import {
  BLOCK_COUNT,
  HANDLER_BREAK,
  HANDLER_END,
  HANDLER_STALE,
  HANDLER_UD,
  HANDLER_WATCH,
  HEADER_BYTES,
  OP_BYTES,
  OP_HANDLER,
  OP_OFFSET,
} from '../../core/layout/blocks';
import { CODE_KEY, IP } from '../../core/layout/cpu-state';
import { JUMP_BLOCK, JUMP_CACHE, JUMP_ENTRIES, JUMP_ENTRY_BYTES, JUMP_IP, JUMP_KEY } from '../../core/layout/jump-cache';
import { BLOCK, CURRENT_OP, REMAINING } from '../../core/layout/run-state';
import type { Expr } from '../../isa/emit/expression';
import { add, and, c32, eq, isZero, load, local, ltS, shl, shrU, sub, widenU, wrap, xor } from '../../isa/emit/expression';
import type { RuntimeName } from '../../isa/emit/runtime';
import type { Handler, HandlerEnd } from '../../isa/handlers';
import type { Label } from '../wasm/function-body';
import { FunctionBody } from '../wasm/function-body';
import { FastAccess } from './fast-access';

const ZERO_ADDRESS = c32(0);

/** What the dispatch loop needs of the module around it. */
export interface DispatchModule {
  readonly runtime: (name: RuntimeName) => number;
  /** Type index of the slow functions of handlers that end so, see `SLOW_SIGNATURES`. */
  readonly slowType: (end: HandlerEnd) => number;
}

/**
 * The function `run`: one loop that enters blocks, within it one that dispatches op records over a br_table. Locals: `pc` the op record,
 * `block` the block to enter (0: leave), `target` of a near jump. Handlers that are not inlined, and those that bail out, are functions in
 * the module's table, called at one place for each way in which an instruction can end; no local lives across a call, so that all of
 * them stay in registers.
 */
export class Dispatch {
  readonly body = new FunctionBody([]);
  private readonly pc = this.body.permanentLocal('i32');
  private readonly block = this.body.permanentLocal('i32');
  private readonly target = this.body.permanentLocal('i64');
  private readonly scratch = this.body.permanentLocal('i32');
  private enterLabel: Label = 0;
  private terminalLabel: Label = 0;
  private jumpLabel: Label = 0;
  private dispatchLabel: Label = 0;
  private readonly slowLabels: Record<HandlerEnd, Label> = { next: 0, jump: 0, terminal: 0 };

  /** `inlined`: handlers whose fast form stands in the loop. */
  constructor(
    private readonly handlers: readonly Handler[],
    private readonly inlined: ReadonlySet<Handler>,
    private readonly module: DispatchModule,
  ) {}

  private get record(): Expr {
    return local('i32', this.pc);
  }

  emit(): FunctionBody {
    const { body } = this;
    this.blockFrom('next');
    this.enterLabel = body.loop();
    this.emitEnter();
    this.terminalLabel = body.block();
    this.jumpLabel = body.block();
    this.dispatchLabel = body.loop();
    this.emitDispatch();
    body.end();
    body.unreachable();
    body.end();
    this.emitJumpProbe();
    body.end();
    this.blockFrom('next');
    body.branch(this.enterLabel);
    body.end();
    return body;
  }

  private blockFrom(name: RuntimeName, ...args: Expr[]): void {
    this.body.call(this.module.runtime(name), args);
    this.body.popLocal(this.block);
  }

  private storeCurrentOp(): void {
    this.body.store(ZERO_ADDRESS, this.record, 32, CURRENT_OP);
  }

  private leaveIfNone(): void {
    this.body.if(isZero(local('i32', this.block)), () => this.body.return());
  }

  /** $enter: charges the block, or asks the runtime what is to be done at this boundary. */
  private emitEnter(): void {
    const { body } = this;
    const remaining = local('i32', this.scratch);
    this.leaveIfNone();
    body.setLocal(this.scratch, sub(load('i32', ZERO_ADDRESS, REMAINING), load('i32', local('i32', this.block), BLOCK_COUNT)));
    body.if(
      ltS(remaining, c32(0)),
      () => {
        this.blockFrom('boundary');
        this.leaveIfNone();
      },
      () => body.store(ZERO_ADDRESS, remaining, 32, REMAINING),
    );
    body.store(ZERO_ADDRESS, local('i32', this.block), 32, BLOCK);
    body.setLocal(this.pc, add(local('i32', this.block), c32(HEADER_BYTES)));
  }

  /** A near jump to `target`: the jump cache, else the runtime, which checks the target before it moves IP. */
  private emitJumpProbe(): void {
    const { body } = this;
    const target = local('i64', this.target);
    const low = wrap(target);
    const entry = local('i32', this.scratch);
    const index = and(xor(low, shrU(low, c32(12))), c32(JUMP_ENTRIES - 1));
    body.setLocal(this.scratch, shl(index, c32(Math.log2(JUMP_ENTRY_BYTES))));
    const sameIp = eq(load('i64', entry, JUMP_CACHE + JUMP_IP), target);
    const sameKey = eq(load('i32', entry, JUMP_CACHE + JUMP_KEY), load('i32', ZERO_ADDRESS, CODE_KEY));
    body.if(and(sameIp, sameKey), () => {
      body.store(ZERO_ADDRESS, target, 64, IP);
      body.setLocal(this.block, load('i32', entry, JUMP_CACHE + JUMP_BLOCK));
      body.branch(this.enterLabel);
    });
    this.storeCurrentOp();
    this.blockFrom('branch', target);
    body.branch(this.enterLabel);
  }

  private emitDispatch(): void {
    const { body, slowLabels } = this;
    for (const end of ['next', 'terminal', 'jump'] as const) slowLabels[end] = body.block();
    this.emitHandlers();
    body.end();
    this.callSlow('jump');
    body.popLocal(this.target);
    body.branch(this.jumpLabel);
    body.end();
    this.callSlow('terminal');
    body.branch(this.terminalLabel);
    body.end();
    this.callSlow('next');
    body.popLocal(this.pc);
    body.branch(this.dispatchLabel);
  }

  private get handlerNumber(): Expr {
    return load('i32', this.record, OP_HANDLER, 'load16U');
  }

  private callSlow(end: HandlerEnd): void {
    this.body.callIndirect(this.module.slowType(end), this.handlerNumber, [this.record]);
  }

  private emitHandlers(): void {
    const { body } = this;
    const count = 1 + Math.max(...this.handlers.map(({ id }) => id));
    const byId = new Map(this.handlers.map((handler) => [handler.id, handler]));
    const slowOf = (id: number): Label | undefined => {
      const handler = byId.get(id);
      return handler === undefined || this.inlined.has(handler) ? undefined : this.slowLabels[handler.end];
    };
    const labels = new Array<Label>(count);
    for (let id = count - 1; id >= 0; id--) labels[id] = slowOf(id) ?? body.block();
    body.branchTable(this.handlerNumber, labels, labels[HANDLER_UD] ?? 0);
    for (let id = 0; id < count; id++) {
      if (slowOf(id) !== undefined) continue;
      body.end();
      body.releaseLocals();
      const handler = byId.get(id);
      if (handler === undefined) this.emitFixed(id);
      else this.emitHandler(handler);
    }
  }

  private nextRecord(): void {
    this.body.setLocal(this.pc, add(this.record, c32(OP_BYTES)));
    this.body.branch(this.dispatchLabel);
  }

  private jump(target: Expr): void {
    this.body.setLocal(this.target, target);
    this.body.branch(this.jumpLabel);
  }

  /** The handlers that the runtime puts into records itself, and numbers that no record has. */
  private emitFixed(id: number): void {
    const { body } = this;
    switch (id) {
      case HANDLER_STALE:
      case HANDLER_BREAK:
        this.storeCurrentOp();
        this.blockFrom(id === HANDLER_STALE ? 'stale' : 'breakpoint');
        body.branch(this.enterLabel);
        return;
      case HANDLER_END:
        this.jump(add(load('i64', ZERO_ADDRESS, IP), widenU(load('i32', this.record, OP_OFFSET, 'load16U'))));
        return;
      case HANDLER_WATCH:
        this.storeCurrentOp();
        body.call(this.module.runtime('watch'), []);
        body.setLocal(this.pc, load('i32', ZERO_ADDRESS, CURRENT_OP));
        this.nextRecord();
        return;
      default:
        this.storeCurrentOp();
        body.call(this.module.runtime('undefined'), []);
        body.unreachable();
    }
  }

  private emitHandler(handler: Handler): void {
    const { body } = this;
    const jump = (target: Expr): void => this.jump(target);
    const again = (): void => body.branch(this.enterLabel);
    const bailIf = (condition: Expr): void => body.branchIf(condition, this.slowLabels[handler.end]);
    handler.emit(new FastAccess(handler, { body, pc: this.pc, runtime: this.module.runtime, jump, again, bailIf }));
    if (handler.end === 'next') this.nextRecord();
    else if (handler.end === 'terminal') body.branch(this.terminalLabel);
    else body.unreachable();
  }
}
