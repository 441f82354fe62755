import type { Bytes, Nanoseconds } from '../../../quantities/units';
import type { Chain } from './split-queue';

/** What is behind the registers of a virtio device. */
export interface VirtioDevice {
  /** Offered besides those of the transport. */
  readonly features: bigint;
  readonly queues: number;
  /** Its own configuration structure. */
  readonly config: Uint8Array;
  /** From a notification to the first chain. */
  readonly startNs: Nanoseconds;
  /** Chains of this queue are worked on; those of others wait for something to come in. */
  isWorked(queue: number): boolean;
  /** Does what a chain asks for; undefined: it is nothing that can be asked for. `features`: as negotiated. */
  perform(chain: Chain, features: bigint): Performed | undefined;
}

export interface Performed {
  readonly written: Bytes;
  /** How long it takes. */
  readonly ns: Nanoseconds;
}

/** Interrupts as messages (MSI-X), instead of by the pin while they are enabled. */
export interface VirtioMessages {
  readonly vectors: number;
  readonly enabled: boolean;
  signal(vector: number): void;
}

export const VERSION_1 = 1n << 32n;
