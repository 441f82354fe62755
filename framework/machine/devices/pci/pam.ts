/** A shadowed area below 1 MiB and where its accesses go: DRAM when true, else the bus (the flash). */
export interface PamArea {
  readonly first: number;
  readonly last: number;
  readonly readsDram: boolean;
  readonly writesDram: boolean;
}

const PAM_READ = 1;
const PAM_WRITE = 2;
const AREAS = 13;

/** PAM area `index` 0-12: F0000h-FFFFFh, then twelve of 16 KiB from C0000h. */
function pamArea(index: number, nibble: number): PamArea {
  const attributes = { readsDram: (nibble & PAM_READ) !== 0, writesDram: (nibble & PAM_WRITE) !== 0 };
  if (index === 0) return { first: 0xf0000, last: 0xfffff, ...attributes };
  const first = 0xc0000 + (index - 1) * 0x4000;
  return { first, last: first + 0x3fff, ...attributes };
}

/** The programmable attribute map, seven registers that host bridges from the 430FX to the Q35 have alike (82441FX datasheet, 3.2.11). */
export class PamRegisters {
  /** What was last told, to tell changes only; at power-on nothing decodes DRAM. */
  private readonly told: number[] = Array.from({ length: AREAS }, () => 0);

  constructor(private readonly changed: (area: PamArea) => void) {}

  /** `registers`: PAM0 to PAM6. */
  update(registers: Uint8Array): void {
    for (let index = 0; index < AREAS; index++) {
      const byte = registers[(index + 1) >> 1]!;
      const nibble = (index & 1 ? byte : byte >> 4) & (PAM_READ | PAM_WRITE);
      if (this.told[index] === nibble) continue;
      this.told[index] = nibble;
      this.changed(pamArea(index, nibble));
    }
  }
}
