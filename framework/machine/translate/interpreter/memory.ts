import { SEG_BASE, SEG_READ_MAX, SEG_WRITE_MAX, TLB_BASE } from '../../core/layout/cpu-state';
import { ACCESS_SEGMENT, VECTOR_A } from '../../core/layout/run-state';
import { TLB_ADDEND, TLB_ENTRIES, TLB_READ_TAG, TLB_WRITE_TAG } from '../../core/layout/tlb';
import type { OperandSize, Size } from '../../isa/emit/access';
import type { Expr, LoadOp } from '../../isa/emit/expression';
import { add, and, c32, c64, eq, gtS, load, local, ne, shrU, wrap } from '../../isa/emit/expression';
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

/** Guest memory by segment and effective address; both and values must be cheap to repeat: locals or constants. */
export interface MemoryAccess {
  load(segment: Expr, ea: Expr, size: OperandSize): Expr;
  store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void;
  loadVector(segment: Expr, ea: Expr, aligned: boolean): Expr;
  storeVector(segment: Expr, ea: Expr, aligned: boolean, value: Expr): void;
  modify(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void;
  checkStore(segment: Expr, ea: Expr, bytes: number): void;
}

/**
 * What is common to all: limit check, then the software TLB, both inline. What they refuse is the business of
 * the two kinds below.
 */
abstract class SegmentedMemory implements MemoryAccess {
  constructor(protected readonly body: FunctionBody) {}

  abstract load(segment: Expr, ea: Expr, size: OperandSize): Expr;
  abstract store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void;
  abstract loadVector(segment: Expr, ea: Expr, aligned: boolean): Expr;
  abstract storeVector(segment: Expr, ea: Expr, aligned: boolean, value: Expr): void;
  abstract modify(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void;
  abstract checkStore(segment: Expr, ea: Expr, bytes: number): void;

  protected temporary(value: Expr): Expr {
    const index = this.body.local(value.type);
    this.body.setLocal(index, value);
    return local(value.type, index);
  }

  /** Sets a local to the linear address; gives the local and whether the segment refuses the access. */
  protected linearOf(segment: Expr, ea: Expr, bytes: number, isWrite: boolean): { readonly index: number; readonly refused: Expr } {
    const index = this.body.local('i64');
    const constant = segment.op === 'const';
    const base = constant ? c32(0) : segment;
    const offset = constant ? Number(segment.value) : 0;
    const limit = load('i64', base, offset + (isWrite ? SEG_WRITE_MAX : SEG_READ_MAX));
    this.body.setLocal(index, add(ea, load('i64', base, offset + SEG_BASE)));
    return { index, refused: gtS(bytes === 1 ? ea : add(ea, c64(bytes - 1)), limit) };
  }

  protected entry(linear: Expr): Expr {
    const index = and(shrU(wrap(linear), c32(ENTRY_SHIFT)), c32(ENTRY_MASK));
    return this.temporary(add(load('i32', c32(0), TLB_BASE), index));
  }

  /** Page of the last byte: equal to a tag only when the access may use the entry and does not leave its page. */
  protected page(linear: Expr, bytes: number): Expr {
    const last = bytes === 1 ? linear : add(linear, c64(bytes - 1));
    return and(last, c64(-4096));
  }

  /** Misaligned operands that have to be aligned keep low address bits that no tag has: one comparison finds a miss and a misalignment. */
  protected pageOfVector(linear: Expr, aligned: boolean): Expr {
    return aligned ? and(linear, c64(-4096 | 15)) : this.page(linear, 16);
  }

  protected host(entry: Expr, linear: Expr): Expr {
    return add(load('i32', entry, TLB_ADDEND), wrap(linear));
  }
}

/** For functions of their own: what the inline checks refuse is done by the runtime, in place. */
export class GuestMemory extends SegmentedMemory {
  constructor(
    body: FunctionBody,
    private readonly callRuntime: (name: RuntimeName, args: readonly Expr[]) => void,
  ) {
    super(body);
  }

