/** What the jest environment gives to the test module of a spec. All values are plain: the module lives in another realm. */
export interface SpecGlobal {
  readonly outline: SpecOutline;
  /**
   * Boots at the first call. Returns why test `index` (in the outline's order) failed, or undefined when it passed.
   * The first failed test that is asked for gets the whole failure text, later ones a line.
   */
  verdict(index: number): Failure | undefined;
  /** More than any run may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Why a test failed, and where it stands: `file:line:column`, relative to the project. */
export interface Failure {
  readonly message: string;
  readonly place: string;
}

/**
 * A stack whose one frame is the place in the spec. Jest shows all before a frame as it is; without one it would take the text itself for a stack,
 * and trim it.
 */
export function stackOf({ message, place }: Failure): string {
  return `${message}\n    at ${place}`;
}

/** The tests of a spec, known before it is booted. */
export interface SpecOutline {
  /** The spec's name, with the reason when it is skipped. */
  readonly title: string;
  readonly skipped: boolean;
  readonly tests: readonly string[];
}

/** Name of the global that holds the SpecGlobal. */
export const SPEC_GLOBAL = '__milepostSpec';
