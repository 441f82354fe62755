/** What processors may do differently, each with its reason: undefined results, and where AMD and Intel document different behaviour. */
import { operandAddress } from './addresses';
import type { Encoding } from './encode';
import { FX, type StateRecord } from './record';

/** One case and what came of it. */
export interface Outcome {
  readonly encoding: Encoding;
  readonly before: StateRecord;
  readonly host: StateRecord;
  readonly ours: StateRecord;
  readonly isAmd: boolean;
}

const FLAG_BITS: Record<string, number> = { c: 1, p: 4, a: 0x10, z: 0x40, s: 0x80, o: 0x800 };
const ALIGNMENT_CHECK = 0x4_0000;
/** Vector of the INT3 after the instruction. */
const ENDED = 3;
const PAGE_FAULT = 14;
const ALIGNMENT_FAULT = 17;
const C1 = 0x200;
const CONDITIONS = 0x4700;
const INVALID = 0x41;
const DENORMAL = 2;
const SUMMARY = 0x80;
const OPERAND_ERRORS = INVALID | DENORMAL;

function letters(text: string): number {
  return Array.from(text).reduce((bits, letter) => bits | (FLAG_BITS[letter] ?? 0), 0);
}

/** The count of a shift or rotate, masked as the processor does. */
function shiftCount({ row, bytes, immediateAt, rex }: Encoding, before: StateRecord): number {
  const raw = row.operands.includes('I1') ? 1 : row.operands.includes('Ib') ? bytes[immediateAt]! : Number(before.gpr(1) & 0xffn);
  return raw & ((rex & 8) !== 0 && row.size !== 'b' ? 63 : row.size === 'b' && (rex & 8) !== 0 ? 63 : 31);
}

function operandBits({ row, operandPrefix, rex }: Encoding): number {
  return row.size === 'b' ? 8 : (rex & 8) !== 0 ? 64 : operandPrefix ? 16 : 32;
}

/** SHLD and SHRD by more than the operand has: result and flags are undefined (16-bit operands only). */
function isOverlongDoubleShift({ encoding, before }: Outcome): boolean {
  return /^SH[LR]D$/.test(encoding.row.mnemonic) && shiftCount(encoding, before) > operandBits(encoding);
}

/** Flags that SDM vol. 2 calls undefined after the instruction. */
export function undefinedFlags({ encoding, before }: Outcome): number {
  const { row } = encoding;
  const always = letters(row.undefinedFlags ?? '');
  if (!/^(ROL|ROR|RCL|RCR|SHL|SHR|SAR|SHLD|SHRD)$/.test(row.mnemonic)) return always;
  const count = shiftCount(encoding, before);
  if (count === 0) return 0;
  const isPlainShift = /^(SHL|SHR)$/.test(row.mnemonic);
  // OF is defined for shifts by one only, CF of SHL and SHR for counts up to the operand's size.
  return always | (count > 1 ? letters('o') : 0) | (isPlainShift && count >= operandBits(encoding) ? letters('c') : 0);
}

const statusOf = ({ fxView }: StateRecord): number => fxView.getUint16(FX.status, true);

interface Allowance {
  readonly reason: string;
  applies(outcome: Outcome): boolean;
}

const mnemonicIs = (pattern: RegExp): ((outcome: Outcome) => boolean) => {
  return ({ encoding }) => pattern.test(encoding.row.mnemonic);
};

