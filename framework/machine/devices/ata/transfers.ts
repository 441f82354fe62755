/** The commands of a disk that move or check sectors, ATA/ATAPI-7 volume 1, chapter 6. */
export interface Transfer {
  readonly kind: 'sectors' | 'multiple' | 'dma' | 'verify';
  readonly write: boolean;
  /** 48-bit address. */
  readonly extended: boolean;
}

function row(kind: Transfer['kind'], write: boolean, extended: boolean): Transfer {
  return { kind, write, extended };
}

export const TRANSFERS: Readonly<Partial<Record<number, Transfer>>> = {
  0x20: row('sectors', false, false), // READ SECTOR(S), with and without retries
  0x21: row('sectors', false, false),
  0x24: row('sectors', false, true),
  0x30: row('sectors', true, false), // WRITE SECTOR(S)
  0x31: row('sectors', true, false),
  0x34: row('sectors', true, true),
  0xc4: row('multiple', false, false), // READ MULTIPLE
  0x29: row('multiple', false, true),
  0xc5: row('multiple', true, false), // WRITE MULTIPLE
  0x39: row('multiple', true, true),
  0xce: row('multiple', true, true), // WRITE MULTIPLE FUA EXT
  0xc8: row('dma', false, false), // READ DMA
  0xc9: row('dma', false, false),
  0x25: row('dma', false, true),
  0xca: row('dma', true, false), // WRITE DMA
  0xcb: row('dma', true, false),
  0x35: row('dma', true, true),
  0x3d: row('dma', true, true), // WRITE DMA FUA EXT
  0x40: row('verify', false, false), // READ VERIFY SECTOR(S)
  0x41: row('verify', false, false),
  0x42: row('verify', false, true),
};
