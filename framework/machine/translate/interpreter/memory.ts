import {
  CURRENT_OP,
  SEG_BASE,
  SEG_READ_MAX,
  SEG_WRITE_MAX,
  TLB_ADDEND,
  TLB_BASE,
  TLB_ENTRIES,
  TLB_READ_TAG,
  TLB_WRITE_TAG,
  VECTOR_A,
} from '../../core/layout';
import type { OperandSize, Size } from '../../isa/emit/access';
import type { Expr, LoadOp } from '../../isa/emit/expression';
import { add, and, c32, c64, eq, gtS, load, local, shrU, wrap } from '../../isa/emit/expression';
import type { RuntimeName } from '../../isa/emit/runtime';
import { loadVector } from '../../isa/emit/vector';
import type { FunctionBody } from '../wasm/function-body';

/** Entries are 32 bytes and indexed by the page number: linear >> 12 << 5. */
const ENTRY_SHIFT = 12 - 5;
const ENTRY_MASK = (TLB_ENTRIES - 1) << 5;
const LOADS: Record<Size, LoadOp> = { 8: 'load8U', 16: 'load16U', 32: 'load', 64: 'load' };

/** Type of a value of `size` bits. */
function typeOf(size: Size): 'i32' | 'i64' {
  return size === 64 ? 'i64' : 'i32';
}

/** Zero-extended value at a host address. */
export function loadSized(address: Expr, size: Size, offset = 0): Expr {
  return load(typeOf(size), address, offset, LOADS[size]);
}

/**
 * Guest memory by segment and effective address: limit check, then the software TLB, both inline; the runtime does what they refuse.
 */
export class GuestMemory {
  constructor(
    private readonly body: FunctionBody,
    private readonly pc: Expr,
    private readonly runtime: (name: RuntimeName) => number,
  ) {}

  /** Stores CURRENT_OP and calls; a result stays on the Wasm stack. */
  callRuntime(name: RuntimeName, args: readonly Expr[]): void {
    this.body.store(c32(0), this.pc, 32, CURRENT_OP);
    this.body.call(this.runtime(name), args);
  }

  private temporary(value: Expr): Expr {
    const index = this.body.local(value.type);
    this.body.setLocal(index, value);
    return local(value.type, index);
  }

  /** Linear address after the segment's checks, in a local. */
  private linear(segment: Expr, ea: Expr, bytes: number, isWrite: boolean): Expr {
    const index = this.body.local('i64');
    const constant = segment.op === 'const';
    const base = constant ? c32(0) : segment;
    const offset = constant ? Number(segment.value) : 0;
    const limit = load('i64', base, offset + (isWrite ? SEG_WRITE_MAX : SEG_READ_MAX));
    this.body.setLocal(index, add(ea, load('i64', base, offset + SEG_BASE)));
    const last = bytes === 1 ? ea : add(ea, c64(bytes - 1));
    this.body.if(gtS(last, limit), () => {
      this.callRuntime('segmentLinear', [segment, ea, c32(bytes), c32(isWrite ? 1 : 0)]);
      this.body.popLocal(index);
    });
    return local('i64', index);
  }

  private entry(linear: Expr): Expr {
    const index = and(shrU(wrap(linear), c32(ENTRY_SHIFT)), c32(ENTRY_MASK));
    return this.temporary(add(load('i32', c32(0), TLB_BASE), index));
  }

  private hits(entry: Expr, linear: Expr, bytes: number, tag: number): Expr {
    const last = bytes === 1 ? linear : add(linear, c64(bytes - 1));
    return eq(load('i64', entry, tag), and(last, c64(-4096)));
  }

  private host(entry: Expr, linear: Expr): Expr {
    return add(load('i32', entry, TLB_ADDEND), wrap(linear));
  }

  load(segment: Expr, ea: Expr, size: OperandSize): Expr {
    const { body } = this;
    if (size === 128) return this.loadVector(segment, ea, false);
    const linear = this.linear(segment, ea, size / 8, false);
    const entry = this.entry(linear);
    const result = body.local(typeOf(size));
    body.if(
      this.hits(entry, linear, size / 8, TLB_READ_TAG),
      () => body.setLocal(result, loadSized(this.host(entry, linear), size)),
      () => {
        this.callRuntime(`read${size}`, [linear]);
        body.popLocal(result);
      },
    );
    return local(typeOf(size), result);
  }

  /** Aligned operands have low address bits that no tag has: one comparison finds a miss and a misalignment. */
  private hitsVector(entry: Expr, linear: Expr, aligned: boolean, tag: number): Expr {
    return aligned ? eq(load('i64', entry, tag), and(linear, c64(-4096 | 15))) : this.hits(entry, linear, 16, tag);
  }

  loadVector(segment: Expr, ea: Expr, aligned: boolean): Expr {
    const { body } = this;
    const linear = this.linear(segment, ea, 16, false);
    const entry = this.entry(linear);
    const result = body.local('v128');
    body.if(
      this.hitsVector(entry, linear, aligned, TLB_READ_TAG),
      () => body.setLocal(result, loadVector(this.host(entry, linear))),
      () => {
        this.callRuntime('read128', [linear, c32(aligned ? 1 : 0)]);
        body.setLocal(result, loadVector(c32(0), 128, VECTOR_A));
      },
    );
    return local('v128', result);
  }

  /** `value` is a local. */
  storeVector(segment: Expr, ea: Expr, aligned: boolean, value: Expr): void {
    const { body } = this;
    const linear = this.linear(segment, ea, 16, true);
    const entry = this.entry(linear);
    body.if(
      this.hitsVector(entry, linear, aligned, TLB_WRITE_TAG),
      () => body.store(this.host(entry, linear), value, 128),
      () => {
        body.store(c32(0), value, 128, VECTOR_A);
        this.callRuntime('write128', [linear, c32(aligned ? 1 : 0)]);
      },
    );
  }

  /** `value` must be cheap to repeat: a local or a constant. */
  store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void {
    const { body } = this;
    if (size === 128) {
      this.storeVector(segment, ea, false, value);
      return;
    }
    const linear = this.linear(segment, ea, size / 8, true);
    const entry = this.entry(linear);
    body.if(
      this.hits(entry, linear, size / 8, TLB_WRITE_TAG),
      () => body.store(this.host(entry, linear), value, size),
      () => this.callRuntime(`write${size}`, [linear, value]),
    );
  }

  modify(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void {
    const { body } = this;
    const linear = this.linear(segment, ea, size / 8, true);
    const entry = this.entry(linear);
    const host = body.local('i32');
    const old = body.local(typeOf(size));
    body.if(
      this.hits(entry, linear, size / 8, TLB_WRITE_TAG),
      () => {
        body.setLocal(host, this.host(entry, linear));
        body.setLocal(old, loadSized(local('i32', host), size));
      },
      () => {
        body.setLocal(host, c32(0));
        this.callRuntime(`readForWrite${size}`, [linear]);
        body.popLocal(old);
      },
    );
    const value = this.temporary(compute(local(typeOf(size), old)));
    body.if(
      local('i32', host),
      () => body.store(local('i32', host), value, size),
      () => this.callRuntime(`write${size}`, [linear, value]),
    );
  }

  checkStore(segment: Expr, ea: Expr, bytes: number): void {
    this.callRuntime('probeWrite', [this.linear(segment, ea, bytes, true), c32(bytes)]);
  }
}
