import { Decoder, DecoderOptions, InstructionInfoFactory, MemorySizeExt, Mnemonic, OpAccess, Register, RegisterExt } from 'iced-x86';
import type { Instruction, UsedMemory, UsedRegister } from 'iced-x86';
import { SEGMENT_NAMES } from '../../machine/core-host/types';
import type { CpuState } from '../../machine/core-host/types';

export interface MemoryOperand {
  readonly linear: bigint;
  readonly size: number;
  readonly isRead: boolean;
  readonly isWritten: boolean;
}

export interface Operands {
  readonly length: number;
  readonly memory: readonly MemoryOperand[];
}

/** Instructions whose outcome does not follow from registers and memory alone, or that wait. IN and OUT are seen as events. */
const VOLATILE: ReadonlySet<Mnemonic> = new Set([
  ...[Mnemonic.Rdtsc, Mnemonic.Rdtscp, Mnemonic.Rdpmc, Mnemonic.Rdmsr, Mnemonic.Wrmsr, Mnemonic.Rdrand, Mnemonic.Rdseed],
  ...[Mnemonic.Vmcall, Mnemonic.Vmmcall, Mnemonic.Hlt, Mnemonic.Mwait, Mnemonic.Monitor, Mnemonic.Xsave, Mnemonic.Xrstor, Mnemonic.INVALID],
]);

const infoFactory = new InstructionInfoFactory();

/**
 * Length and memory operands of the instruction at the start of `bytes`, with addresses as the registers have them now.
 * undefined: the instruction cannot be reasoned about (volatile, repeated, or with registers beyond the general ones).
 */
export function operandsOf(bytes: Uint8Array, cpu: CpuState, bits: 16 | 32 | 64): Operands | undefined {
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  decoder.ip = cpu.rip;
  const instruction = decoder.decode();
  try {
    if (isOpaque(instruction)) return undefined;
    return analyse(instruction, cpu);
  } finally {
    instruction.free();
    decoder.free();
  }
}

function isOpaque(instruction: Instruction): boolean {
  return instruction.isInvalid || VOLATILE.has(instruction.mnemonic) || (instruction.isStringInstruction && hasRepeat(instruction));
}

function hasRepeat(instruction: Instruction): boolean {
  return instruction.hasRepePrefix || instruction.hasRepnePrefix;
}

function analyse(instruction: Instruction, cpu: CpuState): Operands | undefined {
  const info = infoFactory.info(instruction);
  try {
    const registers = info.usedRegisters() as UsedRegister[];
    const isGeneral = registers.every(({ register }) => register <= Register.GS);
    for (const register of registers) register.free();
    const used = info.usedMemory() as UsedMemory[];
    const memory = used.map((operand) => memoryOperand(operand, cpu));
    for (const operand of used) operand.free();
    return isGeneral ? { length: instruction.length, memory } : undefined;
  } finally {
    info.free();
  }
}

function memoryOperand(used: UsedMemory, cpu: CpuState): MemoryOperand {
  const register = used.base !== Register.None ? used.base : used.index;
  const offset = generalValue(used.base, cpu) + generalValue(used.index, cpu) * BigInt(used.scale) + used.displacement;
  const { access } = used;
  return {
    linear: BigInt.asUintN(64, segmentBase(used.segment, cpu) + BigInt.asUintN(addressBits(register, used.displacement), offset)),
    size: MemorySizeExt.size(used.memorySize),
    isRead: access !== OpAccess.Write && access !== OpAccess.CondWrite && access !== OpAccess.NoMemAccess,
    isWritten:
      access === OpAccess.Write || access === OpAccess.CondWrite || access === OpAccess.ReadWrite || access === OpAccess.ReadCondWrite,
  };
}

function addressBits(register: Register, displacement: bigint): number {
  if (register === Register.None) return displacement <= 0xffffn ? 16 : displacement <= 0xffff_ffffn ? 32 : 64;
  return RegisterExt.size(register) * 8;
}

function generalValue(register: Register, cpu: CpuState): bigint {
  if (register === Register.None) return 0n;
  if (register === Register.RIP || register === Register.EIP) return 0n;
  const value = cpu.gpr[RegisterExt.fullRegister(register) - Register.RAX] ?? 0n;
  return BigInt.asUintN(RegisterExt.size(register) * 8, value);
}

function segmentBase(segment: Register, cpu: CpuState): bigint {
  const name = SEGMENT_NAMES[segment - Register.ES];
  return name === undefined ? 0n : cpu.segments[name].base;
}
