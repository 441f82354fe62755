/** Sets registers and displacements so that an instruction's memory operands lie where something is mapped. */
import * as L from '../../machine/core/layout/decode-tables';
import { immediateOf } from '../../machine/isa/decode-table';
import type { Encoding } from './encode';
import type { Random } from './random';
import { FS_BASE, GS_BASE, PAGE, REGIONS, WINDOW_BYTES, type StateRecord } from './record';

export const RSP = 4;
const NON_CANONICAL = 0x8000_0000_0000_0000n;

function segmentBase({ segment, bits }: Encoding): number {
  if (bits === 32) return 0;
  return segment === 0x64 ? FS_BASE : segment === 0x65 ? GS_BASE : 0;
}

function writeDisplacement({ bytes, memory }: Encoding, value: bigint): void {
  for (let index = 0; index < memory!.displacementBytes; index++) {
    bytes[memory!.displacementAt + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
}

function smallDisplacement(random: Random, bytes: number): bigint {
  if (bytes === 0) return 0n;
  return BigInt(random.below(128) - 64);
}

/** Makes the ModRM operand's address `target`, as far as the form can. */
function aimModrm(random: Random, encoding: Encoding, state: StateRecord, target: number): void {
  const { memory, bits, addressPrefix, bytes } = encoding;
  if (memory === undefined) return;
  const offset = BigInt(target - segmentBase(encoding));
  const { base, index, scale, displacementBytes } = memory;
  if (memory.isRipRelative) {
    writeDisplacement(encoding, offset - state.ip - BigInt(bytes.length));
    return;
  }
  const isNarrow = bits === 32 || addressPrefix;
  // The upper halves of registers do not count in 32-bit addresses.
  const dirt = bits === 64 && isNarrow && random.chance(50) ? random.long() & 0xffff_ffff_0000_0000n : 0n;
  if (index !== undefined && index === base) {
    const factor = 1n + (1n << BigInt(scale));
    const value = offset / factor;
    state.setGpr(index, value | (displacementBytes === 4 ? dirt : 0n));
    writeDisplacement(encoding, offset - value * factor);
    return;
  }
  let indexed = 0n;
  if (index !== undefined) {
    const value = BigInt(random.below(33) - 16);
    if (index !== RSP) state.setGpr(index, BigInt.asUintN(bits, value));
    indexed = value << BigInt(scale);
  }
  if (base === undefined) {
    writeDisplacement(encoding, offset - indexed);
    return;
  }
  const displacement = smallDisplacement(random, displacementBytes);
  writeDisplacement(encoding, displacement);
  const value = offset - displacement - indexed;
  state.setGpr(base, base === RSP && bits === 64 ? value : BigInt.asUintN(bits, value | dirt));
}

/** Somewhere in the window, `bytes` long, aligned or not, across the border between the pages or not. */
function targetIn(random: Random, state: StateRecord, bytes: number): number {
  const middle = state.window + WINDOW_BYTES / 2;
  if (bytes > 64) return state.window + (random.chance(10) ? random.below(Math.min(64, WINDOW_BYTES - bytes)) : 0);
  switch (random.below(6)) {
    case 0:
      return middle - bytes + random.below(2 * bytes);
    case 1:
      return middle - bytes;
    case 2:
      return middle - 160 + random.below(320);
    default:
      return middle - 160 + random.below(20) * 16;
  }
}

/** Points operands that are not in ModRM: the stack, strings, XLAT, moffs. */
function aimImplicit(random: Random, encoding: Encoding, state: StateRecord): void {
  const { row, bytes, immediateAt, immediateBytes } = encoding;
  const { mnemonic } = row;
  const middle = state.window + WINDOW_BYTES / 2;
  if (random.chance(97)) state.setGpr(RSP, BigInt(middle - 64 + (random.chance(80) ? random.below(20) * 8 : random.below(160))));
  if (/^(ENTER|LEAVE)$/.test(mnemonic)) {
    if (random.chance(90)) state.setGpr(5, BigInt(middle + random.below(64) * 2));
    if (mnemonic === 'ENTER' && random.chance(80)) bytes.splice(immediateAt, 3, random.below(64), 0, random.below(8));
  }
  if (/^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)[BW]$/.test(mnemonic)) {
    const start = (): bigint => BigInt(middle - 100 + random.below(200) - segmentBase({ ...encoding, segment: 0 }));
    state.setGpr(6, start() - BigInt(segmentBase(encoding)));
    state.setGpr(7, start());
    if (encoding.hasRepeat) state.setGpr(1, BigInt(random.below(13)));
  }
  if (/^(MASKMOVDQU|MASKMOVQ)$/.test(mnemonic)) state.setGpr(7, BigInt(targetIn(random, state, 16) - segmentBase(encoding)));
  if (mnemonic === 'XLAT') state.setGpr(3, BigInt(middle - 128 - segmentBase(encoding)));
  if (immediateOf(row) === L.IMMEDIATE_OFFSET) {
    const offset = BigInt(targetIn(random, state, 8) - segmentBase(encoding));
    for (let index = 0; index < immediateBytes; index++) bytes[immediateAt + index] = Number((offset >> BigInt(8 * index)) & 0xffn);
  }
}

/** The distance of a bit string's word: near enough to stay in the window, or far enough to leave what is mapped. */
function aimBitOffset(random: Random, { row, modrm, rex }: Encoding, state: StateRecord): void {
  if (!/^BT[SRC]?$/.test(row.mnemonic) || row.operands[1] !== 'Gv' || modrm === undefined) return;
  const register = ((modrm >> 3) & 7) | ((rex & 4) << 1);
  if (register !== RSP) state.setGpr(register, BigInt.asUintN(64, BigInt(random.below(801) - 400)));
}

/** Where the memory operand is. */
export function aim(random: Random, encoding: Encoding, state: StateRecord, operandBytes: number): number {
  const target = targetIn(random, state, operandBytes);
  aimImplicit(random, encoding, state);
  aimBitOffset(random, encoding, state);
  aimModrm(random, encoding, state, target);
  if (encoding.bits === 64 && random.chance(1)) {
    const register = encoding.memory?.base ?? RSP;
    state.setGpr(register, state.gpr(register) ^ NON_CANONICAL);
  }
  return target;
}

/** Linear address of the ModRM operand as the registers stand; undefined: there is none, or one of 16 bits. */
export function operandAddress(encoding: Encoding, state: StateRecord): bigint | undefined {
  const { memory, bits, addressPrefix, bytes } = encoding;
  if (memory === undefined || (bits === 32 && addressPrefix)) return undefined;
  const field = memory.displacementBytes === 0 ? [] : bytes.slice(memory.displacementAt, memory.displacementAt + memory.displacementBytes);
  const displacement = BigInt.asIntN(
    8 * memory.displacementBytes,
    field.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n),
  );
  const base = memory.isRipRelative ? state.ip + BigInt(bytes.length) : memory.base === undefined ? 0n : state.gpr(memory.base);
  const index = memory.index === undefined ? 0n : state.gpr(memory.index) << BigInt(memory.scale);
  const offset = BigInt.asUintN(bits === 32 || addressPrefix ? 32 : 64, base + index + displacement);
  return BigInt.asUintN(bits, offset + BigInt(segmentBase(encoding)));
}

