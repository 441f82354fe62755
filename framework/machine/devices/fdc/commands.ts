/** The commands of the 82077AA (data sheet 290166, table 5-1): which they are and how many parameters follow. */
export type FdcCommandName =
  | 'read'
  | 'read-deleted'
  | 'write'
  | 'write-deleted'
  | 'read-track'
  | 'verify'
  | 'version'
  | 'format'
  | 'recalibrate'
  | 'sense-interrupt'
  | 'specify'
  | 'sense-drive'
  | 'seek'
  | 'relative-seek'
  | 'configure'
  | 'read-id'
  | 'dump-registers'
  | 'perpendicular'
  | 'lock'
  | 'invalid';

interface CommandRow {
  readonly name: FdcCommandName;
  /** The bits that say which command it is; the others are its modifiers. */
  readonly mask: number;
  readonly code: number;
  readonly parameters: number;
}

const ROWS: readonly CommandRow[] = [
  { name: 'read', mask: 0x1f, code: 0x06, parameters: 8 },
  { name: 'read-deleted', mask: 0x1f, code: 0x0c, parameters: 8 },
  { name: 'write', mask: 0x3f, code: 0x05, parameters: 8 },
  { name: 'write-deleted', mask: 0x3f, code: 0x09, parameters: 8 },
  { name: 'read-track', mask: 0x9f, code: 0x02, parameters: 8 },
  { name: 'verify', mask: 0x1f, code: 0x16, parameters: 8 },
  { name: 'version', mask: 0xff, code: 0x10, parameters: 0 },
  { name: 'format', mask: 0xbf, code: 0x0d, parameters: 5 },
  { name: 'recalibrate', mask: 0xff, code: 0x07, parameters: 1 },
  { name: 'sense-interrupt', mask: 0xff, code: 0x08, parameters: 0 },
  { name: 'specify', mask: 0xff, code: 0x03, parameters: 2 },
  { name: 'sense-drive', mask: 0xff, code: 0x04, parameters: 1 },
  { name: 'seek', mask: 0xff, code: 0x0f, parameters: 2 },
  { name: 'relative-seek', mask: 0xbf, code: 0x8f, parameters: 2 },
  { name: 'configure', mask: 0xff, code: 0x13, parameters: 3 },
  { name: 'read-id', mask: 0xbf, code: 0x0a, parameters: 1 },
  { name: 'dump-registers', mask: 0xff, code: 0x0e, parameters: 0 },
  { name: 'perpendicular', mask: 0xff, code: 0x12, parameters: 1 },
  { name: 'lock', mask: 0x7f, code: 0x14, parameters: 0 },
];

export function decodeCommand(byte: number): { readonly name: FdcCommandName; readonly parameters: number } {
  return ROWS.find(({ mask, code }) => (byte & mask) === code) ?? { name: 'invalid', parameters: 0 };
}
