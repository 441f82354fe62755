/** The hypervisor's state for one domain, put together: what hypercalls work on. */
import type { TraceSink } from '../../../trace/sink';
import type { Clock, Timer } from '../../clock/clock';
import type { Core } from '../../core-host/types';
import type { MachineConfig } from '../../types';
import { SPECIAL_GFN } from './builder/layout';
import type { E820Entry, MemoryLayout } from './builder/layout';
import { ConsoleRing } from './console-ring';
import { CallbackVia } from './callback-via';
import type { CallbackViaHost } from './callback-via';
import { EventChannels, VIRQ_TIMER } from './event-channels';
import { EINVAL, ENOSPC, XenError } from './errno';
import { GrantTable } from './grant-table';
import { HvmParams } from './hvm-params';
import type { Hypervisor } from './hypervisor';
import { P2m } from './p2m';
import { SharedInfo, timeScale } from './shared-info';
import type { TimeScale } from './shared-info';
import { XenVcpus } from './vcpu-control';
import type { VcpuScheduler } from '../vcpu-scheduler';
import { XenstoreRing } from './xenstore/ring';
import { XenstoreServer } from './xenstore/server';

/** Ports of the channels that the tool stack opens first. */
const STORE_PORT = 1;
const CONSOLE_PORT = 2;
/** How often Xen brings its time records up to date. */
const TIME_EPOCH_NS = 1e9;
const WATCHDOGS = 2;
const SHUTDOWN_POWEROFF = 0;
const SHUTDOWN_CRASH = 3;
const SHUTDOWN_WATCHDOG = 4;
const NO_CODE = -1;

/** What the hypervisor needs of the machine around it. */
export interface XenHost {
  readonly config: MachineConfig;
  readonly layout: MemoryLayout;
  /** What the tool stack gives for XENMEM_memory_map. */
  readonly memoryMap: readonly E820Entry[];
  readonly core: Core;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly vcpus: VcpuScheduler;
  readonly interrupts: Pick<CallbackViaHost, 'gsi' | 'setPciPin' | 'injectVector'>;
  readTsc(): bigint;
  /** The INTR pin of a vCPU is asserted. */
  interruptPending(vcpu: number): boolean;
  movePmPorts(location: 0 | 1): void;
  /** The domain stops with a reason of public/sched.h. */
  domainShutdown(source: string, reason: number): void;
}

export class Xen implements Hypervisor {
  readonly name = 'xen';
  readonly state: { shutdownCode: number; watchdogs: boolean[]; memoryMap: { entries: E820Entry[] } };
  readonly config: MachineConfig;
  readonly core: Core;
  readonly trace: TraceSink;
  readonly layout: MemoryLayout;
  readonly p2m: P2m;
  readonly params: HvmParams;
  readonly channels: EventChannels;
  readonly sharedInfo: SharedInfo;
  readonly grants: GrantTable;
  readonly vcpus: XenVcpus;
  readonly callback: CallbackVia;
  readonly xenstore: XenstoreServer;
  readonly ring: XenstoreRing;
  readonly console: ConsoleRing;
  readonly scale: TimeScale;
  private readonly epoch: Timer;
  private readonly watchdogTimers: readonly Timer[];

  constructor(private readonly host: XenHost) {
    const { config, core, trace, clock } = host;
    this.config = config;
    this.core = core;
    this.trace = trace;
    this.layout = host.layout;
    this.scale = timeScale(BigInt(config.tscKhz) * 1000n);
    this.state = { shutdownCode: NO_CODE, watchdogs: [], memoryMap: { entries: [...host.memoryMap] } };
    this.p2m = new P2m(core.memory, trace, this.layout.maxPages);
    this.sharedInfo = new SharedInfo(core.memory, this.scale, config.rtcSeconds);
    this.grants = new GrantTable(core.memory, this.p2m);
    this.vcpus = this.createVcpus();
    this.channels = new EventChannels(
      this.sharedInfo,
      config.vcpus,
      config.domid,
      {
        upcall: (vcpu) => this.upcall(vcpu),
        wakePollers: (port) => this.vcpus.wakePollers(port),
        notifyRemote: (port) => this.notifyRemote(port),
      },
      trace,
    );
    this.callback = new CallbackVia({
      ...host.interrupts,
      vcpus: config.vcpus,
      upcallPending: (vcpu) => this.sharedInfo.upcallPending(vcpu),
    });
    this.params = new HvmParams({
      callbackVia: (value) => {
        this.latchSharedInfo();
        this.callback.set(value);
      },
      pmPorts: (location) => host.movePmPorts(location),
      crash: () => this.shutdown(SHUTDOWN_CRASH),
    });
    this.xenstore = new XenstoreServer(config.domid, trace, (message) => this.ring.send(message));
    this.ring = new XenstoreRing(
      core.memory,
      SPECIAL_GFN.XENSTORE,
      () => this.xenstore,
      () => this.channels.raise(STORE_PORT),
    );
    this.console = new ConsoleRing(core.memory, SPECIAL_GFN.CONSOLE, trace, () => this.channels.raise(CONSOLE_PORT));
    this.epoch = clock.timer('xen-time-epoch', () => this.updateTimes());
    this.watchdogTimers = Array.from({ length: WATCHDOGS }, (_, id) =>
      clock.timer(`xen-watchdog-${String(id)}`, () => this.shutdown(SHUTDOWN_WATCHDOG)),
    );
  }

