/** Results that processors approximate, each in its own way. */
import type { Outcome } from './allowances';
import { FX } from './record';

/** Within one unit in the last place of 64 bits; Intel and AMD both promise no more (SDM vol. 1, 8.3.10). */
const TRANSCENDENTAL = /^(F2XM1|FYL2X|FYL2XP1|FPTAN|FPATAN|FSIN|FCOS|FSINCOS)$/;
/** PE and C1: a result that happens to be exact may be taken for one that is not, and the other way round. */
const INEXACT = 0x220;
const SIGNIFICAND = (1n << 64n) - 1n;

/** An 80-bit number as a whole number in order of magnitude. */
function ordered(view: DataView, at: number): bigint {
  return (BigInt(view.getUint16(at + 8, true) & 0x7fff) << 63n) + (view.getBigUint64(at, true) & (SIGNIFICAND >> 1n));
}

function isTranscendental({ encoding, host, ours }: Outcome, at: number): boolean {
  if (!TRANSCENDENTAL.test(encoding.row.mnemonic)) return false;
  if (at === FX.status) return ((host.fxView.getUint16(at, true) ^ ours.fxView.getUint16(at, true)) & ~INEXACT) === 0;
  if (at < FX.st || at >= FX.xmm) return false;
  const sameSign = ((host.fx[at + 9]! ^ ours.fx[at + 9]!) & 0x80) === 0;
  const distance = ordered(host.fxView, at) - ordered(ours.fxView, at);
  return sameSign && distance >= -1n && distance <= 1n;
}

/** The field of the FXSAVE image at `at` need not be the same to the bit. */
export function isNearEnough(outcome: Outcome, at: number): boolean {
  return isTranscendental(outcome, at);
}
