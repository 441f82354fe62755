/** A GUID's bytes in memory: the first three groups are little-endian (UEFI 2.10, appendix A). */
export function guidBytes(guid: string): number[] {
  return guid.split('-').flatMap((group, index) => {
    const bytes = (group.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
    return index < 3 ? bytes.reverse() : bytes;
  });
}
