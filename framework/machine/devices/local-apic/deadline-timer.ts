import type { Clock, Timer } from '../../clock/clock';

/** The time stamp counter of one CPU on the virtual clock. */
export interface TscSource {
  now(): bigint;
  /** First moment, not in the past, at which it has reached a value; Infinity when that is out of sight. */
  whenNs(value: bigint): number;
}

/** TSC-deadline mode of the APIC timer (SDM vol. 3, 11.5.4.1). The deadline is state of the APIC. */
export class DeadlineTimer {
  private readonly timer: Timer;

  constructor(
    name: string,
    clock: Clock,
    private readonly tsc: TscSource,
    private readonly state: () => { deadline: bigint },
    private readonly expired: () => void,
  ) {
    this.timer = clock.timer(name, () => this.fire());
  }

  /** 0 disarms it; a deadline that has passed fires at once. */
  set(deadline: bigint): void {
    this.state().deadline = deadline;
    this.schedule();
  }

  /** To be called when the counter was written, too. */
  schedule(): void {
    const { deadline } = this.state();
    const atNs = deadline === 0n ? Infinity : this.tsc.whenNs(deadline);
    if (atNs === Infinity) this.timer.cancel();
    else this.timer.arm(atNs);
  }

  private fire(): void {
    if (this.tsc.now() < this.state().deadline) return this.schedule();
    this.state().deadline = 0n;
    this.expired();
  }
}
