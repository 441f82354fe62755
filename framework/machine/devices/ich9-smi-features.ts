/**
 * What firmware and QEMU's ICH9 agree on about SMIs, through three fw_cfg files (QEMU, docs/specs, `etc/smi/`): the machine's features,
 * those that firmware asks for, and a byte whose selection settles it. Of the features there is broadcast: an APM write then brings every
 * CPU into SMM.
 */
import type { Resettable, Stateful } from '../bus/types';

const FEATURE_BYTES = 8;
const SMI_FEATURE_BROADCAST = 1n;

interface SmiFeaturesState {
  requested: Uint8Array;
  /** Settled until reset. */
  agreed: boolean;
  broadcast: boolean;
}

/** A firmware configuration file that lives. */
interface LiveFile {
  readonly sizeBytes: number;
  readonly read: () => Uint8Array;
  readonly write?: (offset: number, bytes: Uint8Array) => void;
}

function little(value: bigint): Uint8Array {
  return Uint8Array.from({ length: FEATURE_BYTES }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

export class Ich9SmiFeatures implements Stateful<SmiFeaturesState>, Resettable {
  readonly name = 'ich9-smi-features';
  readonly state: SmiFeaturesState = { requested: new Uint8Array(FEATURE_BYTES), agreed: false, broadcast: false };

  reset(): void {
    Object.assign(this.state, { requested: new Uint8Array(FEATURE_BYTES), agreed: false, broadcast: false });
  }

  get files(): readonly (readonly [name: string, file: LiveFile])[] {
    const { state } = this;
    return [
      ['etc/smi/supported-features', { sizeBytes: FEATURE_BYTES, read: () => little(SMI_FEATURE_BROADCAST) }],
      [
        'etc/smi/requested-features',
        {
          sizeBytes: FEATURE_BYTES,
          read: () => state.requested.slice(),
          write: (offset, bytes) => state.requested.set(bytes, offset),
        },
      ],
      ['etc/smi/features-ok', { sizeBytes: 1, read: () => Uint8Array.of(this.settle() ? 1 : 0) }],
    ];
  }

  /** What was asked for becomes final when all of it is there. */
  private settle(): boolean {
    const { state } = this;
    if (state.agreed) return true;
    const requested = new DataView(state.requested.buffer, state.requested.byteOffset, FEATURE_BYTES).getBigUint64(0, true);
    if (requested & ~SMI_FEATURE_BROADCAST) return false;
    state.agreed = true;
    state.broadcast = (requested & SMI_FEATURE_BROADCAST) !== 0n;
    return true;
  }
}
