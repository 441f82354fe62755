/** Guests in 32-bit machine code that program every device at random: the same seed gives the same guest. */

/** Where a program lies: tables and handlers, its code, and what its hypercalls and DMA are pointed at. */
const TABLES = 0x9_0000;
/** Bit 20 is clear, so that A20 may be closed. */
export const CODE = 0x20_0000;
const DATA = 0x40_0000;
const DATA_BYTES = 0x4000;
const STACK = 0x8_0000;
const OPERATIONS = 400;

const [IDT, HANDLERS, GDT] = [TABLES, TABLES + 0x800, TABLES + 0xf00];

export interface Program {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** Marsaglia's xorshift32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 0x9e37_79b9 + 0x7f4a_7c15) >>> 0 || 1;
  }

  next(): number {
    let value = this.#state;
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
    this.#state = value >>> 0;
    return this.#state;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** Bits, limits, small numbers and addresses: what device registers take to heart. */
  value(): number {
    switch (this.below(8)) {
      case 0:
        return this.below(16);
      case 1:
        return 0xffff_ffff;
      case 2:
        return (1 << this.below(32)) >>> 0;
      case 3:
        return DATA + this.below(DATA_BYTES);
      case 4:
        return this.below(0x100);
      case 5:
        return this.below(0x1_0000);
      default:
        return this.next();
    }
  }
}

const PORTS: readonly (readonly [first: number, last: number])[] = [
  ...([
    [0x00, 0x1f],
    [0x20, 0x21],
    [0x40, 0x43],
    [0x60, 0x64],
    [0x70, 0x77],
    [0x80, 0x92],
    [0xa0, 0xb3],
    [0xc0, 0xdf],
    [0xe9, 0xf1],
    [0x170, 0x177],
    [0x1ce, 0x1d0],
    [0x1f0, 0x1f7],
    [0x2f8, 0x2ff],
    [0x370, 0x377],
    [0x3b0, 0x3df],
    [0x3f0, 0x3ff],
    [0x402, 0x403],
    [0x4d0, 0x4d1],
    [0x510, 0x51b],
    [0x600, 0x67f],
    [0xcf8, 0xcff],
    [0xafe0, 0xafe3],
    [0xb000, 0xb03f],
    [0xc000, 0xc1ff],
    [0xb100, 0xb10f],
    [0, 0xffff],
  ] as const),
];
const MMIO: readonly (readonly [first: number, last: number])[] = [
  [0xa_0000, 0xb_ffff],
  [0xc_0000, 0xf_ffff],
  [0xb000_0000, 0xbfff_ffff],
  [0xe000_0000, 0xefff_ffff],
  [0xf000_0000, 0xfebf_ffff],
  [0xfec0_0000, 0xfec0_0040],
  [0xfed0_0000, 0xfed0_03ff],
  [0xfee0_0000, 0xfee0_0fff],
  [0xffc0_0000, 0xffff_ffff],
  [DATA, DATA + DATA_BYTES],
];
const MSRS: readonly (readonly [first: number, last: number])[] = [
  [0x10, 0x10],
  [0x1b, 0x1b],
  [0x174, 0x176],
  [0x1a0, 0x1a0],
  [0x200, 0x20f],
  [0x250, 0x26f],
  [0x277, 0x2ff],
  [0x6e0, 0x6e0],
  [0x800, 0x83f],
  [0x4000_0000, 0x4000_00ff],
  [0xc000_0080, 0xc000_0084],
  [0xc000_0100, 0xc000_0103],
  [0, 0xffff_fffe],
];

const u16 = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const u32 = (value: number): number[] => [...u16(value), ...u16(value >>> 16)];
const eax = (value: number): number[] => [0xb8, ...u32(value)];
const ecx = (value: number): number[] => [0xb9, ...u32(value)];
const edx = (value: number): number[] => [0xba, ...u32(value)];
const outs = [[0xee], [0x66, 0xef], [0xef]] as const;
const ins = [[0xec], [0x66, 0xed], [0xed]] as const;

function portAccess(dice: Dice): number[] {
  const port = dice.between(...dice.of(PORTS));
  return dice.below(3) === 0 ? [...edx(port), ...dice.of(ins)] : [...edx(port), ...eax(dice.value()), ...dice.of(outs)];
}

/** A register of one of the functions that machines have, by mechanism 1. */
function pciAccess(dice: Dice): number[] {
  const address = (0x8000_0000 + dice.of([0, 1, 2, 3, 31]) * 0x800 + dice.below(6) * 0x100 + dice.below(64) * 4) >>> 0;
  const select = [...edx(0xcf8), ...eax(address), 0xef, ...edx(0xcfc + dice.below(4))];
  return dice.below(3) === 0 ? [...select, ...dice.of(ins)] : [...select, ...eax(dice.value()), ...dice.of(outs)];
}

function memoryAccess(dice: Dice): number[] {
  const at = dice.between(...dice.of(MMIO)) >>> 0;
  const address = u32(dice.below(4) === 0 ? at : (at & ~3) >>> 0);
  switch (dice.below(5)) {
    case 0:
      return [0xa1, ...address];
    case 1:
      return [0xc6, 0x05, ...address, dice.below(256)];
    case 2:
      return [0x66, 0xc7, 0x05, ...address, ...u16(dice.next())];
    default:
      return [0xc7, 0x05, ...address, ...u32(dice.value())];
  }
}

