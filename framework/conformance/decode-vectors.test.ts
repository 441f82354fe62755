import type { DecodeCase } from './decode-packs';
import { readDecodeFuzzPack, readDecodePack, vectorsAreHere } from './decode-packs';
import type { Decoder } from './decoder';
import { createDecoder } from './decoder';

/** ISA sets that the CPU model claims: none of their instructions may be #UD. */
const CLAIMED = new Set(
  (
    'I86 I186 I286REAL I286PROTECTED I386 I486REAL PENTIUMREAL PPRO CMOV FAT_NOP LAHF RDPMC X87 FCMOV POPCNT MOVBE PAUSE LONGMODE ' +
    'CMPXCHG16B CLFSH RDTSCP PREFETCH_NOP PENTIUMMMX SSE SSE2 SSE2MMX SSE3 SSE3X87 SSSE3 SSSE3MMX SSE4 SSE42 AES PCLMULQDQ SSEMXCSR SSE_PREFETCH FXSAVE FXSAVE64'
  ).split(' '),
);

/** Rows that say nothing about a processor, each with the reason. */
function leftOut({ source, hex, text, length, bits }: DecodeCase): string | undefined {
  if (source === 'iced' && /^9b(66)?d/.test(hex)) return 'FWAIT and the next instruction taken as one';
  if (/^(Declare|db )/.test(text)) return 'data, not an instruction';
  if (hex.length % 2 === 1) return 'half a byte';
  if (source === 'xed' && bits === 16 && text === 'CMPXCHG8B' && length > 0) return 'the row has bytes of 32-bit addressing in 16-bit code';
  if (source === 'xed' && bits === 32 && /^4[01]ff/.test(hex)) return 'a REX prefix, which 32-bit code does not have';
  if (source === 'fadec' && /0f1[ab]/.test(hex) && length === 0) return 'MPX rules; without MPX these are NOPs';
  return undefined;
}

function judge(decode: Decoder, each: DecodeCase): string | undefined {
  const ours = decode(each.bits, Uint8Array.from(Buffer.from(each.hex, 'hex')));
  const what = `${each.source} ${each.bits} ${each.hex} ${each.text}: length ${each.length}, ours ${ours}`;
  if (each.length === 0) return ours > 0 ? what : undefined;
  if (ours === 0) return CLAIMED.has(each.isa) && !UNCLAIMED.test(each.text) ? what : undefined;
  return ours === each.length ? undefined : what;
}

/** Within a claimed set: what the set's first processors had and this one has not, or only AMD's. */
const UNCLAIMED = /^(syscall|sysret)/;

describe('decoder against the vectors of other decoders', () => {
  if (!vectorsAreHere) {
    test('is not run: ../shared/cpu-tests is not here', () => expect(vectorsAreHere).toBe(false));
    return;
  }
  const decode = createDecoder();

  test.each([
    ['their tests', readDecodePack],
    ['random bytes', readDecodeFuzzPack],
  ])('%s: every length agrees, nothing invalid is taken, nothing claimed is refused', (_name, read) => {
    const wrong: string[] = [];
    let judged = 0;
    for (const each of read()) {
      if (leftOut(each) !== undefined) continue;
      judged++;
      const difference = judge(decode, each);
      if (difference !== undefined) wrong.push(difference);
    }
    expect({ judged: judged > 50_000, wrong: wrong.length, first: wrong.slice(0, 30) }).toEqual({ judged: true, wrong: 0, first: [] });
  });
});
