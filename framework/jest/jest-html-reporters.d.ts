/** What we use of the package, which brings no types for its main module. */
declare module 'jest-html-reporters' {
  class HtmlReporter {
    constructor(globalConfig: unknown, options: unknown);
    onRunComplete(contexts: unknown, results: unknown): Promise<void>;
  }
  export = HtmlReporter;
}
