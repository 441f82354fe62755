import { VECTOR_REGISTERS, type Vector, type VectorRegister } from './sst-pack';

/** What the vectors were measured on. */
export type Chip = '8086' | '80286';

/** Memory operations that LOCK may precede (SDM vol. 2, LOCK); anything else is #UD since the 80386. */
const LOCKABLE = /^lock (add|adc|and|dec|inc|neg|not|or|sbb|sub|xor|xchg) .*\[/;
const STRING = /(movs|cmps|scas|lods|stos|ins|outs)[bw]$/;
const DIRECTION_FLAG = 0x400;
const SEGMENT_FAULTS: readonly number[] = [12, 13];
/** 8086: the /reg field of these is ignored. Since the 80286 all but /0 are #UD. */
const ONE_FORM_OPCODES: readonly string[] = ['8F', 'C6', 'C7'];

/** Position of the ModRM byte behind prefixes and a one-byte opcode. */
function regField(bytes: Uint8Array): number {
  const opcodeAt = bytes.findIndex((byte) => ![0x26, 0x2e, 0x36, 0x3e, 0xf0, 0xf1, 0xf2, 0xf3].includes(byte));
  return (bytes[opcodeAt + 1]! >> 3) & 7;
}

/** A repeated word string instruction of the vector reaches offset FFFFh, where a word does not fit the segment. */
function crossesSegmentEnd(vector: Vector): boolean {
  if (!/^rep.*w$/.test(vector.name)) return false;
  const register = (name: VectorRegister): number => vector.registers[VECTOR_REGISTERS.indexOf(name)]!;
  const count = (register('cx') - (vector.changedRegisters.cx ?? register('cx'))) & 0xffff;
  const step = register('flags') & DIRECTION_FLAG ? -2 : 2;
  return (['si', 'di'] as const).some((name) =>
    Array.from({ length: count }, (_, n) => (register(name) + n * step) & 0xffff).includes(0xffff),
  );
}

/**
 * Why a vector holds for its own chip only although its tag was derived from an emulator that lets it pass; undefined: it holds for
 * every later x86. Each of these is explained in docs/guide/deviations.md.
 */
export function oldChipOnly(chip: Chip, opcode: string, vector: Vector): string | undefined {
  const { name } = vector;
  if (vector.tag === 3) return 'tagged as behaviour of that chip';
  if (name.startsWith('lock ') && !LOCKABLE.test(name)) return 'LOCK before an instruction that cannot be locked is #UD since the 80386';
  if (chip === '80286' && STRING.test(name) && SEGMENT_FAULTS.includes(vector.exception)) {
    return 'the 80286 leaves SI, DI and CX advanced when a string instruction faults; faults are restartable since the 80386';
  }
  if (chip === '8086' && ONE_FORM_OPCODES.includes(opcode) && regField(vector.bytes) !== 0)
    return 'reserved /reg forms are #UD since the 80286';
  if (chip === '8086' && crossesSegmentEnd(vector)) return 'a word at offset FFFFh is a segment limit fault since the 80286';
  return undefined;
}

/** Where the instruction has pushed FLAGS, relative to the final SP; the bits that no flag stands for differ from chip to chip. */
export function pushedFlagsOffset(opcode: string, vector: Vector): number | undefined {
  if (opcode === '9C') return 0;
  const interrupts = vector.exception >= 0 || ['CC', 'CD', 'CE'].includes(opcode);
  return interrupts ? 4 : undefined;
}