function msrAccess(dice: Dice): number[] {
  const msr = ecx(dice.between(...dice.of(MSRS)) >>> 0);
  return dice.below(2) === 0 ? [...msr, 0x0f, 0x32] : [...msr, ...eax(dice.value()), ...edx(dice.of([0, 0, 0, dice.next()])), 0x0f, 0x30];
}

/** REP INS, REP OUTS: many transfers of one instruction. */
function stringAccess(dice: Dice): number[] {
  const place = u32(DATA + dice.below(DATA_BYTES));
  const count = ecx(dice.of([1, 256, 512, 5000]));
  return [0xbe, ...place, 0xbf, ...place, ...count, ...edx(dice.between(...dice.of(PORTS))), 0xf3, dice.of([0x6c, 0x6d, 0x6e, 0x6f])];
}

/** VMCALL with a number and arguments that point at random structures. */
function hypercall(dice: Dice): number[] {
  const sub = dice.of([dice.below(40), dice.value()]);
  const pointers = [0, 1, 2].map(() => u32(dice.value()));
  return [...eax(dice.below(56)), 0xbb, ...u32(sub), ...ecx(DATA + dice.below(64) * 64), 0xba, ...pointers[0]!, 0xbe, ...pointers[1]!, 0xbf]
    .concat(pointers[2]!)
    .concat([0x0f, 0x01, 0xc1]);
}

const cpuid = (dice: Dice): number[] => [
  ...eax(dice.of([dice.below(32), 0x4000_0000 + dice.below(256), 0x8000_0000 + dice.below(16)])),
  ...ecx(dice.value()),
  0x0f,
  0xa2,
];
/** STI, a NOP in which interrupts come, CLI. */
const letInterruptsIn = (): number[] => [0xfb, 0x90, 0x90, 0xfa];

const KINDS = [
  portAccess,
  portAccess,
  portAccess,
  pciAccess,
  pciAccess,
  memoryAccess,
  memoryAccess,
  msrAccess,
  stringAccess,
  cpuid,
  letInterruptsIn,
];

/** What a program is made of: its tables, its code, and the data that it points devices at. */
export function randomProgram(seed: number, hasHypervisor: boolean): Program[] {
  const dice = new Dice(seed);
  const kinds = hasHypervisor ? [...KINDS, hypercall, hypercall, hypercall] : KINDS;
  const start = [0xfa, 0x0f, 0x01, 0x15, ...u32(GDT + 0x40), 0x0f, 0x01, 0x1d, ...u32(GDT + 0x48), 0xbc, ...u32(STACK)];
  const body = Array.from({ length: OPERATIONS }, () => dice.of(kinds)(dice)).flat();
  const code = [...start, ...body];
  // JMP back to the start of the body.
  const back = start.length - (code.length + 5);
  const data = new Uint8Array(DATA_BYTES);
  const view = new DataView(data.buffer);
  for (let at = 0; at < DATA_BYTES; at += 4) view.setUint32(at, dice.value(), true);
  return [
    { address: TABLES, bytes: tables() },
    { address: CODE, bytes: Uint8Array.from([...code, 0xe9, ...u32(back)]) },
    { address: DATA, bytes: data },
  ];
}

/** AND DWORD [ESP+8], ~IF / IRETD: whatever came, the program goes on. */
const RETURN = [0x81, 0x64, 0x24, 0x08, 0xff, 0xfd, 0xff, 0xff, 0xcf];
const DROP_ERROR = [0x83, 0xc4, 0x04];
/** ADD DWORD [ESP], length: past the instruction that faulted. */
const skip = (length: number): number[] => [0x83, 0x04, 0x24, length];
const WITH_ERROR: ReadonlySet<number> = new Set([8, 10, 11, 12, 14, 17]);
const HANDLER_BYTES = 0x40;

function tables(): Uint8Array {
  const bytes = new Uint8Array(0x1000);
  const handlers = [RETURN, [...DROP_ERROR, ...RETURN], [...DROP_ERROR, ...skip(2), ...RETURN], [...skip(3), ...RETURN]];
  handlers.forEach((handler, index) => bytes.set(handler, HANDLERS - TABLES + index * HANDLER_BYTES));
  const view = new DataView(bytes.buffer);
  for (let vector = 0; vector < 256; vector++) {
    const handler = vector === 13 ? 2 : vector === 6 ? 3 : WITH_ERROR.has(vector) ? 1 : 0;
    const at = HANDLERS + handler * HANDLER_BYTES;
    view.setUint32(IDT - TABLES + vector * 8, 0x8_0000 + (at & 0xffff), true);
    view.setUint32(IDT - TABLES + vector * 8 + 4, ((at & 0xffff_0000) | 0x8e00) >>> 0, true);
  }
  const flat = [0, 0, 0x0000_ffff, 0x00cf_9a00, 0x0000_ffff, 0x00cf_9200];
  flat.forEach((half, index) => view.setUint32(GDT - TABLES + index * 4, half, true));
  bytes.set([...u16(0x17), ...u32(GDT)], GDT - TABLES + 0x40);
  bytes.set([...u16(0x7ff), ...u32(IDT)], GDT - TABLES + 0x48);
  return bytes;
}
