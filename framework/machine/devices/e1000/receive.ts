import type { DmaMemory } from '../../bus/types';
import * as R from './registers';
import { address, type Ring } from './ring';
import type { E1000State } from './state';

const DONE = 0x01;
const END_OF_PACKET = 0x02;
/** Checksums have not been looked at. */
const IGNORE_CHECKSUM = 0x04;
const LEAST_BYTES = 60;
const CRC_BYTES = 4;

export interface ReceiveHost {
  readonly memory: DmaMemory;
  readonly state: E1000State;
  readonly ring: Ring;
}

/** Whether the filters let a frame to that destination in (SDM 3.2.1 to 3.2.3). */
export function accepts({ file }: E1000State, frame: Uint8Array): boolean {
  const control = file[R.RCTL / 4]!;
  const isGroup = (frame[0]! & 1) !== 0;
  if (isGroup && frame.subarray(0, 6).every((byte) => byte === 0xff) && control & R.RCTL_BAM) return true;
  if (control & (isGroup ? R.RCTL_MPE : R.RCTL_UPE)) return true;
  for (let index = 0; index < R.RECEIVE_ADDRESSES; index++) {
    const [low, high] = [file[R.RAL / 4 + 2 * index]!, file[R.RAH / 4 + 2 * index]!];
    const isValid = high >>> 31 === 1;
    const isSame =
      [0, 1, 2, 3].every((i) => ((low >>> (8 * i)) & 0xff) === frame[i]) &&
      [0, 1].every((i) => ((high >>> (8 * i)) & 0xff) === frame[4 + i]);
    if (isValid && isSame) return true;
  }
  if (!isGroup) return false;
  // MO picks which 12 of the top bits of the address select a bit of the multicast table.
  const shift = [4, 3, 2, 0][(control >>> 12) & 3]!;
  const hash = (((frame[5]! << 8) | frame[4]!) >>> shift) & 0xfff;
  return ((file[R.MTA / 4 + (hash >> 5)]! >>> (hash & 31)) & 1) !== 0;
}

/** Puts a frame into the guest's buffers. Interrupt causes that come of it. */
export function receive({ memory, state, ring }: ReceiveHost, frame: Uint8Array): number {
  const control = state.file[R.RCTL / 4]!;
  const padded = Math.max(frame.length, LEAST_BYTES) + (control & R.RCTL_SECRC ? 0 : CRC_BYTES);
  const bytes = new Uint8Array(padded);
  bytes.set(frame);
  const bufferBytes = (2048 >> ((control >>> 16) & 3)) * (control & R.RCTL_BSEX ? 16 : 1);
  if (ring.available < Math.ceil(bytes.length / bufferBytes)) {
    state.file[R.MPC / 4]!++;
    return R.CAUSE.RXO;
  }
  for (let at = 0; at < bytes.length; at += bufferBytes) {
    const piece = bytes.subarray(at, at + bufferBytes);
    memory.write(address(ring.read()), piece);
    const isLast = at + bufferBytes >= bytes.length;
    const status = DONE | (isLast ? END_OF_PACKET | IGNORE_CHECKSUM : 0);
    ring.write(8, Uint8Array.of(piece.length & 0xff, piece.length >> 8, 0, 0, status, 0, 0, 0));
    ring.advance();
  }
  state.file[R.GPRC / 4]!++;
  state.file[R.TPR / 4]!++;
  state.file[R.GORCL / 4]! += frame.length + CRC_BYTES;
  const threshold = ring.size >> (((control >>> 8) & 3) + 1);
  return R.CAUSE.RXT0 | (ring.available < threshold ? R.CAUSE.RXDMT0 : 0);
}
