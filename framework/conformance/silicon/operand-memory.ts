/** What stands in memory where the operand is. */
import type { Row } from '../../machine/isa/row';
import type { Random } from './random';
import { WINDOW_BYTES, type StateRecord } from './record';
import { double, extended, integer, packedDecimal, single, vector } from './values';

const FX_AREA = 512;
const XSAVE_AREA = 576;
const HEADER = 512;
/** No processor has this component of the extended state. */
const NO_COMPONENT = 1n << 40n;
const SAVE_AREA = 108;
const ENVIRONMENT = 28;

export const isExtendedState = (mnemonic: string): boolean => /^X(SAVE|SAVEOPT|RSTOR)$/.test(mnemonic);

export function operandBytes({ mnemonic }: Row): number {
  if (isExtendedState(mnemonic)) return XSAVE_AREA;
  if (/^FX(SAVE|RSTOR)/.test(mnemonic)) return FX_AREA;
  if (/^(FNSAVE|FRSTOR)$/.test(mnemonic)) return SAVE_AREA;
  if (/^(FLDENV|FNSTENV)$/.test(mnemonic)) return ENVIRONMENT;
  return 16;
}

function put(view: DataView, at: number, value: bigint, bytes: number): void {
  for (let index = 0; index < bytes; index++) view.setUint8(at + index, Number((value >> BigInt(8 * index)) & 0xffn));
}

/** A FXSAVE image with words that may be loaded; MXCSR seldom with a reserved bit. */
function fxImage(random: Random, state: StateRecord, at: number): void {
  const room = Math.min(state.fx.length, WINDOW_BYTES - at);
  state.memory.set(state.fx.subarray(0, room), at);
  vector(random, state.memoryView, at + 160);
  if (random.chance(5)) state.memoryView.setUint32(at + 24, random.word(), true);
}

/** The header behind such an image: which components are there, and zeros. */
function header(random: Random, { memoryView: view }: StateRecord, at: number): void {
  if (at + XSAVE_AREA > WINDOW_BYTES) return;
  view.setBigUint64(at + HEADER, BigInt(random.below(4)) | (random.chance(3) ? NO_COMPONENT : 0n), true);
  for (let offset = 8; offset < 64; offset += 8) {
    // What is past the zeros does not matter.
    view.setBigUint64(at + HEADER + offset, random.chance(offset < 24 ? 2 : 20) ? 2n : 0n, true);
  }
}

function x87(random: Random, { mnemonic, pattern }: Row, view: DataView, at: number): void {
  if (mnemonic === 'FBLD') {
    packedDecimal(random).forEach((byte, index) => view.setUint8(at + index, byte));
    return;
  }
  switch (pattern.opcode) {
    case 0xd8:
    case 0xd9:
      put(view, at, single(random), 4);
      break;
    case 0xdc:
    case 0xdd:
      put(view, at, double(random), 8);
      break;
    default:
      if (pattern.opcode === 0xdb && pattern.reg === 5) {
        const { signExponent, significand } = extended(random);
        put(view, at, significand | (BigInt(signExponent) << 64n), 10);
      } else put(view, at, integer(random), 8);
  }
}

export function operandValue(random: Random, row: Row, state: StateRecord, at: number): void {
  const { memoryView: view } = state;
  const { mnemonic, pattern } = row;
  if (at < 0 || at + 16 > WINDOW_BYTES) return;
  if (mnemonic.startsWith('FXRSTOR')) fxImage(random, state, at);
  else if (isExtendedState(mnemonic)) {
    fxImage(random, state, at);
    header(random, state, at);
  } else if (mnemonic === 'LDMXCSR') view.setUint32(at, random.word() & (random.chance(90) ? 0xffff : -1), true);
  else if (mnemonic === 'FLDCW') view.setUint16(at, random.word() & 0xfcff, true);
  else if (pattern.map === 0 && pattern.opcode >= 0xd8 && pattern.opcode <= 0xdf) x87(random, row, view, at);
  else if (pattern.map === 0 || random.chance(30)) put(view, at, integer(random), 8);
  else vector(random, view, at);
}
