const ROW = 16;

/** Rows of `    0010: 46 41 43 50 …  FACP…`, as acpidump and xxd-like tools read them back. */
export function hexDump(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const codes = Array.from(row, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
    const text = Array.from(row, printable).join('');
    rows.push(`    ${at.toString(16).toUpperCase().padStart(4, '0')}: ${codes.padEnd(ROW * 3 - 1)}  ${text}`);
  }
  return rows;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}
