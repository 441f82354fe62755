import { FirmwareStore, type ListedImage } from '../../plan/firmware/store';
import type { FileAccess } from '../../plan/file-access';
import { nodeFiles } from '../../run/node-files';
import { packageDirectory } from '../../run/plan-spec-file';
import { CommandError, type Terminal } from '../command';
import { projectRoot } from '../project';

/** What every firmware command works on. */
export interface FirmwareContext {
  readonly root: string;
  readonly files: FileAccess;
  readonly store: FirmwareStore;
  readonly terminal: Terminal;
}

export function firmwareContext(terminal: Terminal): FirmwareContext {
  const root = projectRoot(terminal.cwd);
  const files = nodeFiles();
  const store = new FirmwareStore(files, [root, packageDirectory()]);
  const [problem] = store.problems;
  if (problem) throw new CommandError(problem);
  return { root, files, store, terminal };
}

/** The images of those names; without names, those of others that are not optional. */
export function chosen({ store }: FirmwareContext, names: readonly string[]): ListedImage[] {
  if (names.length === 0) return store.images.filter(({ image }) => image.committed !== true && image.optional !== true);
  return names.map((name) => {
    const listed = store.named(name);
    if (!listed) throw new CommandError(store.unknown(name, undefined));
    return listed;
  });
}
