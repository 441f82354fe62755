import { SPEC_GLOBAL, type SpecGlobal } from './spec-global';

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
          const message = spec.verdict(index);
          if (message !== undefined) throw plainError(message);
        },
        timeoutMs,
      );
    });
  });
}

/**
 * An error that is shown as its message alone: a stack would only name this file. Jest drops empty lines of what it takes for a
 * stack, so they get a space.
 */
function plainError(message: string): Error {
  const error = new Error(message);
  error.stack = message.replace('\n\n', '\n').replace(/^$/gm, ' ');
  return error;
}
