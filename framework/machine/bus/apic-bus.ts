/** Delivery modes as ICR, LVTs and redirection entries encode them in bits 10-8 (SDM vol. 3, 11.5.1). */
export const DELIVERY = { FIXED: 0, LOWEST: 1, SMI: 2, NMI: 4, INIT: 5, STARTUP: 6, EXTINT: 7 } as const;

export interface ApicMessage {
  readonly delivery: number;
  readonly vector: number;
  /** Trigger mode: level (its EOI is broadcast to the I/O APICs). */
  readonly level: boolean;
}

export interface ApicDestination {
  /** An APIC id or a logical destination: 8 bits, 32 from an APIC in x2APIC mode. */
  readonly id: number;
  readonly logical: boolean;
}

/** A local APIC as its peers see it. */
export interface ApicNode {
  readonly apicId: number;
  /** Physical destination that means everybody to it. */
  readonly broadcastId: number;
  /** What a lowest-priority message compares. */
  readonly processorPriority: number;
  /** Takes fixed interrupts: globally and by software enabled. */
  readonly accepting: boolean;
  matchesLogical(destination: number): boolean;
  /** false: not accepted. */
  receive(message: ApicMessage): boolean;
}

/** The system bus between local and I/O APICs. Ties in lowest-priority arbitration go to the node attached first. */
export class ApicBus {
  private readonly nodes: ApicNode[] = [];
  private readonly eoiListeners: ((vector: number) => void)[] = [];

  attach(node: ApicNode): void {
    this.nodes.push(node);
  }

  /** An I/O APIC's interest in EOIs of level-triggered interrupts. */
  onEoi(listener: (vector: number) => void): void {
    this.eoiListeners.push(listener);
  }

  /** false: no node took it. */
  send(message: ApicMessage, destination: ApicDestination): boolean {
    return this.deliver(
      message,
      this.nodes.filter((node) => matches(node, destination)),
    );
  }

  /** To every node but `except`. */
  broadcast(message: ApicMessage, except?: ApicNode): boolean {
    return this.deliver(
      message,
      this.nodes.filter((node) => node !== except),
    );
  }

  eoi(vector: number): void {
    for (const listener of this.eoiListeners) listener(vector);
  }

  private deliver(message: ApicMessage, targets: readonly ApicNode[]): boolean {
    if (message.delivery === DELIVERY.LOWEST) {
      const ready = targets.filter((node) => node.accepting);
      const lowest = Math.min(...ready.map((node) => node.processorPriority));
      return ready.find((node) => node.processorPriority === lowest)?.receive(message) ?? false;
    }
    let accepted = false;
    for (const node of targets) accepted = node.receive(message) || accepted;
    return accepted;
  }
}

function matches(node: ApicNode, { id, logical }: ApicDestination): boolean {
  if (logical) return node.matchesLogical(id);
  return id === node.broadcastId || id === node.apicId;
}
