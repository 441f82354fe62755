/**
 * Event channels of one domain with the 2-level ABI (public/event_channel.h; xen/common/event_channel.c, event_2l.c of
 * 4.17). The far ends are the services of dom0 (xenstore, console, device model), which this model calls directly.
 */
import type { TraceSink } from '../../../trace/sink';
import { EACCES, EEXIST, EINVAL, ENOENT, ENOSPC, XenError } from './errno';
import type { SharedInfo } from './shared-info';

/** libxl's default for `max_event_channels` of an HVM domain. */
const MAX_PORT = 1023;
/** Ports come into being in groups of this many. */
const PORTS_PER_BUCKET = 64;

export const VIRQ_TIMER = 0;
const VIRQ_DEBUG = 1;
const VIRQ_XENOPROF = 7;
const VIRQ_XENPMU = 13;
const NR_VIRQS = 24;
/** Interrupts that a guest can bind: ISA and I/O APIC pins, then dynamic ones. */
const NR_PIRQS = 256;

/** `xen`: attached to the hypervisor itself (device model's I/O request channels). */
export type Channel =
  | { kind: 'free' | 'reserved' | 'xen'; vcpu: number }
  | { kind: 'unbound'; vcpu: number; remoteDomain: number }
  | { kind: 'interdomain'; vcpu: number; remoteDomain: number; remotePort: number }
  | { kind: 'virq'; vcpu: number; virq: number }
  | { kind: 'ipi'; vcpu: number }
  | { kind: 'pirq'; vcpu: number; pirq: number };

/** What the channels ask of the hypervisor. */
export interface ChannelEffects {
  /** evtchn_upcall_pending of the vCPU went from 0 to 1. */
  upcall(vcpu: number): void;
  /** A port became pending: vCPUs that poll for it wake up. */
  wakePollers(port: number): void;
  /** The guest sent an event over a channel whose far end is dom0. */
  notifyRemote(port: number): void;
}

export interface EventChannelsState {
  channels: Channel[];
}

function virqIsGlobal(virq: number): boolean {
  return virq !== VIRQ_TIMER && virq !== VIRQ_DEBUG && virq !== VIRQ_XENOPROF && virq !== VIRQ_XENPMU;
}

export class EventChannels {
  readonly name = 'event-channels';
  readonly state: EventChannelsState = { channels: [] };

  constructor(
    private readonly sharedInfo: SharedInfo,
    private readonly vcpus: number,
    private readonly domid: number,
    private readonly effects: ChannelEffects,
    private readonly trace: TraceSink,
  ) {
    this.reset();
  }

  /** As a new domain has it: port 0 is never used. */
  reset(): void {
    this.state.channels = Array.from({ length: PORTS_PER_BUCKET }, () => ({ kind: 'free', vcpu: 0 }));
    this.state.channels[0] = { kind: 'reserved', vcpu: 0 };
  }

  /** @throws XenError EINVAL for a port that does not exist. */
  channel(port: number): Channel {
    const channel = this.state.channels[port];
    if (channel === undefined) throw new XenError(EINVAL);
    return channel;
  }

  /** The first free port, or XenError ENOSPC. */
  private allocate(channel: Channel): number {
    const { channels } = this.state;
    let port = channels.findIndex((candidate) => candidate.kind === 'free');
    if (port < 0) {
      port = channels.length;
      if (port > MAX_PORT || port >= this.sharedInfo.maxPorts) throw new XenError(ENOSPC);
      for (let index = 0; index < PORTS_PER_BUCKET; index++) channels.push({ kind: 'free', vcpu: 0 });
    }
    channels[port] = channel;
    return port;
  }

  private record(op: string, port: number): void {
    if (this.trace.wants('event-channel')) this.trace.record('event-channel', op, port);
  }

  // ------------------------------------------------------------------------------- by the tool stack and dom0

  /** A channel with its far end in dom0 from the start, or attached to the hypervisor. */
  attach(channel: Channel): number {
    return this.allocate(channel);
  }

  /** An event from the far end (or from the hypervisor) for the guest. */
  raise(port: number): void {
    this.record('raise', port);
    this.setPending(port, this.channel(port).vcpu);
  }

  /** The virtual interrupt of a vCPU, when the guest has bound it. */
  raiseVirq(vcpu: number, virq: number): void {
    const port = this.state.channels.findIndex((channel) => channel.kind === 'virq' && channel.virq === virq && channel.vcpu === vcpu);
    if (port >= 0) this.raise(port);
  }

  private setPending(port: number, vcpu: number): void {
    if (port >= this.sharedInfo.maxPorts || !this.sharedInfo.setPending(port)) return;
    if (!this.sharedInfo.testMask(port) && this.sharedInfo.selectPort(vcpu, port)) this.markUpcall(vcpu);
    this.effects.wakePollers(port);
  }

  markUpcall(vcpu: number): void {
    if (this.sharedInfo.setUpcallPending(vcpu)) this.effects.upcall(vcpu);
  }

