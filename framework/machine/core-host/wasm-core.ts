import type { Gpa, Instructions } from '../../quantities/units';
import {
  ACTIVITY,
  ACTIVITY_HALTED,
  ACTIVITY_MWAIT,
  ACTIVITY_RUNNING,
  ACTIVITY_SHUTDOWN,
  ACTIVITY_WAIT_SIPI,
  CR,
  CURRENT_OP,
  EFER,
  EFLAGS,
  FEATURES,
  CPU_SIGNATURE,
  FEATURES2,
  FORCED,
  FORCE_BIAS,
  FRAMES,
  GPR,
  IGNNE,
  INIT_PENDING,
  INTERRUPT_TRACE,
  INTR,
  IN_SMM,
  IP,
  LAST_FAR_CS,
  LAST_FAR_IP,
  MODE,
  MODE_CODE32,
  MODE_CODE64,
  MODE_LONG,
  MODE_PAGING,
  MODE_PROTECTED,
  MODE_SMM,
  MODE_VM86,
  MONITOR_DISABLED,
  MSR_TSC_OFFSET,
  MWAIT_MASKED_BREAK,
  NMI_BLOCKED,
  NMI_PENDING,
  OP_OFFSET,
  REMAINING,
  RESERVED_PHYSICAL,
  RUNNING,
  SEG_CS,
  SEG_SELECTOR,
  SIPI_PENDING,
  SMI_PENDING,
  STATE,
  STATE_BYTES,
  STOP_REQUESTED,
  VCPUS_MAX,
  VCPU_STATES,
} from '../core/layout';
import type { CoreExports, InterpreterExports } from './core-exports';
import { flagsImage, readCpu, writeCpu } from './cpu-state';
import { UNWIND, hostImports, type HostContext } from './host-imports';
import { GuestMemory } from './physical-memory';
import { restoreMemory, saveMemory } from './snapshot';
import type { Core, CoreHooks, CoreSnapshot, CoreStop, CpuMode, CpuState } from './types';
import { Views } from './views';
import { wasmModules } from './wasm-files';
import { Watches } from './watches';

/** V8 replaces a running Wasm function by its optimised code only when it is entered anew. */
const SLICE = 2_000_000;
const WASM_PAGE = 65_536;
const FLAG_IF = 0x200;
const GPR_BYTES = 16 * 8;
const FNV_PRIME = 0x0100_0193;

export interface CoreOptions {
  readonly vcpus: number;
  readonly hooks: CoreHooks;
  /** FEATURE_* bits of core/layout.ts. */
  readonly features: number;
  /** FEATURE2_* bits. */
  readonly features2?: number;
  /** EDX after RESET and INIT; 0 when absent. */
  readonly signature?: number;
  /** MAXPHYADDR, 32 to 52. */
  readonly physicalAddressBits: number;
}

/** One Wasm instance: the runtime and the generated interpreter over one memory. */
export class WasmCore implements Core {
  readonly vcpus: number;
  readonly memory: GuestMemory;
  private readonly views: Views;
  private readonly exports: CoreExports;
  private readonly interpreter: InterpreterExports;
  private readonly context: HostContext;
  private readonly watches: Watches;
  private readonly allocated = new Set<number>();
  private selected = 0;
  private a20 = true;
  /** Retired before the slice under way; what that slice may retire; what comes after it. */
  private retired = 0;
  private budget = 0;
  private later = 0;
  private running = false;

  constructor(options: CoreOptions) {
    if (options.vcpus < 1 || options.vcpus > VCPUS_MAX) throw new RangeError(`vcpus must be 1 to ${VCPUS_MAX}`);
    this.vcpus = options.vcpus;
    const memory = new WebAssembly.Memory({ initial: FRAMES / WASM_PAGE, maximum: 65_536 });
    this.views = new Views(memory);
    this.context = { views: this.views, hooks: options.hooks, watches: undefined, quiet: true };
    const modules = wasmModules();
    const core = new WebAssembly.Instance(modules.core, { env: { memory, abort: unexpectedAbort }, host: hostImports(this.context) });
    this.exports = core.exports as CoreExports;
    const interpreter = new WebAssembly.Instance(modules.interpreter, { env: { memory }, core: core.exports });
    this.interpreter = interpreter.exports as InterpreterExports;
    this.views.setU32(FEATURES, options.features >>> 0);
    this.views.setU32(CPU_SIGNATURE, (options.signature ?? 0) >>> 0);
    this.views.setU32(FEATURES2, (options.features2 ?? 0) >>> 0);
    this.views.setU64(RESERVED_PHYSICAL, ((1n << 52n) - 1n) & ~((1n << BigInt(options.physicalAddressBits)) - 1n));
    this.exports.start();
    this.memory = new GuestMemory(this.exports, this.views, this.allocated);
    this.watches = new Watches(this.exports, this.views, options.hooks);
    this.context.watches = this.watches;
    for (let vcpu = this.vcpus - 1; vcpu >= 0; vcpu--) {
      this.exports.resetSlot(vcpu === 0 ? 1 : 0, vcpu === 0 ? ACTIVITY_RUNNING : ACTIVITY_WAIT_SIPI);
      this.exports.stateSaved(vcpu);
    }
    this.context.quiet = false;
  }

