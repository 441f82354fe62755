import type { Instructions } from '../../quantities/units';
import type { Core, CoreStop } from '../core-host/types';

const RFLAGS_IF = 1n << 9n;

interface VcpuState {
  /** INTR pin. */
  interrupt: boolean;
  /** Halted, and nothing has happened since that could wake it. */
  asleep: boolean;
  /** IF when it halted. */
  interruptsEnabled: boolean;
}

/** Round-robin over the vCPUs in quanta of retired instructions. A quantum goes on across `run` calls of any size. */
export class VcpuScheduler {
  static readonly QUANTUM = 20_000;
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
    if (asserted) state.asleep = false;
    this.core.setInterrupt(vcpu, asserted);
  }

  nmi(vcpu: number): void {
    this.of(vcpu).asleep = false;
    this.core.nmi(vcpu);
  }

  init(vcpu: number): void {
    this.of(vcpu).asleep = false;
    this.core.init(vcpu);
  }

  startup(vcpu: number, vector: number): void {
    this.of(vcpu).asleep = false;
    this.core.startup(vcpu, vector);
  }

  private runnable(vcpu: number): boolean {
    const activity = this.core.activity(vcpu);
    return activity === 'running' || (activity === 'halted' && !this.of(vcpu).asleep);
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

  run(vcpu: number, most: Instructions): CoreStop {
    const { core, state } = this;
    if (core.current !== vcpu) core.select(vcpu);
    const before = core.instructions();
    const ended = core.run(Math.min(most, state.quantumLeft));
    const retired = core.instructions() - before;
    state.quantumLeft -= retired;
    if (ended === 'halted') {
      const own = this.of(vcpu);
      own.interruptsEnabled = (core.rflags & RFLAGS_IF) !== 0n;
      own.asleep = retired === 0 || !(own.interrupt && own.interruptsEnabled);
    }
    return ended;
  }

  /** Some sleeping vCPU accepts interrupts. */
  wakeable(): boolean {
    return this.state.vcpus.some((own, vcpu) => own.interruptsEnabled && this.core.activity(vcpu) === 'halted');
  }
}
