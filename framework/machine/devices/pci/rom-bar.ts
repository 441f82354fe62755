import type { AccessSize, Bus } from '../../bus/types';
import { MmioWindow, type WindowTarget } from './bar-window';
import type { PciBar } from './config-space';

const LEAST_BYTES = 0x1_0000;

/** A ROM BAR is a power of two; past the image it reads 0. */
function romBytes(rom: Uint8Array): number {
  return Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(Math.max(1, rom.length))));
}

function romWindow(rom: Uint8Array): WindowTarget {
  return {
    read(offset: number, size: AccessSize) {
      let value = 0;
      for (let i = size - 1; i >= 0; i--) value = value * 256 + (rom[offset + i] ?? 0);
      return value;
    },
    write: () => true,
  };
}

/** The expansion ROM BAR of an adapter; none without an image. `mapPages`: the platform shows the image as memory too. */
export function romBar(bus: Bus, rom: Uint8Array | undefined, mapPages?: (base: number | undefined) => void, name = 'VGA ROM'): PciBar[] {
  if (rom === undefined) return [];
  const window = new MmioWindow(bus, name, romBytes(rom), romWindow(rom));
  const map = (base: number | undefined): void => {
    window.moveTo(base);
    mapPages?.(base);
  };
  return [{ index: 'rom', kind: 'memory', sizeBytes: romBytes(rom), map }];
}
