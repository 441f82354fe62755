/** Resource descriptors of _CRS and _PRS (ACPI 6.5, 6.4). */
import { type Aml, buffer } from './aml';
import { GIB } from '../../../quantities/units';
import { little } from './bytes';

const END_TAG = [0x79, 0x00];

/** A resource template. */
export const resources = (...descriptors: readonly Aml[]): Aml => buffer([...descriptors.flat(), ...END_TAG]);

/** Ports at a fixed base, 16-bit decode. */
export const io = (first: number, count: number): Aml => [0x47, 1, ...little(first, 2), ...little(first, 2), 1, count];
/** ISA interrupts, edge, active high. */
export const irq = (...numbers: readonly number[]): Aml => [
  0x22,
  ...little(
    numbers.reduce((mask, number) => mask | (1 << number), 0),
    2,
  ),
];
export const memory32 = (first: number, length: number): Aml => [0x86, 9, 0, 1, ...little(first, 4), ...little(length, 4)];

/** Shared interrupts of any number, level, active high, as consumer. */
export function interrupts(...numbers: readonly number[]): Aml {
  const list = numbers.flatMap((number) => little(number, 4));
  return [0x89, ...little(2 + list.length, 2), 0x09, numbers.length, ...list];
}

const TYPE = { memory: 0, io: 1, bus: 2 } as const;
/** Resource producer, minimum and maximum fixed, positive decode. */
const FIXED_WINDOW = 0x0c;
/** Memory: not cacheable, read-write. */
const WRITABLE = 0x01;
/** I/O: the entire range, no translation. */
const ENTIRE = 0x03;

function window(tag: number, width: number, type: number, typeFlags: number, first: number, last: number): Aml {
  const numbers = [0, first, last, 0, last - first + 1].flatMap((value) => little(value, width));
  return [tag, ...little(3 + numbers.length, 2), type, FIXED_WINDOW, typeFlags, ...numbers];
}

/** What a bridge passes on: bus numbers, ports, memory below and above 4 GiB. */
export const busWindow = (first: number, last: number): Aml => window(0x88, 2, TYPE.bus, 0, first, last);
export const ioWindow = (first: number, last: number): Aml => window(0x88, 2, TYPE.io, ENTIRE, first, last);
export const memoryWindow = (first: number, last: number): Aml => window(0x87, 4, TYPE.memory, WRITABLE, first, last);
const memoryWindow64 = (first: number, last: number): Aml => window(0x8a, 8, TYPE.memory, WRITABLE, first, last);

/** For 64-bit BARs: all addresses behind the RAM above 4 GiB, in whole GiB. */
export const highWindow = (above4GiB: number, physicalAddressBits: number): Aml =>
  memoryWindow64(4 * GIB + Math.ceil(above4GiB / GIB) * GIB, 2 ** physicalAddressBits - 1);
