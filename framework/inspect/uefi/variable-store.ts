import { ByteView } from '../byte-view';
import { guidText } from '../partition-table';

/** The variable store of a firmware volume, as EDK II lays it out (MdeModulePkg, VariableFormat.h; PI 1.8 vol. 3, 3.2.1 for the volume's header). */

const VOLUME_SIGNATURE = '_FVH';
/** File system GUID of a volume with variables. */
const VARIABLE_VOLUME = 'fff12b8d-7696-4c8b-a985-2747075b4f50';
const AUTHENTICATED_STORE = 'aaf32c78-947b-439a-a180-2e144ec37792';
const PLAIN_STORE = 'ddcf3616-3275-4164-98b6-fe85707ffe7d';
const STORE_HEADER_BYTES = 28;
const ALIGNMENT = 4;

const START_ID = 0x55aa;
export const VARIABLE_ADDED = 0x3f;
/** VARIABLE_ADDED with the bit of "deleted" cleared. A variable that is replaced passes through "in deleted transition" instead. */
export const VARIABLE_DELETED = 0x3d;
const STATE_OFFSET = 2;
/** Lengths that no variable has: an erased or broken header. */
const MOST_NAME_BYTES = 2048;

export interface VariableStore {
  /** Offsets in the chip: of the first variable, and behind the store. */
  readonly first: number;
  readonly end: number;
  /** Headers carry a time stamp and a monotonic count. */
  readonly isAuthenticated: boolean;
}

export interface UefiVariable {
  readonly name: string;
  /** Vendor GUID, lower case. */
  readonly guid: string;
  readonly attributes: number;
  readonly state: number;
  readonly data: Uint8Array;
  /** Offset of its header in the chip, and of what follows it. */
  readonly offset: number;
  readonly end: number;
}

/** The store of a chip whose first volume is one for variables. */
export function findVariableStore(chip: Uint8Array): VariableStore | undefined {
  const view = new ByteView(chip);
  if (view.text(40, 4) !== VOLUME_SIGNATURE || guidText(view, 16) !== VARIABLE_VOLUME) return undefined;
  const header = view.u16(48);
  const format = guidText(view, header);
  if (format !== AUTHENTICATED_STORE && format !== PLAIN_STORE) return undefined;
  const end = Math.min(header + view.u32(header + 16), view.uint(32, 8), chip.length);
  return { first: aligned(header + STORE_HEADER_BYTES), end, isAuthenticated: format === AUTHENTICATED_STORE };
}

/** The variable whose header stands at an offset; undefined where there is none, or only a part of one. */
export function readVariable(chip: Uint8Array, store: VariableStore, offset: number): UefiVariable | undefined {
  const view = new ByteView(chip);
  if (offset < store.first || view.u16(offset) !== START_ID) return undefined;
  const sizes = offset + (store.isAuthenticated ? 36 : 8);
  const nameBytes = view.u32(sizes);
  const dataBytes = view.u32(sizes + 4);
  const nameAt = sizes + 8 + 16;
  const dataAt = nameAt + nameBytes;
  if (nameBytes < 4 || nameBytes > MOST_NAME_BYTES || nameBytes % 2 !== 0 || dataAt + dataBytes > store.end) return undefined;
  const name = Buffer.from(view.slice(nameAt, nameBytes)).toString('utf16le');
  if (name.indexOf('\0') !== name.length - 1) return undefined;
  return {
    name: name.slice(0, -1),
    guid: guidText(view, sizes + 8),
    attributes: view.u32(offset + 4),
    state: view.u8(offset + STATE_OFFSET),
    data: view.slice(dataAt, dataBytes),
    offset,
    end: aligned(dataAt + dataBytes),
  };
}

/** Every whole variable, deleted ones too, in the order in which they were written. */
export function listVariables(chip: Uint8Array): UefiVariable[] {
  const store = findVariableStore(chip);
  const found: UefiVariable[] = [];
  for (let at = store?.first ?? 0; store;) {
    const variable = readVariable(chip, store, at);
    if (!variable) break;
    found.push(variable);
    at = variable.end;
  }
  return found;
}

/** The variables whose state byte lies in the range that was just written. */
export function variablesWithState(chip: Uint8Array, store: VariableStore, first: number, bytes: number): UefiVariable[] {
  const found: UefiVariable[] = [];
  for (let at = first; at < first + bytes; at++) {
    const offset = at - STATE_OFFSET;
    const variable = offset % ALIGNMENT === store.first % ALIGNMENT ? readVariable(chip, store, offset) : undefined;
    if (variable) found.push(variable);
  }
  return found;
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