/** Cases of which nothing is compared. */
const WHOLE: readonly Allowance[] = [
  { reason: 'SHLD and SHRD by more than the operand size are undefined', applies: isOverlongDoubleShift },
  {
    reason: 'which of alignment check and another fault comes first is not architectural (SDM vol. 3, table 6-2)',
    applies: ({ before, host, ours }) => {
      const [a, b] = [host.vector, ours.vector];
      return (
        (before.flags & ALIGNMENT_CHECK) !== 0 &&
        a !== b &&
        [a, b].includes(ALIGNMENT_FAULT) &&
        [12, 13, PAGE_FAULT].some((v) => v === a || v === b)
      );
    },
  },
  {
    reason: 'AMD: PREFETCHW with a register is #UD; Intel: a NOP',
    applies: ({ encoding, isAmd }) => isAmd && encoding.row.mnemonic === 'PREFETCHW' && encoding.memory === undefined,
  },
  {
    reason: 'AMD: LOCK MOV CR0 is MOV CR8',
    applies: ({ encoding, isAmd }) =>
      isAmd && encoding.bytes.includes(0xf0) && /^Cn/.test(encoding.row.operands.find((o) => o === 'Cn') ?? ''),
  },
  {
    reason: 'AMD: REX.W does not make far pointers in memory 64 bits long',
    applies: ({ encoding, isAmd }) => isAmd && (encoding.rex & 8) !== 0 && /^(JMPF|CALLF|L[SFG]S)$/.test(encoding.row.mnemonic),
  },
  {
    reason: 'AMD: PUSH of a selector writes the whole stack slot, which may fault; Intel: two bytes',
    applies: ({ encoding, host, ours, isAmd }) =>
      isAmd && encoding.row.mnemonic.startsWith('PUSH.') && [PAGE_FAULT, ALIGNMENT_FAULT].includes(host.vector) && ours.vector === ENDED,
  },
  {
    reason: 'AMD: F2h and F3h turn LOOPE and LOOPNE into LOOPNE and LOOPE; reserved for Intel',
    applies: ({ encoding, isAmd }) => isAmd && encoding.hasRepeat && /^LOOPN?E$/.test(encoding.row.mnemonic),
  },
  {
    reason: 'AMD: #UD of UD0 and UD1 comes before their ModRM is fetched',
    applies: ({ encoding, host, ours, isAmd }) =>
      isAmd && /^UD[01]$/.test(encoding.row.mnemonic) && host.vector === 6 && ours.vector === PAGE_FAULT,
  },
  {
    reason: 'which fault of several comes first: reading an outer stack or the code segment, pushing or checking the target',
    applies: ({ encoding, host, ours }) =>
      /^(RETF|IRET|CALLF?)$/.test(encoding.row.mnemonic) && [12, PAGE_FAULT].includes(host.vector) && [12, 13].includes(ours.vector),
  },
  {
    reason: 'which operand of CMPS is read first, and so which of two faults is raised, is not said (SDM vol. 2, CMPS)',
    applies: ({ encoding, host, ours }) =>
      /^CMPS[BW]$/.test(encoding.row.mnemonic) && encoding.segment !== 0 && host.vector === PAGE_FAULT && ours.vector === 13,
  },
  {
    reason: 'whether ENTER checks the alignment of its last byte is not said',
    applies: ({ encoding, host, ours }) => encoding.row.mnemonic === 'ENTER' && host.vector === ALIGNMENT_FAULT && ours.vector === ENDED,
  },
  {
    reason: 'the faults of MASKMOVQ and MASKMOVDQU for bytes that they do not write are not architectural (SDM vol. 2)',
    applies: ({ encoding, host, ours }) =>
      encoding.row.mnemonic.startsWith('MASKMOV') && [host, ours].some(({ vector }) => [PAGE_FAULT, ALIGNMENT_FAULT].includes(vector)),
  },
  {
    reason: 'AMD: POPA that faults has loaded some of its registers',
    applies: ({ encoding, host, isAmd }) => isAmd && encoding.row.mnemonic === 'POPA' && host.vector !== ENDED,
  },
  {
    reason: 'AMD: FLD of a denormal number pushes it even if #D is not masked; Intel leaves the stack (SDM vol. 1, 8.5.2)',
    applies: ({ encoding, host, isAmd }) =>
      isAmd && encoding.row.mnemonic === 'FLD' && (statusOf(host) & (SUMMARY | DENORMAL)) === (SUMMARY | DENORMAL),
  },
  {
    reason: 'whether MOVDQU and the like, PCMPISTRI among them, check alignment is not architectural (SDM vol. 3, #AC)',
    applies: ({ encoding, host, ours }) =>
      /^(MOVDQU|MOVUP[SD]|LDDQU|PCMP[EI]STR[IM])$/.test(encoding.row.mnemonic) && host.vector === ALIGNMENT_FAULT && ours.vector === ENDED,
  },
  {
    reason: 'whether an access past 4 GiB in a segment of 4 GiB is an exception is not architectural (SDM vol. 3, 5.3)',
    applies: ({ encoding, host, ours }) =>
      encoding.bits === 32 && [12, 13].includes(host.vector) && ours.vector === PAGE_FAULT && (ours.cr2 < 16n || ours.cr2 > 0xffff_ffe0n),
  },
  {
    reason: "RCP and RSQRT are approximations whose bits are the processor's own (SDM vol. 2: relative error at most 1.5 * 2^-12)",
    applies: mnemonicIs(/^(RCP|RSQRT)[PS]S$/),
  },
  {
    reason: 'AMD: CVTPI2PS of a memory operand leaves the x87 state; Intel makes it MMX state',
    applies: ({ encoding, isAmd }) => isAmd && encoding.row.mnemonic === 'CVTPI2PS' && encoding.memory !== undefined,
  },
  {
    reason: 'AMD: an instruction with an MMX register that faults has already made the x87 state MMX state',
    applies: ({ encoding, host, isAmd }) =>
      isAmd && /^(CVTPI2P[SD]|CVTT?P[SD]2PI|MASKMOVQ)$/.test(encoding.row.mnemonic) && host.vector !== ENDED,
  },
  {
    reason: 'FYL2XP1 outside -(1 - sqrt(1/2)) to sqrt(2) - 1 is undefined',
    applies: ({ encoding, before }) => encoding.row.mnemonic === 'FYL2XP1' && (before.fxView.getUint16(FX.st + 8, true) & 0x7fff) >= 0x3ffd,
  },
];