  get current(): number {
    return this.selected;
  }

  private between(what: string): void {
    if (this.running) throw new Error(`${what} may not be called while the core runs`);
  }

  private checkVcpu(vcpu: number): void {
    if (!Number.isInteger(vcpu) || vcpu < 0 || vcpu >= this.vcpus) throw new RangeError(`there is no vCPU ${vcpu}`);
  }

  /** Runs `action` with a vCPU in place, hooks silent, and puts the selected one back. */
  private withCpu(vcpu: number, action: () => void): void {
    this.checkVcpu(vcpu);
    const quiet = this.context.quiet;
    this.context.quiet = true;
    if (vcpu !== this.selected) this.exports.selectSlot(this.selected, vcpu);
    action();
    if (vcpu !== this.selected) this.exports.selectSlot(vcpu, this.selected);
    this.context.quiet = quiet;
  }

  select(vcpu: number): void {
    this.between('select');
    this.checkVcpu(vcpu);
    if (vcpu === this.selected) return;
    this.context.quiet = true;
    this.exports.selectSlot(this.selected, vcpu);
    this.context.quiet = false;
    this.selected = vcpu;
  }

  private trueRemaining(): number {
    return (this.views.u32(REMAINING) | 0) + (this.views.u32(FORCED) !== 0 ? FORCE_BIAS : 0);
  }

  run(count: Instructions): CoreStop {
    this.between('run');
    this.later = count;
    this.running = true;
    this.views.setU32(STOP_REQUESTED, 0);
    this.views.setU32(RUNNING, 1);
    try {
      while (this.later > 0) {
        this.budget = Math.min(this.later, SLICE);
        this.later -= this.budget;
        this.slice();
        if (this.trueRemaining() > 0) break;
      }
    } finally {
      this.retired += this.budget - this.trueRemaining();
      this.budget = 0;
      this.later = 0;
      this.views.setU32(REMAINING, 0);
      this.views.setU32(FORCED, 0);
      this.views.setU32(RUNNING, 0);
      this.running = false;
    }
    return this.reason();
  }

  /** Runs the interpreter until the budget is used up or it leaves; faults unwind to here and are delivered. */
  private slice(): void {
    this.views.setU32(REMAINING, this.budget);
    this.views.setU32(FORCED, 0);
    this.exports.recheckEvents();
    for (let faulted = false; ;) {
      try {
        if (faulted) {
          faulted = false;
          this.exports.deliverFault();
        }
        this.interpreter.run();
        break;
      } catch (error) {
        if (error !== UNWIND) {
          this.exports.abandon();
          throw error;
        }
        faulted = true;
      }
    }
    if (this.later > 0 && this.trueRemaining() <= 0) {
      this.retired += this.budget - this.trueRemaining();
      this.budget = 0;
      this.views.setU32(REMAINING, 0);
      this.views.setU32(FORCED, 0);
    }
  }

  private reason(): CoreStop {
    if (this.views.u32(ACTIVITY) === ACTIVITY_SHUTDOWN) return 'triple-fault';
    if (this.views.u32(STOP_REQUESTED) !== 0) return 'requested';
    return this.activity(this.selected) === 'running' ? 'budget' : 'halted';
  }

  requestStop(): void {
    if (this.running) this.exports.requestStop();
  }

  limitRun(count: Instructions): void {
    if (!this.running) return;
    const wanted = Math.max(0, Math.floor(count));
    const left = this.exports.shorten(Math.min(wanted, SLICE));
    if (wanted < left) {
      this.budget -= left - wanted;
      this.later = 0;
    } else this.later = Math.min(this.later, wanted - left);
  }

  instructions(): Instructions {
    return this.running ? this.retired + this.budget - this.trueRemaining() - this.exports.notRetired() : this.retired;
  }

