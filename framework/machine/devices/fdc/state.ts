/** A command's execution phase. */
export interface FdcTransfer {
  readonly kind: 'read' | 'write' | 'verify' | 'format';
  /** Data marks that the command is for. */
  readonly deleted: boolean;
  readonly skip: boolean;
  readonly multiTrack: boolean;
  /** READ TRACK: sectors as they come, whatever their numbers. */
  readonly wholeTrack: boolean;
  readonly drive: number;
  /** Side under the head: toggled by multi-track. */
  head: number;
  /** The address as the host gave it, counted on. */
  c: number;
  h: number;
  r: number;
  n: number;
  readonly eot: number;
  /** Sectors still to do, for VERIFY with a count and FORMAT. */
  left: number;
  /** What FORMAT fills with. */
  readonly filler: number;
  /** Bytes on their way, -1: none is waited for; where the next goes. */
  buffer: Uint8Array;
  position: number;
  lba: number;
  st2: number;
  /** Cylinders that the transfer has gone on by itself. */
  followed: number;
  /** TC came. */
  terminal: boolean;
}

export interface FdcState {
  dor: number;
  tdr: number;
  rate: number;
  phase: 'command' | 'execution' | 'result';
  /** Bytes of the command so far, and the result bytes that the host has not read. */
  command: number[];
  result: number[];
  interrupt: boolean;
  /** Status 0 values for SENSE INTERRUPT STATUS, oldest first. */
  reports: number[];
  presentCylinder: number[];
  /** Bit: that drive number seeks. Where to, and whether it is RECALIBRATE. */
  seeking: number;
  seekTarget: number[];
  recalibrating: number;
  specify: [number, number];
  configure: [number, number, number];
  perpendicular: number;
  locked: boolean;
  eot: number;
  /** Non-DMA mode: the host is to move bytes now. */
  hostTurn: boolean;
  transfer: FdcTransfer | undefined;
}

export function powerOnFdc(): FdcState {
  return {
    dor: 0,
    tdr: 0,
    rate: 2,
    phase: 'command',
    command: [],
    result: [],
    interrupt: false,
    reports: [],
    presentCylinder: [0, 0, 0, 0],
    seeking: 0,
    seekTarget: [0, 0, 0, 0],
    recalibrating: 0,
    specify: [0, 0],
    configure: [0, 0, 0],
    perpendicular: 0,
    locked: false,
    eot: 0,
    hostTurn: false,
    transfer: undefined,
  };
}

const SIZE_512 = 2;

/** READ, WRITE, VERIFY and their kin: eight parameters (data sheet, 5.1). */
export function dataTransfer(command: readonly number[], kind: FdcTransfer['kind'], deleted: boolean): FdcTransfer {
  const [code = 0, select = 0, c = 0, h = 0, r = 0, n = 0, eot = 0, , count = 0] = command;
  const wholeTrack = (code & 0x1f) === 0x02;
  return {
    kind,
    deleted,
    skip: (code & 0x20) !== 0,
    multiTrack: (code & 0x80) !== 0,
    wholeTrack,
    drive: select & 3,
    head: (select >> 2) & 1,
    c,
    h,
    r: wholeTrack ? 1 : r,
    n,
    eot,
    left: kind === 'verify' && select & 0x80 ? count || 256 : Infinity,
    filler: 0,
    ...NOTHING_MOVED,
    buffer: new Uint8Array(0),
  };
}

/** FORMAT TRACK: size code, sectors, gap, filler; the addresses come as data. */
export function formatTransfer([, select = 0, n = 0, sectors = 0, , filler = 0]: readonly number[]): FdcTransfer {
  const plain = { deleted: false, skip: false, multiTrack: false, wholeTrack: false, eot: sectors };
  const address = { drive: select & 3, head: (select >> 2) & 1, c: 0, h: 0, r: 1, n };
  return { kind: 'format', ...plain, ...address, left: sectors, filler, ...NOTHING_MOVED, buffer: new Uint8Array(0) };
}

const NOTHING_MOVED = { position: 0, lba: 0, st2: 0, followed: 0, terminal: false } as const;

/** A sector that this model can hold. */
export function isPlainSector(n: number): boolean {
  return n === SIZE_512;
}

/**
 * Counts an address on, as the result phase shows it (data sheet, table 5-8); true at the end of the cylinder. A multi-track command
 * whose EOT is beyond the track's last sector goes on at the other side and then at the next cylinder, as QEMU's controller does and as
 * SeaBIOS, which derives EOT from the count alone, makes its callers expect; on the real one the sectors beyond the last are not found.
 */
export function nextAddress(transfer: FdcTransfer, lastSector: number): boolean {
  const goesOn = transfer.multiTrack && transfer.eot > lastSector;
  if (transfer.r !== (goesOn ? lastSector : transfer.eot)) {
    transfer.r = (transfer.r + 1) & 0xff;
    return false;
  }
  transfer.r = 1;
  if (!transfer.multiTrack) {
    transfer.c++;
    return true;
  }
  transfer.h ^= 1;
  transfer.head ^= 1;
  if (transfer.head === 1) return false;
  transfer.c++;
  return !goesOn;
}