export function isLeftOut(outcome: Outcome): boolean {
  return WHOLE.some((each) => each.applies(outcome));
}

/** The order of several accesses of one instruction, and so CR2, is the processor's own. */
export const hasOwnOrder = mnemonicIs(
  /^(CMPS[BW]|RETF|IRET|ENTER|CALLF|JMPF|L[DEFGS]S|FNSAVE|FRSTOR|FLDENV|FNSTENV|FX\w+|XSAVE\w*|XRSTOR)$/,
);

const isCompare = mnemonicIs(/^F(U?COM(P|PP|I|IP)?|ICOMP?|TST)$/);

/** Bits of the x87 status word that need not agree. */
export function undefinedStatus(outcome: Outcome): number {
  const { before, host, ours, isAmd } = outcome;
  const [was, theirs, mine] = [before, host, ours].map(({ fxView }) => fxView.getUint16(FX.status, true)) as [number, number, number];
  if (!isAmd) return 0;
  // AMD leaves C1 as it was when nothing was rounded and the stack did not fail; Intel clears it.
  const keptC1 = (was & C1) !== 0 && (theirs & C1) !== 0 && (mine & C1) === 0 ? C1 : 0;
  // AMD sets the condition codes of a comparison even if it raises an exception; Intel leaves them.
  const compared = isCompare(outcome) && (theirs & SUMMARY) !== 0 && (theirs & OPERAND_ERRORS) !== 0 ? CONDITIONS : 0;
  return keptC1 | compared;
}

/** AMD: FCOMI sets the flags even if it raises an exception. */
export function keepsFlags(outcome: Outcome): boolean {
  return outcome.isAmd && isCompare(outcome) && (outcome.host.fxView.getUint16(FX.status, true) & SUMMARY) !== 0;
}

function blank(memory: Uint8Array, from: number, to: number): void {
  if (to > 0) memory.fill(0, Math.max(0, from), to);
}

/** Blanks what need not agree in memory. */
export function blankMemory({ encoding, before, host, isAmd }: Outcome, memory: Uint8Array): void {
  const { mnemonic } = encoding.row;
  const stack = Number(host.gpr(4) & 0xffff_ffffn) - before.window;
  // AMD pushes a selector zero-extended; Intel writes its two bytes only (SDM vol. 2, PUSH).
  if (isAmd && mnemonic.startsWith('PUSH.')) blank(memory, stack + 2, stack + 4);
  // MXCSR_MASK: AMD has a bit for misaligned operands.
  if (isAmd && /^(FXSAVE|XSAVE)/.test(mnemonic)) {
    const area = Number((operandAddress(encoding, before) ?? 0n) - BigInt(before.window));
    blank(memory, area + 28, area + 32);
  }
  // A fault may leave some of several stores done.
  if (host.vector !== ENDED && /^(ENTER|PUSHA|CALLF|FNSAVE|FNSTENV|FXSAVE|XSAVE|XSAVEOPT)$/.test(mnemonic)) memory.fill(0);
}
