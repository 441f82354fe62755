import { KIB, type Bytes } from './units';

/** Sizes that diskettes for PCs have. */
export const DISKETTE_BYTES: readonly Bytes[] = [160, 180, 320, 360, 720, 1200, 1440, 2880].map((kib) => kib * KIB);
