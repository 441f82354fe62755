/** Our core as a process finds it under Linux: the same segments, control registers and pages; every exception ends in a HLT of its own. */
import { SHADOW } from '../../machine/core/layout/cpu-state';
import * as L from '../../machine/core/layout/fpu-state';
import type { Core, CpuState, SegmentState } from '../../machine/core-host/types';
import { createBareCore } from '../bare-core';
import { SILICON_MODEL } from './rows';
import { CODE, CODE_PAGES, FS_BASE, FX, GS_BASE, PAGE, REGIONS, type StateRecord } from './record';

const RAM_PAGES = 64;
/** Physical pages. */
const DESCRIPTORS = 1 * PAGE;
const INTERRUPTS = 2 * PAGE;
const TASK = 3 * PAGE;
const HANDLERS = 4 * PAGE;
const STACK = 5 * PAGE;
const STACK_TOP = STACK + PAGE;
const CODE_FRAME = 8 * PAGE;
const DATA_FRAMES = { plain: 10 * PAGE, holed: 12 * PAGE, readOnly: 14 * PAGE } as const;
const TABLES = 16 * PAGE;

/** Linear address of physical 0 for the kernel. */
const KERNEL = 0xffff_8000_0000_0000n;
const MASK_LOW = 0x1ffn;
const PRESENT = 1n;
const WRITE = 2n;
const USER = 4n;
const NO_EXECUTE = 1n << 63n;

const CR0 = 0x8005_0033n;
const CR4 = 0x4_06b0n; // PSE PAE PGE OSFXSR OSXMMEXCPT OSXSAVE, but not MCE
/** x87 and SSE. */
const XCR0 = 3;
const EFER = 0xd01n; // SCE LME LMA NXE

/** The descriptors of Linux at the same places, their accessed bits set. */
const GDT: readonly bigint[] = [
  0n,
  0x00cf_9b00_0000_ffffn,
  0x00af_9b00_0000_ffffn,
  0x00cf_9300_0000_ffffn,
  0x00cf_fb00_0000_ffffn,
  0x00cf_f300_0000_ffffn,
  0x00af_fb00_0000_ffffn,
];
/** What Linux keeps the CPU's number in, at the end of the table. */
const CPU_NUMBER = 0x0000_f500_0000_0000n;
const GDT_BYTES = 128;
const KERNEL_CS = 0x10;
const USER32_CS: SegmentState = { selector: 0x23, base: 0n, limit: 0xffff_ffff, attributes: 0xcfb };
const USER_DS: SegmentState = { selector: 0x2b, base: 0n, limit: 0xffff_ffff, attributes: 0xcf3 };
const USER_CS: SegmentState = { selector: 0x33, base: 0n, limit: 0xffff_ffff, attributes: 0xafb };
const nullSegment = (base: number): SegmentState => ({ selector: 0, base: BigInt(base), limit: 0, attributes: 0 });

/** Vectors that a program may raise by INT n. */
const OPEN_VECTORS = [3, 4, 0x80];
const WITH_ERROR_CODE = new Set([8, 10, 11, 12, 13, 14, 17, 21]);
const HANDLER_BYTES = 16;
const INSTRUCTIONS_MAX = 2000;
const fpu = (field: number): number => field - SHADOW;

class Tables {
  private next = TABLES + PAGE;

  constructor(private readonly core: Core) {}

  private entry(at: number): bigint {
    return Buffer.from(this.core.memory.read(at, 8)).readBigUInt64LE();
  }

  setEntry(at: number, value: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(value);
    this.core.memory.write(at, bytes);
  }

  map(linear: bigint, gpa: number, flags: bigint): void {
    let table = TABLES;
    for (const shift of [39n, 30n, 21n]) {
      const at = table + Number((linear >> shift) & MASK_LOW) * 8;
      if (this.entry(at) === 0n) {
        this.setEntry(at, BigInt(this.next) | PRESENT | WRITE | USER);
        this.next += PAGE;
      }
      table = Number(this.entry(at) & 0xf_ffff_f000n);
    }
    this.setEntry(table + Number((linear >> 12n) & MASK_LOW) * 8, BigInt(gpa) | flags | PRESENT);
  }
}

export class UserMachine {
  private readonly core: Core = createBareCore(RAM_PAGES, SILICON_MODEL);
  private readonly state: CpuState;

