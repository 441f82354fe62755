import { iced } from './iced';

export interface Disassembled {
  /** (R)IP of the instruction. */
  readonly ip: bigint;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/**
 * Up to `count` instructions from `bytes`, the first at `ip`. Bytes that are no instruction, or end in the middle of one,
 * give `(bad)` and the listing ends. Intel syntax.
 */
export function disassemble(bytes: Uint8Array, ip: bigint, bits: 16 | 32 | 64, count: number): Disassembled[] {
  const { Decoder, DecoderOptions, Formatter, FormatterSyntax } = iced();
  const listing: Disassembled[] = [];
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  const formatter = new Formatter(FormatterSyntax.Intel);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.spaceAfterOperandSeparator = true;
  try {
    decoder.ip = ip;
    while (listing.length < count && decoder.canDecode) {
      const at = decoder.position;
      const instruction = decoder.decode();
      const isBad = instruction.isInvalid;
      listing.push({
        ip: instruction.ip,
        bytes: bytes.slice(at, isBad ? Math.min(at + 1, bytes.length) : at + instruction.length),
        text: isBad ? '(bad)' : formatter.format(instruction),
      });
      instruction.free();
      if (isBad) break;
    }
  } finally {
    formatter.free();
    decoder.free();
  }
  return listing;
}
