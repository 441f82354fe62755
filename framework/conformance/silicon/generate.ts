/** Makes cases: an instruction with a state and memory in which it has something to do. */
import type { Row } from '../../machine/isa/row';
import { RSP, aim, reachesStrayMemory } from './addresses';
import { encode, type Encoding } from './encode';
import { targetOfBranch } from './branches';
import { floatState, vectorState } from './float-state';
import { isExtendedState, operandBytes, operandValue } from './operand-memory';
import type { Random } from './random';
import { CODE, CODE_PAGES, PAGE, REGIONS, WINDOW_BYTES, type StateRecord } from './record';
import { integer } from './values';

const MIDDLE_OF_CODE = CODE + 0x800;
const END_OF_CODE = CODE + CODE_PAGES * PAGE;
/** CF PF AF ZF SF DF OF, and AC (CR0.AM is set). */
const STATUS_FLAGS = 0x8d5;
const DIRECTION = 0x400;
const ALIGNMENT_CHECK = 0x4_0000;
const ALWAYS = 0x202;
/** x87 and SSE. */
const MODELLED_COMPONENTS = 3n;
/** Below, AMD pushes for a far call from 32-bit to 64-bit code at the end of the 64-bit addresses, and Linux does not get out of that fault. */
const LOWEST_STACK = 64n;

function codeAddress(random: Random): number {
  const kind = random.below(200);
  if (kind === 0) return END_OF_CODE - random.below(12);
  if (kind < 6) return CODE + PAGE - random.below(12);
  return MIDDLE_OF_CODE;
}

function window(random: Random): number {
  const kind = random.below(20);
  const region = kind === 0 ? REGIONS.holed : kind === 1 ? REGIONS.readOnly : REGIONS.plain;
  return region + PAGE - WINDOW_BYTES / 2;
}

function registers(random: Random, bits: 32 | 64, state: StateRecord): void {
  for (let register = 0; register < 16; register++) {
    // The upper halves and R8 to R15 are not there in 32-bit code.
    const value = bits === 64 ? integer(random) : register < 8 ? integer(random) & 0xffff_ffffn : 0n;
    state.setGpr(register, value);
  }
  const flags = (random.word() & STATUS_FLAGS) | (random.chance(20) ? DIRECTION : 0) | (random.chance(2) ? ALIGNMENT_CHECK : 0);
  state.flags = flags | ALWAYS;
}

function background(random: Random, memory: Uint8Array): void {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  // Random in a cheap way: what matters is that bytes differ.
  let word = random.word();
  for (let index = 0; index < words.length; index++) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    words[index] = word;
  }
}

/** Fills `state` with a case of `row`; false when this draw cannot be run. */
export function generate(random: Random, row: Row, bits: 32 | 64, state: StateRecord): Encoding | undefined {
  const encoding = encode(random, row, bits);
  if (encoding.bytes.length > 15) return undefined;
  state.setMode(bits, loadsSegments(row));
  state.ip = BigInt(codeAddress(random));
  state.window = window(random);
  registers(random, bits, state);
  floatState(random, state);
  vectorState(random, state);
  background(random, state.memory);
  if (isExtendedState(row.mnemonic)) requestComponents(random, state);
  const at = aim(random, encoding, state, operandBytes(row)) - state.window;
  operandValue(random, row, state, at);
  if (!targetOfBranch(random, encoding, state, at)) return undefined;
  // A system call.
  if (row.mnemonic === 'INT' && encoding.bytes[encoding.immediateAt] === 0x80) return undefined;
  if (isExtendedState(row.mnemonic) && (state.gpr(0) > MODELLED_COMPONENTS || state.gpr(2) !== 0n)) return undefined;
  if (reachesStrayMemory(encoding, state, operandBytes(row))) return undefined;
  keepTrapsAway(row, state);
  if (row.mnemonic === 'CALLF' && state.gpr(RSP) < LOWEST_STACK) return undefined;
  const room = END_OF_CODE - Number(state.ip);
  state.code = Uint8Array.from(encoding.bytes.slice(0, room));
  return encoding;
}

/** EDX:EAX for XSAVE and XRSTOR: of what both CPUs have. */
function requestComponents(random: Random, state: StateRecord): void {
  state.setGpr(0, BigInt(random.below(4)));
  state.setGpr(2, 0n);
}

function loadsSegments({ mnemonic, operands }: Row): boolean {
  return operands[0]?.startsWith('S') === true || /^(POP\.|L[DEFGS]S$|IRET|RETF)/.test(mnemonic);
}

/** POPF and IRET may not set TF, NT or ID: a trap would come from the next instruction, and Linux does not give NT back. */
function keepTrapsAway(row: Row, state: StateRecord): void {
  if (row.mnemonic !== 'POPF') return;
  const at = Number(state.gpr(RSP) & 0xffff_ffffn) - state.window + 1;
  if (at >= 0 && at < WINDOW_BYTES) state.memory[at]! &= ~0x41;
  if (at >= 0 && at + 1 < WINDOW_BYTES) state.memory[at + 1]! &= ~0x20;
}
