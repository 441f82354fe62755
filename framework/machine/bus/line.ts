import type { Line, Resettable, Stateful } from './types';

/** A line that ends nowhere: pins that a platform does not wire. */
export const UNCONNECTED: Line = { set: () => undefined };

/** One driver, several ends: each sees every change, in order. */
export function fanOut(...ends: readonly Line[]): Line {
  return {
    set(level) {
      for (const end of ends) end.set(level);
    },
  };
}

/**
 * A wired-OR line: high while any of its drivers is. Each driver gets its own input; the end sees only changes of the
 * result. Used for shared interrupt lines, SCI and NMI.
 */
export class SharedLine implements Stateful<{ levels: boolean[] }>, Resettable {
  readonly state: { levels: boolean[] } = { levels: [] };

  constructor(
    readonly name: string,
    private readonly end: Line,
  ) {}

  /** A new driver, low at first. */
  input(): Line {
    const index = this.state.levels.push(false) - 1;
    return { set: (level) => this.drive(index, level) };
  }

  get level(): boolean {
    return this.state.levels.includes(true);
  }

  reset(): void {
    const was = this.level;
    this.state.levels.fill(false);
    if (was) this.end.set(false);
  }

  private drive(index: number, level: boolean): void {
    const { levels } = this.state;
    if (levels[index] === level) return;
    const was = this.level;
    levels[index] = level;
    if (this.level !== was) this.end.set(!was);
  }
}

/** A line whose drivers only ever say what it becomes: it is as the last of them left it. */
export class LatchedLine implements Stateful<{ level: boolean }> {
  readonly state: { level: boolean };

  constructor(
    readonly name: string,
    private readonly end: Line,
    level = false,
  ) {
    this.state = { level };
  }

  set(level: boolean): void {
    if (this.state.level === level) return;
    this.state.level = level;
    this.end.set(level);
  }
}

/** A line that an enable bit cuts off: the end is high while the input is high and the gate is open (NMI mask, for one). */
export class GatedLine implements Line, Stateful<{ level: boolean; open: boolean }>, Resettable {
  readonly state: { level: boolean; open: boolean };

  constructor(
    readonly name: string,
    private readonly end: Line,
    private readonly openAtReset = true,
  ) {
    this.state = { level: false, open: openAtReset };
  }

  set(level: boolean): void {
    this.change(level, this.state.open);
  }

  setOpen(open: boolean): void {
    this.change(this.state.level, open);
  }

  reset(): void {
    this.change(false, this.openAtReset);
  }

  private change(level: boolean, open: boolean): void {
    const { state } = this;
    const was = state.level && state.open;
    state.level = level;
    state.open = open;
    const is = level && open;
    if (is !== was) this.end.set(is);
  }
}
