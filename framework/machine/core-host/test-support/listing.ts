/** Machine code for tests, written as a listing: a line is `name:` (a label), or hex bytes, two blanks, and the instruction. */
export interface Program {
  readonly bytes: Uint8Array;
  /** Address of a label; throws for one that is not there. */
  at(label: string): number;
}

/** `origin`: address of the first byte. */
export function program(origin: number, listing: string): Program {
  const bytes: number[] = [];
  const labels = new Map<string, number>();
  for (const line of listing.split('\n')) {
    const text = line.trim();
    const label = /^(\w+):$/.exec(text);
    if (label?.[1] !== undefined) {
      labels.set(label[1], origin + bytes.length);
      continue;
    }
    const digits = /^(?:[0-9a-f]{2})+/.exec(text)?.[0] ?? '';
    bytes.push(...Buffer.from(digits, 'hex'));
  }
  return {
    bytes: Uint8Array.from(bytes),
    at: (name) => {
      const address = labels.get(name);
      if (address === undefined) throw new Error(`the listing has no label ${name}`);
      return address;
    },
  };
}
