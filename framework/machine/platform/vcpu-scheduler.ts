import type { Instructions } from '../../quantities/units';
import type { Core, CoreStop } from '../core-host/types';

interface VcpuState {
  /** INTR pin. */
  interrupt: boolean;
  /** Halted, and nothing has happened since that could wake it. */
  asleep: boolean;
  /** It halted with IF, or by an MWAIT that masked interrupts end. */
  interruptsEnabled: boolean;
  /** Taken off its processor by a hypervisor until an event or an interrupt. */
  blocked: boolean;
  /** Taken down by a hypervisor: only INIT and SIPI, or `unpark`, bring it back. */
  parked: boolean;
}

/** Round-robin over the vCPUs in quanta of retired instructions. A quantum goes on across `run` calls of any size. */
export class VcpuScheduler {
  /** A prime, so that a spin loop is not cut at the same instruction each time (a lock it holds there would never be seen free). */
  static readonly QUANTUM = 19_997;
  readonly name = 'vcpu-scheduler';
  readonly state: { vcpus: VcpuState[]; current: number; quantumLeft: number };

  constructor(private readonly core: Core) {
    this.state = { vcpus: [], current: 0, quantumLeft: 0 };
    this.reset();
  }

  reset(): void {
    this.state.vcpus = Array.from({ length: this.core.vcpus }, () => ({
      interrupt: false,
      asleep: false,
      interruptsEnabled: false,
      blocked: false,
      parked: false,
    }));
    this.state.current = 0;
    this.state.quantumLeft = VcpuScheduler.QUANTUM;
  }

  private of(vcpu: number): VcpuState {
    const state = this.state.vcpus[vcpu];
    if (!state) throw new RangeError(`no vCPU ${vcpu}`);
    return state;
  }

  setInterrupt(vcpu: number, asserted: boolean): void {
    const state = this.of(vcpu);
    state.interrupt = asserted;
    if (asserted) {
      state.asleep = false;
      state.blocked = false;
    }
    this.core.setInterrupt(vcpu, asserted);
  }

  nmi(vcpu: number): void {
    Object.assign(this.of(vcpu), { asleep: false, blocked: false });
    this.core.nmi(vcpu);
  }

  smi(vcpu: number): void {
    Object.assign(this.of(vcpu), { asleep: false, blocked: false });
    this.core.smi(vcpu);
  }

  init(vcpu: number): void {
    Object.assign(this.of(vcpu), { asleep: false, blocked: false, parked: false });
    this.core.init(vcpu);
  }

  startup(vcpu: number, vector: number): void {
    Object.assign(this.of(vcpu), { asleep: false, blocked: false, parked: false });
    this.core.startup(vcpu, vector);
  }

  /** Stops a vCPU after the instruction under way until an event (`unblock`), an interrupt or an NMI. */
  block(vcpu: number): void {
    this.of(vcpu).blocked = true;
    if (vcpu === this.core.current) this.core.requestStop();
  }

  unblock(vcpu: number): void {
    this.of(vcpu).blocked = false;
  }

  isBlocked(vcpu: number): boolean {
    return this.of(vcpu).blocked;
  }

  /** Takes a vCPU down after the instruction under way. */
  park(vcpu: number): void {
    this.of(vcpu).parked = true;
    if (vcpu === this.core.current) this.core.requestStop();
  }

  unpark(vcpu: number): void {
    this.of(vcpu).parked = false;
  }

  isParked(vcpu: number): boolean {
    return this.of(vcpu).parked;
  }

  /** Ends the current vCPU's quantum after the instruction under way. */
  yield(): void {
    this.state.quantumLeft = 0;
    this.core.requestStop();
  }

  private runnable(vcpu: number): boolean {
    const own = this.of(vcpu);
    if (own.blocked || own.parked) return false;
    const activity = this.core.activity(vcpu);
    return activity === 'running' || (activity === 'halted' && !own.asleep);
  }

  /** The vCPU to run now: the current one until its quantum ends or it sleeps, then the next that can run. */
  pick(): number | undefined {
    const { state, core } = this;
    if (state.quantumLeft > 0 && this.runnable(state.current)) return state.current;
    for (let step = 1; step <= core.vcpus; step++) {
      const vcpu = (state.current + step) % core.vcpus;
      if (!this.runnable(vcpu)) continue;
      state.current = vcpu;
      state.quantumLeft = VcpuScheduler.QUANTUM;
      return vcpu;
    }
    return undefined;
  }

  /** `halted` only when it executed HLT just now, not when it merely went on sleeping. */
  run(vcpu: number, most: Instructions): CoreStop {
    const { core, state } = this;
    if (core.current !== vcpu) core.select(vcpu);
    const before = core.instructions();
    const ended = core.run(Math.min(most, state.quantumLeft));
    const retired = core.instructions() - before;
    state.quantumLeft = Math.max(0, state.quantumLeft - retired);
    if (ended === 'halted') {
      const own = this.of(vcpu);
      own.interruptsEnabled = core.wakesOnInterrupt(vcpu);
      own.asleep = retired === 0 || !(own.interrupt && own.interruptsEnabled);
      if (retired === 0) return 'budget';
    }
    return ended;
  }

  /** Some sleeping vCPU accepts interrupts, waits for a store, or for an event of the hypervisor. */
  wakeable(): boolean {
    const { core, state } = this;
    return state.vcpus.some(
      (own, vcpu) => !own.parked && (own.blocked || core.isMonitoring(vcpu) || (own.interruptsEnabled && core.activity(vcpu) === 'halted')),
    );
  }
}