  /** The runtime does the access to `linear`; it says which segment an exception is about. */
  private callFor(segment: Expr, name: RuntimeName, args: readonly Expr[]): void {
    this.body.store(c32(0), segment, 32, ACCESS_SEGMENT);
    this.callRuntime(name, args);
  }

  private linear(segment: Expr, ea: Expr, bytes: number, isWrite: boolean): Expr {
    const { index, refused } = this.linearOf(segment, ea, bytes, isWrite);
    this.body.if(refused, () => {
      this.callRuntime('segmentLinear', [segment, ea, c32(bytes), c32(isWrite ? 1 : 0)]);
      this.body.popLocal(index);
    });
    return local('i64', index);
  }

  private hits(entry: Expr, linear: Expr, bytes: number, tag: number): Expr {
    return eq(load('i64', entry, tag), this.page(linear, bytes));
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
        this.callFor(segment, `read${size}`, [linear]);
        body.popLocal(result);
      },
    );
    return local(typeOf(size), result);
  }

  private hitsVector(entry: Expr, linear: Expr, aligned: boolean, tag: number): Expr {
    return eq(load('i64', entry, tag), this.pageOfVector(linear, aligned));
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
        this.callFor(segment, 'read128', [linear, c32(aligned ? 1 : 0)]);
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
        this.callFor(segment, 'write128', [linear, c32(aligned ? 1 : 0)]);
      },
    );
  }

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
      () => this.callFor(segment, `write${size}`, [linear, value]),
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
        this.callFor(segment, `readForWrite${size}`, [linear]);
        body.popLocal(old);
      },
    );
    const value = this.temporary(compute(local(typeOf(size), old)));
    body.if(
      local('i32', host),
      () => body.store(local('i32', host), value, size),
      () => this.callFor(segment, `write${size}`, [linear, value]),
    );
  }

  checkStore(segment: Expr, ea: Expr, bytes: number): void {
    this.callFor(segment, 'probeWrite', [this.linear(segment, ea, bytes, true), c32(bytes)]);
  }
}

/** For the dispatch loop: what the inline checks refuse makes the whole instruction start again elsewhere. */
export class FastMemory extends SegmentedMemory {
  constructor(
    body: FunctionBody,
    private readonly bailIf: (condition: Expr) => void,
  ) {
    super(body);
  }

  private hostAddress(segment: Expr, ea: Expr, bytes: number, isWrite: boolean, pageOf = (linear: Expr) => this.page(linear, bytes)): Expr {
    const { index, refused } = this.linearOf(segment, ea, bytes, isWrite);
    this.bailIf(refused);
    const linear = local('i64', index);
    const entry = this.entry(linear);
    this.bailIf(ne(load('i64', entry, isWrite ? TLB_WRITE_TAG : TLB_READ_TAG), pageOf(linear)));
    return this.host(entry, linear);
  }

  load(segment: Expr, ea: Expr, size: OperandSize): Expr {
    if (size === 128) return this.loadVector(segment, ea, false);
    return this.temporary(loadSized(this.hostAddress(segment, ea, size / 8, false), size));
  }

  store(segment: Expr, ea: Expr, size: OperandSize, value: Expr): void {
    this.body.store(this.hostAddress(segment, ea, size / 8, true), value, size);
  }

  loadVector(segment: Expr, ea: Expr, aligned: boolean): Expr {
    return this.temporary(loadVector(this.hostAddress(segment, ea, 16, false, (linear) => this.pageOfVector(linear, aligned))));
  }

  storeVector(segment: Expr, ea: Expr, aligned: boolean, value: Expr): void {
    const host = this.hostAddress(segment, ea, 16, true, (linear) => this.pageOfVector(linear, aligned));
    this.body.store(host, value, 128);
  }

  modify(segment: Expr, ea: Expr, size: Size, compute: (old: Expr) => Expr): void {
    const host = this.temporary(this.hostAddress(segment, ea, size / 8, true));
    const value = compute(this.temporary(loadSized(host, size)));
    this.body.store(host, value, size);
  }

  checkStore(segment: Expr, ea: Expr, bytes: number): void {
    this.hostAddress(segment, ea, bytes, true);
  }
}
