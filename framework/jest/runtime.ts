import { SPEC_GLOBAL, type Failure, type SpecGlobal } from './spec-global';

/** Defines the tests of the spec that jest is loading: one for each milestone, `never` and expectation, in the spec's order. */
export function defineTests(): void {
  const spec = (globalThis as unknown as Record<string, SpecGlobal | undefined>)[SPEC_GLOBAL];
  if (!spec) {
    throw new Error(
      'A spec needs the testEnvironment of Milepost. Use `preset: "milepost"`, or set testEnvironment to milepost/dist/framework/jest/environment.js.',
    );
  }
  const { outline, timeoutMs } = spec;
  describe(outline.title, () => {
    outline.tests.forEach((name, index) => {
      if (outline.skipped) {
        test.skip(name, () => undefined);
        return;
      }
      test(
        name,
        () => {
          const failure = spec.verdict(index);
          if (failure) throw errorOf(failure);
        },
        timeoutMs,
      );
    });
  });
}

/**
 * An error whose one stack frame is the place in the spec. Jest shows all before a frame as it is; without one it would take
 * the text itself for a stack, and trim it.
 */
function errorOf({ message, place }: Failure): Error {
  const error = new Error(message);
  error.stack = `${message}\n    at ${place}`;
  return error;
}