  /** For SCHEDOP_poll. @throws XenError EINVAL for a port that is not in use. */
  isPending(port: number): boolean {
    const { kind } = this.channel(port);
    if (kind === 'free' || kind === 'reserved') throw new XenError(EINVAL);
    return this.sharedInfo.testPending(port);
  }

  // ------------------------------------------------------------------------------- by the guest (EVENT_CHANNEL_OP)

  allocUnbound(remoteDomain: number): number {
    const port = this.allocate({ kind: 'unbound', vcpu: 0, remoteDomain });
    this.record('alloc_unbound', port);
    return port;
  }

  /** Binds to an unbound port of the guest itself; no other domain offers any. */
  bindInterdomain(remotePort: number): number {
    const remote = this.channel(remotePort);
    if (remote.kind !== 'unbound' || remote.remoteDomain !== this.domid) throw new XenError(EINVAL);
    const port = this.allocate({ kind: 'interdomain', vcpu: 0, remoteDomain: this.domid, remotePort });
    this.state.channels[remotePort] = {
      kind: 'interdomain',
      vcpu: remote.vcpu,
      remoteDomain: this.domid,
      remotePort: port,
    };
    this.record('bind_interdomain', port);
    this.setPending(port, 0);
    return port;
  }

  bindVirq(virq: number, vcpu: number): number {
    if (virq >= NR_VIRQS || (virqIsGlobal(virq) && vcpu !== 0)) throw new XenError(EINVAL);
    if (vcpu >= this.vcpus) throw new XenError(ENOENT);
    const bound = this.state.channels.some((channel) => channel.kind === 'virq' && channel.virq === virq && channel.vcpu === vcpu);
    if (bound) throw new XenError(EEXIST);
    const port = this.allocate({ kind: 'virq', vcpu, virq });
    this.record('bind_virq', port);
    return port;
  }

  bindIpi(vcpu: number): number {
    if (vcpu >= this.vcpus) throw new XenError(ENOENT);
    const port = this.allocate({ kind: 'ipi', vcpu });
    this.record('bind_ipi', port);
    return port;
  }

  bindPirq(pirq: number): number {
    if (pirq >= NR_PIRQS) throw new XenError(EINVAL);
    if (this.state.channels.some((channel) => channel.kind === 'pirq' && channel.pirq === pirq)) throw new XenError(EEXIST);
    const port = this.allocate({ kind: 'pirq', vcpu: 0, pirq });
    this.record('bind_pirq', port);
    return port;
  }

  close(port: number): void {
    const channel = this.channel(port);
    if (channel.kind === 'free' || channel.kind === 'reserved' || channel.kind === 'xen') throw new XenError(EINVAL);
    if (channel.kind === 'interdomain' && channel.remoteDomain === this.domid) {
      const remote = this.channel(channel.remotePort);
      this.state.channels[channel.remotePort] = { kind: 'unbound', vcpu: remote.vcpu, remoteDomain: this.domid };
    }
    this.sharedInfo.clearPending(port);
    this.state.channels[port] = { kind: 'free', vcpu: 0 };
    this.record('close', port);
  }

  send(port: number): void {
    const channel = this.channel(port);
    this.record('send', port);
    switch (channel.kind) {
      case 'interdomain':
        if (channel.remoteDomain === this.domid) {
          this.setPending(channel.remotePort, this.channel(channel.remotePort).vcpu);
        } else {
          this.effects.notifyRemote(port);
        }
        return;
      case 'ipi':
        this.setPending(port, channel.vcpu);
        return;
      case 'unbound':
        return;
      default:
        throw new XenError(EINVAL);
    }
  }

  /** EVTCHNOP_status: a guest may not ask about channels of the hypervisor. */
  status(port: number): Channel {
    const channel = this.channel(port);
    if (channel.kind === 'xen') throw new XenError(EACCES);
    return channel;
  }

  bindVcpu(port: number, vcpu: number): void {
    if (vcpu >= this.vcpus) throw new XenError(ENOENT);
    const channel = this.channel(port);
    const movable =
      channel.kind === 'unbound' ||
      channel.kind === 'interdomain' ||
      channel.kind === 'pirq' ||
      (channel.kind === 'virq' && virqIsGlobal(channel.virq));
    if (!movable) throw new XenError(EINVAL);
    channel.vcpu = vcpu;
    this.record('bind_vcpu', port);
  }

  unmask(port: number): void {
    const channel = this.channel(port);
    this.record('unmask', port);
    if (channel.kind === 'free' || channel.kind === 'reserved') return;
    const wasMasked = this.sharedInfo.clearMask(port);
    if (wasMasked && this.sharedInfo.testPending(port) && this.sharedInfo.selectPort(channel.vcpu, port)) {
      this.markUpcall(channel.vcpu);
    }
  }

  /** EVTCHNOP_reset: closes all that the guest may close. */
  closeAll(): void {
    this.record('reset', 0);
    this.state.channels.forEach(({ kind }, port) => {
      if (kind !== 'free' && kind !== 'reserved' && kind !== 'xen') this.close(port);
    });
  }
}