  /** Everything of it that a snapshot must keep. */
  get parts() {
    const { p2m, params, channels, sharedInfo, grants, vcpus, callback, xenstore, ring, console } = this;
    return [p2m, params, channels, sharedInfo, grants, vcpus, callback, xenstore, ring, console] as const;
  }

  private createVcpus(): XenVcpus {
    const { host } = this;
    return new XenVcpus({
      core: host.core,
      clock: host.clock,
      scheduler: host.vcpus,
      timerEvent: (vcpu) => this.channels.raiseVirq(vcpu, VIRQ_TIMER),
      hasPending: (vcpu) => this.sharedInfo.upcallPending(vcpu) || host.interruptPending(vcpu),
      allDown: () => host.domainShutdown('vcpus-down', SHUTDOWN_POWEROFF),
      upcallVectorChanged: (vcpu) => this.upcall(vcpu),
    });
  }

  reset(): void {
    Object.assign(this.state, { shutdownCode: NO_CODE, watchdogs: [], memoryMap: { entries: [...this.host.memoryMap] } });
    for (const timer of [this.epoch, ...this.watchdogTimers]) timer.cancel();
  }

  /** A new domain: its shared info page, and time that runs. */
  createDomain(): void {
    Object.assign(this.sharedInfo.state, { ...this.p2m.allocateXenPage(), gfn: undefined, wide: false, moved: {} });
    this.updateTimes();
  }

  get maxPages(): number {
    return this.layout.maxPages;
  }

  get memoryMap(): { entries: E820Entry[] } {
    return this.state.memoryMap;
  }

  nowNs(): number {
    return this.host.clock.nowNs();
  }

  updateTime(vcpu: number): void {
    this.sharedInfo.updateTime(vcpu, this.host.readTsc(), this.nowNs());
  }

  private updateTimes(): void {
    for (let vcpu = 0; vcpu < this.config.vcpus; vcpu++) this.updateTime(vcpu);
    this.epoch.arm(this.nowNs() + TIME_EPOCH_NS);
  }

  /** Xen takes the layout of shared state from the mode that the guest is in now (hvm_latch_shinfo_size). */
  latchSharedInfo(): void {
    this.sharedInfo.state.wide = this.core.mode === 'long';
    this.sharedInfo.updateWallClock();
  }

  private upcall(vcpu: number): void {
    this.vcpus.kick(vcpu);
    const vector = this.vcpus.upcallVector(vcpu);
    if (vector === 0) this.callback.upcall(vcpu);
    else if (this.sharedInfo.upcallPending(vcpu)) this.host.interrupts.injectVector(vcpu, vector);
  }

  /** The far ends in dom0: xenstored and xenconsoled. */
  private notifyRemote(port: number): void {
    if (port === STORE_PORT) this.ring.process();
    else if (port === CONSOLE_PORT) this.console.process();
  }

  setShutdownCode(reason: number): void {
    if (this.state.shutdownCode === NO_CODE) this.state.shutdownCode = reason;
  }

  shutdown(reason: number): void {
    this.setShutdownCode(reason);
    this.host.domainShutdown('sched-op', this.state.shutdownCode);
  }

  watchdog(id: number, timeoutSeconds: number): number {
    const { watchdogs } = this.state;
    if (id > WATCHDOGS) throw new XenError(EINVAL);
    if (id === 0) {
      const free = Array.from({ length: WATCHDOGS }, (_, index) => index).find((index) => watchdogs[index] !== true);
      if (free === undefined) throw new XenError(ENOSPC);
      watchdogs[free] = true;
      this.watchdogTimers[free]?.arm(this.nowNs() + timeoutSeconds * 1e9);
      return free + 1;
    }
    if (watchdogs[id - 1] !== true) throw new XenError(EINVAL);
    watchdogs[id - 1] = timeoutSeconds !== 0;
    if (timeoutSeconds === 0) this.watchdogTimers[id - 1]?.cancel();
    else this.watchdogTimers[id - 1]?.arm(this.nowNs() + timeoutSeconds * 1e9);
    return 0;
  }
}
