import type { RunResult } from '../run/result';
import { reproCommand, shownPath } from './commands';
import type { ReportContext } from './context';

/** Versions that decide what a run does, and the host that it was seen on. */
export interface ReproVersions {
  readonly milepost: string;
  readonly node: string;
  /** SHA-256 of the spec's text, lower-case hex. */
  readonly specSha256: string;
}

/** repro.json: with these inputs and this version, the trace has this hash on any host. */
export function reproJson(result: RunResult, context: ReportContext, versions: ReproVersions): string {
  const content = {
    format: 1,
    command: reproCommand(result, context),
    spec: { file: shownPath(result.file, context.cwd), name: result.name, sha256: versions.specSha256 },
    inputs: result.inputs.map(({ role, name, path, sha256, bytes }) => ({ role, name, path: shownPath(path, context.cwd), sha256, bytes })),
    versions: { milepost: versions.milepost, node: versions.node },
    outcome: result.outcome,
    instructions: result.instructions,
    atNs: result.atNs,
    traceHash: result.trace.hash,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
