import { TestEnvironment } from 'jest-environment-node';
import { loadBundle } from '../bundle/load';
import { SPEC_GLOBAL } from './spec-global';
import type { SpecHost } from './spec-host';

type Parameters = ConstructorParameters<typeof TestEnvironment>;

/** Jest's node environment, which for a YAML spec also holds its engine, outside the sandbox of the test module. */
class MilepostEnvironment extends TestEnvironment {
  private readonly testPath: string;
  private readonly rootDir: string;
  private host: SpecHost | undefined;

  constructor(config: Parameters[0], context: Parameters[1]) {
    super(config, context);
    this.testPath = context.testPath;
    this.rootDir = config.projectConfig.rootDir;
  }

  override async setup(): Promise<void> {
    await super.setup();
    if (!/\.ya?ml$/i.test(this.testPath)) return;
    const { SpecHost, isCi } = loadBundle();
    this.host = new SpecHost(this.testPath, this.rootDir, isCi());
    (this.global as Record<string, unknown>)[SPEC_GLOBAL] = this.host;
  }

  override async teardown(): Promise<void> {
    const run = this.host?.run;
    if (run) {
      const { attachToHtmlReport, reportsDirectory } = loadBundle();
      await attachToHtmlReport(this.testPath, reportsDirectory(this.rootDir), run.result, run.context);
    }
    await super.teardown();
  }
}

export = MilepostEnvironment;