  /** Distance of a vCPU's state from STATE: the selected one is in place, the others in their slots. */
  private shift(vcpu: number): number {
    this.checkVcpu(vcpu);
    return vcpu === this.selected ? 0 : VCPU_STATES + vcpu * STATE_BYTES - STATE;
  }

  /** Sets a pending-event field; the vCPU looks at it at its next boundary. */
  private signal(vcpu: number, field: number, value: number): void {
    const at = field + this.shift(vcpu);
    if (this.views.u32(at) === value) return;
    this.views.setU32(at, value);
    if (this.running && vcpu === this.selected && value !== 0) this.exports.recheckEvents();
  }

  setInterrupt(vcpu: number, asserted: boolean): void {
    this.signal(vcpu, INTR, asserted ? 1 : 0);
  }

  setIgnoreFloatError(vcpu: number, asserted: boolean): void {
    this.signal(vcpu, IGNNE, asserted ? 1 : 0);
  }

  smi(vcpu: number): void {
    this.signal(vcpu, SMI_PENDING, 1);
  }

  nmi(vcpu: number): void {
    this.signal(vcpu, NMI_PENDING, 1);
  }

  init(vcpu: number): void {
    this.signal(vcpu, INIT_PENDING, 1);
  }

  startup(vcpu: number, vector: number): void {
    this.signal(vcpu, SIPI_PENDING, (vector & 0xff) + 1);
  }

  reset(vcpu: number, isBsp: boolean): void {
    this.between('reset');
    this.withCpu(vcpu, () => this.exports.resetSlot(isBsp ? 1 : 0, isBsp ? ACTIVITY_RUNNING : ACTIVITY_WAIT_SIPI));
  }

  activity(vcpu: number): 'running' | 'halted' | 'wait-for-sipi' | 'shutdown' {
    const shift = this.shift(vcpu);
    const has = (field: number): boolean => this.views.u32(field + shift) !== 0;
    const activity = this.views.u32(ACTIVITY + shift);
    const inSmm = has(IN_SMM);
    if (activity === ACTIVITY_RUNNING || (has(INIT_PENDING) && !inSmm)) return 'running';
    if (activity === ACTIVITY_WAIT_SIPI) return has(SIPI_PENDING) ? 'running' : 'wait-for-sipi';
    if (activity !== ACTIVITY_HALTED && activity !== ACTIVITY_MWAIT) return 'shutdown';
    const interrupt = has(INTR) && this.breaksOnInterrupt(shift);
    return interrupt || (has(SMI_PENDING) && !inSmm) || (has(NMI_PENDING) && !has(NMI_BLOCKED)) ? 'running' : 'halted';
  }

  /** Whether INTR ends HLT or MWAIT of a vCPU, by where its state stands. */
  private breaksOnInterrupt(shift: number): boolean {
    const isMasked = (this.views.u32(EFLAGS + shift) & FLAG_IF) === 0;
    return !isMasked || (this.views.u32(ACTIVITY + shift) === ACTIVITY_MWAIT && this.views.u32(MWAIT_MASKED_BREAK + shift) !== 0);
  }

  tscOffset(vcpu: number): bigint {
    return this.views.u64(MSR_TSC_OFFSET + this.shift(vcpu));
  }

  wakesOnInterrupt(vcpu: number): boolean {
    return this.breaksOnInterrupt(this.shift(vcpu));
  }

  isMonitoring(vcpu: number): boolean {
    return this.views.u32(ACTIVITY + this.shift(vcpu)) === ACTIVITY_MWAIT;
  }

  setMonitorEnabled(vcpu: number, enabled: boolean): void {
    this.views.setU32(MONITOR_DISABLED + this.shift(vcpu), enabled ? 0 : 1);
  }

  saveCpu(vcpu: number): CpuState {
    const shift = this.shift(vcpu);
    return readCpu(this.views, shift, shift === 0 ? this.ip : this.views.u64(IP + shift));
  }

  loadCpu(vcpu: number, state: CpuState): void {
    this.between('loadCpu');
    this.withCpu(vcpu, () => {
      writeCpu(this.views, state);
      this.exports.loaded(Number(state.rflags & 0xffff_ffffn));
    });
  }

  digest(): number {
    let digest = Number(this.ip & 0xffff_ffffn) ^ this.cs;
    for (let at = GPR; at < GPR + GPR_BYTES; at += 4) digest = Math.imul(digest ^ this.views.u32(at), FNV_PRIME) | 0;
    return digest;
  }

