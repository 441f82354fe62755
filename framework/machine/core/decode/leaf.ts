/** Finds the leaf of the decode tables (built from isa/) for an opcode; see DECODE_MAPS in layout/decode-tables.ts. */
import { MODE_PROTECTED, MODE_VM86 } from '../layout/cpu-state';
import {
  DECODE_LEAVES,
  DECODE_MAPS,
  DECODE_NODE,
  DECODE_NODES,
  LEAF_BYTES,
  NODE_LONG,
  NODE_MOD,
  NODE_PREFIX,
  NODE_PROTECTED,
  NODE_REG,
  NODE_REX_B,
  NODE_REX_R,
  NODE_REX_W,
  NODE_RM,
} from '../layout/decode-tables';
import { operandPrefix, repeatPrefix, rex } from './prefixes';

function prefixNumber(): u32 {
  if (repeatPrefix == 0xf3) return 2;
  if (repeatPrefix == 0xf2) return 3;
  return u32(operandPrefix);
}

function answer(kind: u32, modrm: u32, mode: u32, is64: bool): u32 {
  switch (kind) {
    case NODE_LONG:
      return u32(is64);
    case NODE_PROTECTED:
      return u32((mode & (MODE_PROTECTED | MODE_VM86)) == MODE_PROTECTED);
    case NODE_PREFIX:
      return prefixNumber();
    case NODE_REG:
      return (modrm >> 3) & 7;
    case NODE_MOD:
      return u32(modrm >= 0xc0);
    case NODE_RM:
      return modrm & 7;
    case NODE_REX_W:
      return (rex >> 3) & 1;
    case NODE_REX_R:
      return (rex >> 2) & 1;
    case NODE_REX_B:
      return rex & 1;
    default:
      return unreachable();
  }
}

/** `map` 0..3; `modrm`: the byte after the opcode, whether or not it is one. */
export function findLeaf(map: u32, opcode: u32, modrm: u32, mode: u32, is64: bool): usize {
  let reference: u32 = load<u16>(DECODE_MAPS + ((map << 8) | opcode) * 2);
  while ((reference & DECODE_NODE) != 0) {
    const node: usize = usize(DECODE_NODES) + 2 * usize(reference & (DECODE_NODE - 1));
    reference = load<u16>(node + 2 + 2 * usize(answer(load<u16>(node), modrm, mode, is64)));
  }
  return usize(DECODE_LEAVES) + usize(reference) * usize(LEAF_BYTES);
}
