/** What dist/milepost.js holds: all that an entry point needs. The build makes one file of it and of what it imports (load.ts). */
export { dispatch } from '../cli/dispatch';
export { BootReporter } from '../jest/boot-reporter';
export { attachToHtmlReport } from '../jest/html-attachments';
export { isCi } from '../jest/outline';
export { reportsDirectory } from '../jest/reports-directory';
export { SpecHost } from '../jest/spec-host';
export { keepOptimisedCode } from '../machine/core-host/wasm-files';
export { planSpecFile } from '../run/plan-spec-file';
export { runPlan } from '../run/run-plan';
export { runSpecFile } from '../run/run-spec-file';
