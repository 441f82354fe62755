import HtmlReporter from 'jest-html-reporters';

/** jest-html-reporters, but for a line that it prints to standard output, where `--json` has its results alone. */
class QuietHtmlReporter extends HtmlReporter {
  override async onRunComplete(contexts: unknown, results: unknown): Promise<void> {
    const { log } = console;
    console.log = () => undefined;
    try {
      await super.onRunComplete(contexts, results);
    } finally {
      console.log = log;
    }
  }
}

export = QuietHtmlReporter;
