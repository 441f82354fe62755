/** Rows as aligned text; columns whose every value looks like a number are set flush right. */
export function alignColumns(rows: readonly (readonly string[])[], header?: readonly string[]): string {
  const all = header ? [header, ...rows] : rows;
  const count = Math.max(0, ...all.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, column) => {
    const values = rows.map((row) => row[column] ?? '');
    return {
      width: Math.max(...all.map((row) => (row[column] ?? '').length)),
      right: values.length > 0 && values.every((value) => /^[-+\d.,]*( ?(ns|µs|ms|s|k|M|G))?$/.test(value)),
    };
  });
  return all
    .map((row) =>
      columns
        .map(({ width, right }, column) => pad(row[column] ?? '', width, right))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
