/**
 * Firmware's part of the table loader: executes the script of fw_cfg's `etc/table-loader` (QEMU: docs/specs/fw_cfg, "ACPI table
 * linker/loader") for a machine whose kernel is started without firmware.
 */
import type { Bytes, Gpa } from '../../../quantities/units';
import { RSDP_FILE, TABLES_FILE, type TableFiles } from '../acpi/table-set';

const COMMAND_BYTES = 128;
const NAME_BYTES = 56;
const COMMAND = { ALLOCATE: 1, ADD_POINTER: 2, ADD_CHECKSUM: 3 } as const;
const ZONE_LOW = 2;

/** Where tables go: `low` for what is searched for below 1 MiB, `high` for the rest. Both count up. */
export interface TableSpace {
  low: Gpa;
  high: Gpa;
}

export interface PlacedTables {
  readonly rsdp: Gpa;
  readonly rsdpContents: Uint8Array;
  readonly pieces: readonly { readonly address: Gpa; readonly contents: Uint8Array }[];
}

interface Blob {
  readonly address: Gpa;
  readonly contents: Uint8Array;
}

function text(bytes: Uint8Array, at: number): string {
  const name = new TextDecoder('latin1').decode(bytes.subarray(at, at + NAME_BYTES));
  const end = name.indexOf('\0');
  return end < 0 ? name : name.slice(0, end);
}

function addPointer(contents: Uint8Array, at: number, size: number, value: bigint): void {
  let carried = value;
  for (let index = 0; index < size; index++) {
    carried += BigInt(contents[at + index] ?? 0);
    contents[at + index] = Number(carried & 0xffn);
    carried >>= 8n;
  }
}

/** undefined: the script places no RSDP. */
export function placeTables({ loader: script, tables, rsdp: root }: TableFiles, space: TableSpace): PlacedTables | undefined {
  const files = new Map([
    [TABLES_FILE, tables],
    [RSDP_FILE, root],
  ]);
  const view = new DataView(script.buffer, script.byteOffset, script.byteLength);
  const blobs = new Map<string, Blob>();
  for (let at = 0; at + COMMAND_BYTES <= script.length; at += COMMAND_BYTES) {
    const kind = view.getUint32(at, true);
    const blob = blobs.get(text(script, at + 4));
    const u32 = (offset: Bytes): number => view.getUint32(at + offset, true);
    if (kind === COMMAND.ALLOCATE) {
      const name = text(script, at + 4);
      const contents = files.get(name)?.slice() ?? new Uint8Array(0);
      const area = script[at + 64] === ZONE_LOW ? 'low' : 'high';
      const align = Math.max(1, u32(60));
      const address = Math.ceil(space[area] / align) * align;
      space[area] = address + contents.length;
      blobs.set(name, { address, contents });
    } else if (kind === COMMAND.ADD_POINTER && blob) {
      const target = blobs.get(text(script, at + 60));
      addPointer(blob.contents, u32(116), script[at + 120] ?? 0, BigInt(target?.address ?? 0));
    } else if (kind === COMMAND.ADD_CHECKSUM && blob) {
      const [offset, start, length] = [u32(60), u32(64), u32(68)];
      const sum = blob.contents.subarray(start, start + length).reduce((total, byte) => total + byte, 0);
      blob.contents[offset] = ((blob.contents[offset] ?? 0) - sum) & 0xff;
    }
  }
  const rsdp = blobs.get(RSDP_FILE);
  return rsdp && { rsdp: rsdp.address, rsdpContents: rsdp.contents, pieces: [...blobs.values()] };
}