  constructor() {
    this.mapPages();
    this.fillDescriptors();
    this.core.memory.write(CODE_FRAME, new Uint8Array(CODE_PAGES * PAGE).fill(0xcc));
    this.state = this.kernelState();
  }

  private mapPages(): void {
    const tables = new Tables(this.core);
    for (let page = 0; page < TABLES; page += PAGE) tables.map(KERNEL + BigInt(page), page, WRITE);
    for (let page = 0; page < CODE_PAGES; page++) tables.map(BigInt(CODE + page * PAGE), CODE_FRAME + page * PAGE, WRITE | USER);
    const data = WRITE | USER | NO_EXECUTE;
    tables.map(BigInt(REGIONS.plain), DATA_FRAMES.plain, data);
    tables.map(BigInt(REGIONS.plain + PAGE), DATA_FRAMES.plain + PAGE, data);
    tables.map(BigInt(REGIONS.holed), DATA_FRAMES.holed, data);
    tables.map(BigInt(REGIONS.readOnly), DATA_FRAMES.readOnly, data);
    tables.map(BigInt(REGIONS.readOnly + PAGE), DATA_FRAMES.readOnly + PAGE, USER | NO_EXECUTE);
  }

  private fillDescriptors(): void {
    const { memory } = this.core;
    const gdt = Buffer.alloc(GDT_BYTES);
    GDT.forEach((descriptor, index) => gdt.writeBigUInt64LE(descriptor, index * 8));
    gdt.writeBigUInt64LE(CPU_NUMBER, GDT_BYTES - 8);
    memory.write(DESCRIPTORS, gdt);
    const idt = Buffer.alloc(PAGE);
    for (let vector = 0; vector < 256; vector++) {
      const handler = KERNEL + BigInt(HANDLERS + vector * HANDLER_BYTES);
      const access = OPEN_VECTORS.includes(vector) ? 0xeen : 0x8en;
      const low = (handler & 0xffffn) | (BigInt(KERNEL_CS) << 16n) | (access << 40n) | (((handler >> 16n) & 0xffffn) << 48n);
      idt.writeBigUInt64LE(low, vector * 16);
      idt.writeBigUInt64LE(handler >> 32n, vector * 16 + 8);
    }
    memory.write(INTERRUPTS, idt);
    memory.write(HANDLERS, new Uint8Array(256 * HANDLER_BYTES).fill(0xf4));
    const task = Buffer.alloc(104);
    task.writeBigUInt64LE(KERNEL + BigInt(STACK_TOP), 4);
    task.writeUInt16LE(0xffff, 102);
    memory.write(TASK, task);
  }

  private kernelState(): CpuState {
    const state = this.core.saveCpu(0);
    Object.assign(state, { cr0: CR0, cr3: BigInt(TABLES), cr4: CR4, efer: EFER });
    state.msrs[0xc000_0080] = EFER;
    state.gdtr = { base: KERNEL + BigInt(DESCRIPTORS), limit: GDT_BYTES - 1 };
    state.idtr = { base: KERNEL + BigInt(INTERRUPTS), limit: PAGE - 1 };
    state.segments.tr = { selector: 0x40, base: KERNEL + BigInt(TASK), limit: 0x206f, attributes: 0x8b };
    state.segments.ldtr = nullSegment(0);
    return state;
  }

  /** Runs a case until it comes to the kernel; the result goes to `result`. */
  run(one: StateRecord, result: StateRecord): void {
    const { core } = this;
    this.load(one);
    const window = this.physical(one.window);
    const codeAt = CODE_FRAME + Number(one.ip) - CODE;
    core.memory.write(window, one.memory.subarray(0, one.windowBytes));
    core.memory.write(codeAt, one.code);
    const stop = core.run(INSTRUCTIONS_MAX);
    if (stop === 'halted') this.take(one, result);
    else result.vector = 0xffff;
    result.memory.set(core.memory.read(window, one.windowBytes));
    core.memory.write(codeAt, new Uint8Array(one.code.length).fill(0xcc));
  }

  private physical(window: number): number {
    const region = (['plain', 'holed', 'readOnly'] as const).find((name) => window >= REGIONS[name] && window < REGIONS[name] + PAGE);
    if (region === undefined) throw new RangeError('no such window');
    return DATA_FRAMES[region] + window - REGIONS[region];
  }