/** How far a bit string instruction's word lies from its operand's address, and its bytes. */
function bitWord({ row, modrm, rex, operandPrefix }: Encoding, state: StateRecord): { readonly distance: bigint; readonly bytes: number } {
  const bytes = (rex & 8) !== 0 ? 8 : operandPrefix ? 2 : 4;
  if (row.operands[1] !== 'Gv' || modrm === undefined) return { distance: 0n, bytes };
  const bit = BigInt.asIntN(8 * bytes, state.gpr(((modrm >> 3) & 7) | ((rex & 4) << 1)));
  return { distance: (bit >> BigInt(3 + Math.log2(bytes))) * BigInt(bytes), bytes };
}

/** Whether something is mapped there that is neither set before the instruction nor compared after it. */
function isStray(address: bigint, { window, windowBytes }: StateRecord): boolean {
  const inWindow = address >= BigInt(window) && address < BigInt(window + windowBytes);
  const isMapped = (region: number): boolean =>
    address >= BigInt(region) && address < BigInt(region + (region === REGIONS.holed ? PAGE : 2 * PAGE));
  return !inWindow && Object.values(REGIONS).some(isMapped);
}

/** Whether the memory operand lies, as registers that serve for two things left it, where earlier cases have left their results. */
export function reachesStrayMemory(encoding: Encoding, state: StateRecord, operandBytes: number): boolean {
  const operand = operandAddress(encoding, state);
  if (operand === undefined) return false;
  const isBit = /^BT[SRC]?$/.test(encoding.row.mnemonic);
  const { distance, bytes } = isBit ? bitWord(encoding, state) : { distance: 0n, bytes: operandBytes };
  const first = BigInt.asUintN(64, operand + distance);
  return isStray(first, state) || isStray(first + BigInt(bytes - 1), state);
}
