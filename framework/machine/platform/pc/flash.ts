import { GIB } from '../../../quantities/units';
import { CfiFlash } from '../../devices/cfi-flash/cfi-flash';
import type { MachineConfig } from '../../types';
import type { MachineBase } from '../machine-base';
import { FlashBank } from './flash-bank';

const FOUR_GIB = 4 * GIB;
const BLOCK_BYTES = 0x1000;

/** The board's firmware: one image that ends at 4 GiB, and below it the variable store, when they are flash chips. */
export interface BoardFlash {
  readonly code: FlashBank;
  readonly variables: FlashBank | undefined;
}

/** `writable`: whether the variables' chip takes writes now. The code's chip never does. */
export function boardFlash(machine: MachineBase, { bios, flash }: MachineConfig['firmware'], writable: () => boolean): BoardFlash {
  const { memory, bus, trace } = machine;
  const code = machine.register(new FlashBank('flash-bank-code', memory, bios, FOUR_GIB));
  if (!flash) return { code, variables: undefined };
  const chip = (name: string, array: FlashBank, isWritable: () => boolean): void =>
    bus.addMmio(
      machine.register(new CfiFlash({ name, baseGpa: array.baseGpa, blockBytes: BLOCK_BYTES, array, trace, writable: isWritable })),
    );
  chip('flash-code', code, () => false);
  if (!flash.variables) return { code, variables: undefined };
  const variables = machine.register(new FlashBank('flash-bank-variables', memory, flash.variables, code.baseGpa));
  chip('flash-variables', variables, writable);
  return { code, variables };
}
