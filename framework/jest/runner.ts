import { createRequire } from 'node:module';
import type { TestEnvironment } from 'jest-environment-node';
import { reportsOf, resultOf, type Sent, type TestReport } from './runner-results';
import { SPEC_GLOBAL, type SpecGlobal } from './spec-global';

type Environment = InstanceType<typeof TestEnvironment>;

/** What we read of jest's configurations. */
interface GlobalConfig {
  readonly testNamePattern?: string;
  readonly collectTests?: boolean;
  readonly randomize?: boolean;
}
interface ProjectConfig {
  readonly setupFilesAfterEnv: readonly string[];
  readonly fakeTimers: { readonly enableGlobally?: boolean };
}

type Runner = (
  globalConfig: GlobalConfig,
  config: ProjectConfig,
  environment: Environment,
  runtime: unknown,
  testPath: string,
  send?: Sent,
) => Promise<unknown>;

/**
 * Runs the tests of a spec: what jest-circus does of it, without loading jest-circus and expect into a new realm, which for each file takes longer
 * than a boot of the embedded firmware. Any other test file, and a configuration that asks for more, goes to jest-circus.
 */
const runner: Runner = (globalConfig, config, environment, runtime, testPath, send) => {
  const spec = (environment.global as unknown as Record<string, SpecGlobal | undefined>)[SPEC_GLOBAL];
  const asksForMore =
    config.setupFilesAfterEnv.length > 0 ||
    config.fakeTimers.enableGlobally === true ||
    globalConfig.collectTests === true ||
    globalConfig.randomize === true;
  if (!spec || asksForMore) return circus()(globalConfig, config, environment, runtime, testPath, send);
  const reports = reportsOf(spec, globalConfig.testNamePattern).map((report): TestReport => {
    send?.('test-case-start', [testPath, report.start()]);
    const done = report.run();
    send?.('test-case-result', [testPath, done]);
    return done;
  });
  return Promise.resolve(resultOf(reports, config, globalConfig, testPath));
};

/** The user's jest has it; it is not ours to name a version. */
function circus(): Runner {
  const loaded = createRequire(__filename)('jest-circus/runner') as Runner | { readonly default: Runner };
  return typeof loaded === 'function' ? loaded : loaded.default;
}

export = runner;