  private load(one: StateRecord): void {
    const { state } = this;
    for (let register = 0; register < 16; register++) state.gpr[register] = one.gpr(register);
    state.rip = one.ip;
    state.rflags = BigInt(one.flags);
    state.cr2 = 0n;
    state.activity = 0;
    const { segments } = state;
    segments.cs = one.bits === 32 ? USER32_CS : USER_CS;
    segments.ss = segments.ds = segments.es = USER_DS;
    segments.fs = nullSegment(FS_BASE);
    segments.gs = nullSegment(GS_BASE);
    this.loadFloat(one);
    this.core.loadCpu(0, state);
  }

  private loadFloat({ fx, fxView }: StateRecord): void {
    const { internal } = this.state;
    const view = new DataView(internal.buffer, internal.byteOffset);
    const status = fxView.getUint16(FX.status, true);
    const top = (status >> 11) & 7;
    view.setUint32(fpu(L.FPU_CONTROL), fxView.getUint16(FX.control, true), true);
    view.setUint32(fpu(L.FPU_STATUS), status & ~0x3800, true);
    view.setUint32(fpu(L.FPU_TOP), top, true);
    view.setUint32(fpu(L.FPU_TAGS), fx[FX.tags]!, true);
    view.setUint32(fpu(L.FPU_OPCODE), fxView.getUint16(FX.opcode, true), true);
    view.setBigUint64(fpu(L.FPU_IP), fxView.getBigUint64(FX.ip, true), true);
    view.setBigUint64(fpu(L.FPU_DP), fxView.getBigUint64(FX.dp, true), true);
    view.setUint32(fpu(L.XCR0), XCR0, true);
    view.setUint32(fpu(L.MXCSR), fxView.getUint32(FX.mxcsr, true), true);
    for (let index = 0; index < 8; index++) {
      const register = fpu(L.FPU_REGISTERS) + ((top + index) & 7) * L.FPU_REGISTER_BYTES;
      internal.set(fx.subarray(FX.st + index * 16, FX.st + index * 16 + 10), register);
    }
    internal.set(fx.subarray(FX.xmm, FX.xmm + 256), fpu(L.XMM));
  }

  private take(one: StateRecord, result: StateRecord): void {
    const after = this.core.saveCpu(0);
    const vector = Math.floor((Number(after.rip - KERNEL) - HANDLERS - 1) / HANDLER_BYTES);
    const stack = Buffer.from(this.core.memory.read(STACK, PAGE));
    let at = Number(after.gpr[4]! - KERNEL) - STACK;
    const pop = (): bigint => stack.readBigUInt64LE((at += 8) - 8);
    result.vector = vector;
    result.error = WITH_ERROR_CODE.has(vector) ? Number(pop()) : 0;
    result.ip = pop();
    result.setMode(pop() === BigInt(USER32_CS.selector) ? 32 : 64, false);
    result.flags = Number(pop());
    after.gpr[4] = pop();
    result.cr2 = after.cr2;
    after.gpr.forEach((value, register) => result.setGpr(register, value));
    this.takeFloat(after.internal, result);
    result.window = one.window;
  }

  private takeFloat(internal: Uint8Array, { fx, fxView }: StateRecord): void {
    const view = new DataView(internal.buffer, internal.byteOffset);
    const top = view.getUint32(fpu(L.FPU_TOP), true);
    fxView.setUint16(FX.control, view.getUint32(fpu(L.FPU_CONTROL), true), true);
    fxView.setUint16(FX.status, view.getUint32(fpu(L.FPU_STATUS), true) | (top << 11), true);
    fx[FX.tags] = view.getUint32(fpu(L.FPU_TAGS), true);
    fxView.setUint16(FX.opcode, view.getUint32(fpu(L.FPU_OPCODE), true), true);
    fxView.setBigUint64(FX.ip, view.getBigUint64(fpu(L.FPU_IP), true), true);
    fxView.setBigUint64(FX.dp, view.getBigUint64(fpu(L.FPU_DP), true), true);
    fxView.setUint32(FX.mxcsr, view.getUint32(fpu(L.MXCSR), true), true);
    for (let index = 0; index < 8; index++) {
      const register = fpu(L.FPU_REGISTERS) + ((top + index) & 7) * L.FPU_REGISTER_BYTES;
      fx.set(internal.subarray(register, register + 10), FX.st + index * 16);
    }
    fx.set(internal.subarray(fpu(L.XMM), fpu(L.XMM) + 256), FX.xmm);
  }
}
