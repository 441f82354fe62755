/** vCPUs as the hypervisor's scheduler and hypercalls see them: polling, blocking, timers, and who is up. */
import type { Clock, Timer } from '../../clock/clock';
import type { Core, CpuState } from '../../core-host/types';
import type { VcpuScheduler } from '../vcpu-scheduler';
import type { VcpuControl } from './hypervisor';

interface XenVcpuState {
  /** Ports that it polls; undefined: any event ends its wait. */
  ports: number[] | undefined;
  initialised: boolean;
  /** Registers that VCPUOP_initialise gave, until it comes up. */
  context: CpuState | undefined;
  periodNs: number;
  upcallVector: number;
}

export interface XenVcpuHost {
  readonly core: Core;
  readonly clock: Clock;
  readonly scheduler: VcpuScheduler;
  /** VIRQ_TIMER for a vCPU. */
  timerEvent(vcpu: number): void;
  /** An event upcall is pending, or an interrupt is asserted. */
  hasPending(vcpu: number): boolean;
  /** The last vCPU went down. */
  allDown(): void;
  /** The vector for this vCPU's event upcalls changed. */
  upcallVectorChanged(vcpu: number): void;
}

export class XenVcpus implements VcpuControl {
  readonly name = 'xen-vcpus';
  readonly state: { vcpus: XenVcpuState[] } = { vcpus: [] };
  private readonly poll: readonly Timer[];
  private readonly singleshot: readonly Timer[];
  private readonly periodic: readonly Timer[];
  private readonly starter: Timer;

  constructor(private readonly host: XenVcpuHost) {
    const { core, clock } = host;
    const timers = (name: string, fire: (vcpu: number) => void): Timer[] =>
      Array.from({ length: core.vcpus }, (_, vcpu) => clock.timer(`xen-${name}-${String(vcpu)}`, () => fire(vcpu)));
    this.poll = timers('poll', (vcpu) => this.wake(vcpu));
    this.singleshot = timers('singleshot', (vcpu) => host.timerEvent(vcpu));
    this.periodic = timers('periodic', (vcpu) => this.periodElapsed(vcpu));
    this.starter = clock.timer('xen-vcpu-start', () => this.startContexts());
    this.reset();
  }

  reset(): void {
    this.state.vcpus = Array.from({ length: this.host.core.vcpus }, (_, vcpu) => ({
      ports: undefined,
      initialised: vcpu === 0,
      context: undefined,
      periodNs: 0,
      upcallVector: 0,
    }));
    for (const timer of [...this.poll, ...this.singleshot, ...this.periodic, this.starter]) timer.cancel();
  }

  private of(vcpu: number): XenVcpuState {
    const state = this.state.vcpus[vcpu];
    if (state === undefined) throw new RangeError(`no vCPU ${String(vcpu)}`);
    return state;
  }

  // ------------------------------------------------------------------------------- waiting

  block(vcpu: number, ports: readonly number[] | undefined, deadlineNs: number | undefined): void {
    this.of(vcpu).ports = ports === undefined ? undefined : [...ports];
    if (deadlineNs !== undefined) this.poll[vcpu]?.arm(deadlineNs);
    this.host.scheduler.block(vcpu);
  }

  private wake(vcpu: number): void {
    this.poll[vcpu]?.cancel();
    this.of(vcpu).ports = undefined;
    this.host.scheduler.unblock(vcpu);
  }

  /** A port became pending: whoever polls for it (or for any) goes on. */
  wakePollers(port: number): void {
    this.state.vcpus.forEach(({ ports }, vcpu) => {
      if (this.host.scheduler.isBlocked(vcpu) && (ports === undefined || ports.includes(port))) this.wake(vcpu);
    });
  }

  /** An upcall for the vCPU ends any wait. */
  kick(vcpu: number): void {
    if (this.host.scheduler.isBlocked(vcpu)) this.wake(vcpu);
  }

  yield(): void {
    this.host.scheduler.yield();
  }

  hasPending(vcpu: number): boolean {
    return this.host.hasPending(vcpu);
  }

  // ------------------------------------------------------------------------------- up and down

  isUp(vcpu: number): boolean {
    return this.host.core.activity(vcpu) !== 'wait-for-sipi' && !this.host.scheduler.isParked(vcpu);
  }

  isInitialised(vcpu: number): boolean {
    return this.of(vcpu).initialised || this.host.core.activity(vcpu) !== 'wait-for-sipi';
  }

  initialise(vcpu: number, state: CpuState): void {
    Object.assign(this.of(vcpu), { initialised: true, context: { ...state, activity: 0 } });
  }

  up(vcpu: number): void {
    this.host.scheduler.unpark(vcpu);
    if (this.of(vcpu).context !== undefined) this.starter.arm(this.host.clock.nowNs());
  }

  /** Registers are loaded between instructions only. */
  private startContexts(): void {
    this.state.vcpus.forEach((own, vcpu) => {
      if (own.context === undefined || this.host.scheduler.isParked(vcpu)) return;
      this.host.core.loadCpu(vcpu, own.context);
      own.context = undefined;
    });
  }

  down(vcpu: number): void {
    this.host.scheduler.park(vcpu);
    const isLast = this.state.vcpus.every((_, other) => !this.isUp(other));
    if (isLast) this.host.allDown();
  }

  sendNmi(vcpu: number): void {
    this.host.scheduler.nmi(vcpu);
  }

  // ------------------------------------------------------------------------------- timers and upcalls

  setSingleshot(vcpu: number, atNs: number | undefined): void {
    if (atNs === undefined) this.singleshot[vcpu]?.cancel();
    else this.singleshot[vcpu]?.arm(atNs);
  }

  setPeriodic(vcpu: number, periodNs: number | undefined): void {
    this.of(vcpu).periodNs = periodNs ?? 0;
    if (periodNs === undefined) this.periodic[vcpu]?.cancel();
    else this.periodic[vcpu]?.arm(this.host.clock.nowNs() + periodNs);
  }

  private periodElapsed(vcpu: number): void {
    const { periodNs } = this.of(vcpu);
    if (periodNs === 0) return;
    this.periodic[vcpu]?.arm(this.host.clock.nowNs() + periodNs);
    this.host.timerEvent(vcpu);
  }

  setUpcallVector(vcpu: number, vector: number): void {
    this.of(vcpu).upcallVector = vector;
    this.host.upcallVectorChanged(vcpu);
  }

  upcallVector(vcpu: number): number {
    return this.of(vcpu).upcallVector;
  }
}
