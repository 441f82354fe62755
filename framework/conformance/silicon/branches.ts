/** Branch targets: the code pages are full of INT3, so that a branch ends wherever in them it goes, but not into itself. */
import * as L from '../../machine/core/layout/decode-tables';
import { immediateOf } from '../../machine/isa/decode-table';
import { RSP } from './addresses';
import type { Encoding } from './encode';
import type { Random } from './random';
import { CODE, PAGE, WINDOW_BYTES, type StateRecord } from './record';

/** In the second page of code, where no instruction under test stands. */
function landing(random: Random): number {
  return CODE + PAGE + 64 + random.below(PAGE - 128);
}

function relative(random: Random, { bytes, immediateAt, immediateBytes }: Encoding, state: StateRecord): boolean {
  const next = Number(state.ip) + bytes.length;
  if (immediateBytes === 1) {
    const distance = (bytes[immediateAt]! << 24) >> 24;
    return distance >= 0 || distance < -bytes.length;
  }
  if (immediateBytes === 4 && random.chance(90)) {
    const distance = landing(random) - next;
    for (let index = 0; index < 4; index++) bytes[immediateAt + index] = (distance >> (8 * index)) & 0xff;
  }
  if (immediateBytes === 4) {
    const distance = Buffer.from(bytes).readInt32LE(immediateAt);
    return distance >= 0 || distance < -bytes.length;
  }
  return true;
}

function setLong(state: StateRecord, at: number, value: number): void {
  if (at >= 0 && at + 8 <= WINDOW_BYTES) state.memoryView.setBigUint64(at, BigInt(Math.floor(value)), true);
}

/** Gives the instruction a place to go to; `at`: its memory operand. False: it would go into itself. */
export function targetOfBranch(random: Random, encoding: Encoding, state: StateRecord, at: number): boolean {
  const { row, modrm, rex, memory } = encoding;
  const kind = immediateOf(row);
  if (kind === L.IMMEDIATE_RELATIVE8 || kind === L.IMMEDIATE_RELATIVE) return relative(random, encoding, state);
  if (/^(JMP|CALL)$/.test(row.mnemonic) && modrm !== undefined && random.chance(95)) {
    const register = (modrm & 7) | ((rex & 1) << 3);
    // CALL RSP would write to the code.
    if (memory === undefined) {
      if (register === RSP) return false;
      state.setGpr(register, BigInt(landing(random)));
    } else setLong(state, at, landing(random));
  }
  if (/^(RET|RETF|IRET)$/.test(row.mnemonic)) returnFrame(random, encoding, state);
  if (/^(JMPF|CALLF)$/.test(row.mnemonic)) farPointer(random, encoding, state, at);
  return true;
}

/** User code of both kinds, user data, kernel segments, null, and what is no descriptor. */
const SELECTORS = [0x33, 0x33, 0x23, 0x2b, 0x10, 0x18, 0, 3, 0x40, 0x63, 0xfff3, 0x30, 0x20];

function returnFrame(random: Random, { row, operandPrefix, rex, bits }: Encoding, state: StateRecord): void {
  const stack = Number(state.gpr(RSP) & 0xffff_ffffn) - state.window;
  const isNear = row.mnemonic === 'RET';
  const size = (rex & 8) !== 0 || (isNear && bits === 64) ? 8 : operandPrefix ? 2 : 4;
  const frame = [
    random.chance(5) ? random.word() * 2 ** random.below(33) : landing(random),
    random.pick(SELECTORS),
    0x202 | (random.word() & 0xcd5),
    state.window + WINDOW_BYTES / 2,
    0x2b,
  ];
  frame.forEach((value, index) => {
    const at = stack + index * size;
    if (at < 0 || at + 8 > WINDOW_BYTES || (isNear && index > 0) || (row.mnemonic === 'RETF' && index === 2)) return;
    if (size === 2) state.memoryView.setUint16(at, value & 0xffff, true);
    else if (size === 4) state.memoryView.setUint32(at, value >>> 0, true);
    else state.memoryView.setBigUint64(at, BigInt(Math.floor(value)), true);
  });
}

function farPointer(random: Random, encoding: Encoding, state: StateRecord, at: number): void {
  const { operandPrefix, bytes, immediateAt, immediateBytes, memory } = encoding;
  const selector = random.pick(SELECTORS);
  const target = landing(random);
  if (memory === undefined) {
    const image = operandPrefix ? [target & 0xff, (target >> 8) & 0xff] : [0, 8, 16, 24].map((shift) => (target >> shift) & 0xff);
    bytes.splice(immediateAt, immediateBytes, ...image, selector & 0xff, selector >> 8);
    return;
  }
  setLong(state, at, target);
  const selectorAt = at + (operandPrefix ? 2 : 4);
  if (selectorAt >= 0 && selectorAt + 2 <= WINDOW_BYTES) state.memoryView.setUint16(selectorAt, selector, true);
}
