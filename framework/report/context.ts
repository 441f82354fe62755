/** What a report needs besides the result itself; report/ reads nothing on its own. */
export interface ReportContext {
  /** Paths are shown relative to this directory. */
  readonly cwd: string;
  /** Where this run's artefacts are written, and their names; undefined when none are kept. */
  readonly artefacts?: { readonly directory: string; readonly names: readonly string[] };
}
