import {
  ACTIVITY,
  ACTIVITY_HALTED,
  ACTIVITY_MWAIT,
  ACTIVITY_RUNNING,
  ACTIVITY_WAIT_SIPI,
  EFLAGS,
  INIT_PENDING,
  INTR,
  IN_SMM,
  IP,
  MONITOR_DISABLED,
  MSR_TSC_OFFSET,
  MWAIT_MASKED_BREAK,
  NMI_BLOCKED,
  NMI_PENDING,
  SIPI_PENDING,
  SMI_PENDING,
  STATE,
  STATE_BYTES,
} from '../../core/layout/cpu-state';
import { IGNNE } from '../../core/layout/fpu-state';
import { VCPU_STATES } from '../../core/layout/memory-map';
import type { CoreExports } from '../core-exports';
import { readCpu, writeCpu } from '../cpu-state';
import type { HostContext } from '../host-imports';
import type { CpuState } from '../types';
import { SelectedCpu } from './selected-cpu';

const FLAG_IF = 0x200;

/** All vCPUs: one is in place, the others in their slots. Lines and states of each can be reached at any time. */
export class CpuSlots extends SelectedCpu {
  protected selected = 0;
  protected running = false;

  constructor(
    readonly vcpus: number,
    protected readonly context: HostContext,
    protected readonly exports: CoreExports,
  ) {
    super(context.views);
  }

  get current(): number {
    return this.selected;
  }

  protected between(what: string): void {
    if (this.running) throw new Error(`${what} may not be called while the core runs`);
  }

  private checkVcpu(vcpu: number): void {
    if (!Number.isInteger(vcpu) || vcpu < 0 || vcpu >= this.vcpus) throw new RangeError(`there is no vCPU ${vcpu}`);
  }

  /** Runs `action` with a vCPU in place, hooks silent, and puts the selected one back. */
  protected withCpu(vcpu: number, action: () => void): void {
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
}
