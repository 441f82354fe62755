import { SPEC_GLOBAL, stackOf, type Failure, type SpecGlobal } from './spec-global';

/** Defines the tests of a spec for jest-circus, when that runs it (see runner.ts): one for each milestone, `never` and expectation, in order. */
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

function errorOf(failure: Failure): Error {
  const error = new Error(failure.message);
  error.stack = stackOf(failure);
  return error;
}
