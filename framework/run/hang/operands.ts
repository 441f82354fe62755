import type { Instruction, Register, UsedMemory, UsedRegister } from 'iced-x86';
import { iced } from '../../inspect/iced';
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
const VOLATILE = [
  ...(['Rdtsc', 'Rdtscp', 'Rdpmc', 'Rdmsr', 'Wrmsr', 'Rdrand', 'Rdseed'] as const),
  ...(['Vmcall', 'Vmmcall', 'Hlt', 'Mwait', 'Monitor', 'Xsave', 'Xrstor', 'INVALID'] as const),
];

/**
 * Length and memory operands of the instruction at the start of `bytes`, with addresses as the registers have them now.
 * undefined: the instruction cannot be reasoned about (volatile, repeated, or with registers beyond the general ones).
 */
export function operandsOf(bytes: Uint8Array, cpu: CpuState, bits: 16 | 32 | 64): Operands | undefined {
  const { Decoder, DecoderOptions } = iced();
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
  const { Mnemonic } = iced();
  const isVolatile = VOLATILE.some((name) => Mnemonic[name] === instruction.mnemonic);
  return instruction.isInvalid || isVolatile || (instruction.isStringInstruction && hasRepeat(instruction));
}

function hasRepeat(instruction: Instruction): boolean {
  return instruction.hasRepePrefix || instruction.hasRepnePrefix;
}

function analyse(instruction: Instruction, cpu: CpuState): Operands | undefined {
  const { InstructionInfoFactory, Register } = iced();
  const factory = new InstructionInfoFactory();
  const info = factory.info(instruction);
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
    factory.free();
  }
}

function memoryOperand(used: UsedMemory, cpu: CpuState): MemoryOperand {
  const { MemorySizeExt, OpAccess, Register } = iced();
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
  const { Register, RegisterExt } = iced();
  if (register === Register.None) return displacement <= 0xffffn ? 16 : displacement <= 0xffff_ffffn ? 32 : 64;
  return RegisterExt.size(register) * 8;
}

function generalValue(register: Register, cpu: CpuState): bigint {
  const { Register, RegisterExt } = iced();
  if (register === Register.None) return 0n;
  if (register === Register.RIP || register === Register.EIP) return 0n;
  const value = cpu.gpr[RegisterExt.fullRegister(register) - Register.RAX] ?? 0n;
  return BigInt.asUintN(RegisterExt.size(register) * 8, value);
}

function segmentBase(segment: Register, cpu: CpuState): bigint {
  const name = SEGMENT_NAMES[segment - iced().Register.ES];
  return name === undefined ? 0n : cpu.segments[name].base;
}
