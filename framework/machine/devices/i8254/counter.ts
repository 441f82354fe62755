/**
 * One counter of an 8254 as a function of time: nothing here counts, everything is computed from the tick at which the
 * counting element was loaded. Ticks are those of the 1.193182 MHz input since power-on.
 */

/** Order in which the bytes of a count are read or written, and where that stands. The values are Xen's RW_STATE_*. */
export const ACCESS = { NONE: 0, LSB: 1, MSB: 2, WORD_LSB: 3, WORD_MSB: 4 } as const;

/** `mode` of a counter that no control word has programmed yet. */
export const UNPROGRAMMED = 0xff;

export interface CounterState {
  /** 0 to 5, or UNPROGRAMMED. */
  mode: number;
  bcd: boolean;
  /** RW bits of the control word: 0 none, 1 LSB, 2 MSB, 3 both. */
  rwMode: number;
  gate: boolean;
  /** Counts per cycle: 1 to 10000h (BCD: to 10000). A written 0 is the greatest. */
  count: number;
  /** Tick at which the counting element holds `count`; Infinity while it waits for a count or a trigger. */
  loadTick: number;
  /** A count for the next cycle (modes 1, 2, 3, 5 while counting), or 0. */
  nextCount: number;
  /** Modes 2 and 3: the tick at which `nextCount` takes over. */
  switchTick: number;
  /** A whole count has been written since the control word. */
  written: boolean;
  /** Mode 3: clocks of the cycle that had passed at `loadTick` (a new count may begin with the low half). */
  phase: number;
  /** Modes 0 and 4 with gate low: clocks that had passed when it stopped; else -1. */
  stopped: number;
  /** What the counting element shows while nothing is loaded. */
  held: number;
  /** A one-shot (modes 1, 4, 5, and 0) is under way or done, so that OUT means something. */
  started: boolean;
  latchedCount: number;
  countLatched: number;
  latchedStatus: number;
  statusLatched: boolean;
  readState: number;
  writeState: number;
  writeLatch: number;
}

export function powerOnCounter(): CounterState {
  return {
    mode: UNPROGRAMMED,
    bcd: false,
    rwMode: 0,
    gate: true,
    count: 0x10000,
    loadTick: Infinity,
    nextCount: 0,
    switchTick: Infinity,
    written: false,
    phase: 0,
    stopped: -1,
    held: 0,
    started: false,
    latchedCount: 0,
    countLatched: 0,
    latchedStatus: 0,
    statusLatched: false,
    readState: ACCESS.NONE,
    writeState: ACCESS.NONE,
    writeLatch: 0,
  };
}

const range = (counter: CounterState): number => (counter.bcd ? 10_000 : 0x10000);
const isPeriodic = (counter: CounterState): boolean => counter.mode === 2 || counter.mode === 3;
/** Mode 3: OUT is high for this many clocks of a cycle. */
const highHalf = (count: number): number => (count + 1) >> 1;

/** Clocks since the counting element was loaded; negative before. */
function elapsed(counter: CounterState, tick: number): number {
  if (counter.stopped >= 0) return counter.stopped;
  return tick - counter.loadTick;
}

/** Lets a new count take over at the end of the cycle (mode 2) or half cycle (mode 3) that has passed by `tick`. */
export function settle(counter: CounterState, tick: number): void {
  const boundary = counter.switchTick;
  if (boundary > tick) return;
  const low = counter.mode === 3 && !outAt(counter, boundary);
  counter.count = counter.nextCount;
  counter.nextCount = 0;
  counter.switchTick = Infinity;
  counter.loadTick = boundary;
  counter.phase = low ? highHalf(counter.count) : 0;
}

/** First tick after `after` at which a periodic counter reloads (mode 3: changes halves). */
export function nextBoundary(counter: CounterState, after: number): number {
  const { count, loadTick, phase } = counter;
  const clocks = after - loadTick + phase;
  const cycle = Math.floor(clocks / count) * count;
  const half = highHalf(count);
  const next = counter.mode === 3 && clocks - cycle < half ? cycle + half : cycle + count;
  return loadTick - phase + next;
}

/** Level of OUT. Call `settle` first. */
export function outAt(counter: CounterState, tick: number): boolean {
  const clocks = elapsed(counter, tick);
  switch (counter.mode) {
    case 0:
      return counter.started && clocks >= counter.count;
    case 1:
      return !counter.started || clocks < 0 || clocks >= counter.count;
    case 2:
      return !counter.gate || clocks < 0 || clocks % counter.count !== counter.count - 1;
    case 3:
      return !counter.gate || clocks < 0 || (clocks + counter.phase) % counter.count < highHalf(counter.count);
    case 4:
    case 5:
      return !counter.started || clocks !== counter.count;
    default:
      return false;
  }
}

/** The counting element, binary or BCD as the guest reads it. Call `settle` first. */
export function countAt(counter: CounterState, tick: number): number {
  return encode(counter, binaryCountAt(counter, tick));
}

export function binaryCountAt(counter: CounterState, tick: number): number {
  const clocks = elapsed(counter, tick);
  const { count } = counter;
  if (!(clocks >= 0)) return counter.held;
  switch (counter.mode) {
    case 2:
      return count - (clocks % count);
    case 3: {
      const inCycle = (clocks + counter.phase) % count;
      const inHalf = inCycle < highHalf(count) ? inCycle : inCycle - highHalf(count);
      return (count & ~1) - 2 * inHalf;
    }
    default: {
      const left = (count - clocks) % range(counter);
      return left < 0 ? left + range(counter) : left;
    }
  }
}

/** Next tick after `tick` at which OUT rises or falls, as far as an edge-triggered interrupt cares; Infinity when never. */
export function nextEdge(counter: CounterState, tick: number): number {
  const { count, loadTick, mode } = counter;
  if (loadTick === Infinity || counter.stopped >= 0) return Infinity;
  if (isPeriodic(counter)) {
    if (!counter.gate) return Infinity;
    return nextBoundary(counter, Math.max(tick, loadTick));
  }
  const done = loadTick + count;
  if (mode === 0 || mode === 1) return done > tick ? done : Infinity;
  if (done > tick) return done;
  return done + 1 > tick ? done + 1 : Infinity;
}

function encode(counter: CounterState, count: number): number {
  if (!counter.bcd) return count & 0xffff;
  const digits = count % 10_000;
  return (Math.floor(digits / 1000) << 12) | (Math.floor((digits / 100) % 10) << 8) | (Math.floor((digits / 10) % 10) << 4) | (digits % 10);
}

/** Clocks that a written count stands for: 0 is the greatest. */
export function decode(counter: CounterState, written: number): number {
  if (!counter.bcd) return written || 0x10000;
  const digits = (written >> 12) * 1000 + ((written >> 8) & 15) * 100 + ((written >> 4) & 15) * 10 + (written & 15);
  return digits % 10_000 || 10_000;
}