  gpr(index: number): bigint {
    return this.views.u64(GPR + (index & 15) * 8);
  }

  setGpr(index: number, value: bigint): void {
    this.views.setU64(GPR + (index & 15) * 8, BigInt.asUintN(64, value));
  }

  get cs(): number {
    return this.views.u32(SEG_CS + SEG_SELECTOR);
  }

  get ip(): bigint {
    const op = this.views.u32(CURRENT_OP);
    const start = this.views.u64(IP);
    if (op === 0) return start;
    const here = start + BigInt(this.views.u16(op + OP_OFFSET));
    return BigInt.asUintN((this.views.u32(MODE) & MODE_CODE64) !== 0 ? 64 : 32, here);
  }

  get mode(): CpuMode {
    const mode = this.views.u32(MODE);
    if ((mode & MODE_PROTECTED) === 0) return (mode & MODE_SMM) !== 0 ? 'smm' : 'real';
    if ((mode & MODE_VM86) !== 0) return 'vm86';
    if ((mode & MODE_CODE64) !== 0) return 'long';
    if ((mode & MODE_LONG) !== 0) return (mode & MODE_CODE32) !== 0 ? 'compatibility32' : 'compatibility16';
    return (mode & MODE_CODE32) !== 0 ? 'protected32' : 'protected16';
  }

  get paging(): boolean {
    return (this.views.u32(MODE) & MODE_PAGING) !== 0;
  }

  get inSmm(): boolean {
    return (this.views.u32(MODE) & MODE_SMM) !== 0;
  }

  get rflags(): bigint {
    return BigInt(flagsImage(this.views));
  }

  controlRegister(index: 0 | 2 | 3 | 4 | 8): bigint {
    return this.views.u64(CR + index * 8);
  }

  get efer(): bigint {
    return this.views.u64(EFER);
  }

  get lastFar(): { cs: number; ip: bigint } {
    return { cs: this.views.u32(LAST_FAR_CS), ip: this.views.u64(LAST_FAR_IP) };
  }

  setA20(open: boolean): void {
    if (open === this.a20) return;
    this.a20 = open;
    this.exports.setA20(open ? 1 : 0);
  }

  translate(linear: bigint): Gpa | undefined {
    const gpa = this.exports.translate(BigInt.asIntN(64, linear));
    return gpa < 0 ? undefined : gpa;
  }

  readLinear(linear: bigint, length: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let done = 0;
    while (done < length) {
      const at = linear + BigInt(done);
      const gpa = this.translate(at);
      if (gpa === undefined) break;
      const size = Math.min(4096 - (gpa % 4096), length - done);
      pieces.push(this.memory.readAsCpu(gpa, size));
      done += size;
    }
    return Buffer.concat(pieces);
  }

  watchExecution(id: number, linearFirst: bigint, linearLast: bigint): void {
    this.watches.watchExecution(id, linearFirst, linearLast);
  }

  watchMemory(id: number, first: Gpa, last: Gpa, access: 'read' | 'write' | 'both'): void {
    this.watches.watchMemory(id, first, last, access);
  }

  removeWatch(id: number): void {
    this.watches.remove(id);
  }

  setInterruptTrace(on: boolean): void {
    this.views.setU32(INTERRUPT_TRACE, on ? 1 : 0);
  }

  save(): CoreSnapshot {
    return {
      instructions: this.instructions(),
      current: this.selected,
      a20: this.a20,
      cpus: Array.from({ length: this.vcpus }, (_, vcpu) => this.saveCpu(vcpu)),
      ...saveMemory(this.memory, this.allocated),
    };
  }

  restore(snapshot: CoreSnapshot): void {
    this.between('restore');
    if (snapshot.cpus.length !== this.vcpus)
      throw new RangeError(`the snapshot has ${snapshot.cpus.length} vCPUs, this core ${this.vcpus}`);
    this.allocated.clear();
    snapshot.allocated.forEach((frame) => this.allocated.add(frame));
    restoreMemory(this.exports, this.memory, snapshot);
    this.a20 = snapshot.a20;
    this.exports.setA20(snapshot.a20 ? 1 : 0);
    snapshot.cpus.forEach((state, vcpu) => this.loadCpu(vcpu, state));
    this.select(snapshot.current);
    this.retired = snapshot.instructions;
    this.watches.rearm();
  }
}

function unexpectedAbort(): never {
  throw new Error('the x86 runtime aborted');
}
