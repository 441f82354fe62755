import type { FileContent } from '../types';

/** A file or directory of a volume that is made. */
export interface TreeNode {
  readonly name: string;
  /** In the order in which their paths came. */
  readonly children: readonly TreeNode[];
  /** What a file holds: another file, or bytes that depend on where they lie, laid down by whoever made the tree. Absent: a directory. */
  readonly file: FileContent | { readonly sizeBytes: number } | undefined;
}

export interface TreeFile {
  /** Names with slashes; the directories are made. */
  readonly path: string;
  readonly file: NonNullable<TreeNode['file']>;
}

/** The root directory with all files below it, or what is wrong with them. `folded` names are one name. */
export function fileTree(files: readonly TreeFile[], folded: (name: string) => string = (name) => name): TreeNode | string {
  const root: Building = { name: '', children: [], file: undefined, byName: new Map() };
  for (const { path, file } of files) {
    const parts = path.split('/');
    let at = root;
    for (const [index, name] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const known = at.byName.get(folded(name));
      if (known && (isLast || known.file)) return `${path} is there twice`;
      const next: Building = known ?? { name, children: [], file: isLast ? file : undefined, byName: new Map() };
      if (!known) {
        at.children.push(next);
        at.byName.set(folded(name), next);
      }
      at = next;
    }
  }
  return root;
}

/** The file below a directory whose bytes depend on where they lie. */
export function dependentFile(directory: TreeNode): TreeNode | undefined {
  for (const child of directory.children) {
    const found = child.file ? !('sha256' in child.file) && child : dependentFile(child);
    if (found) return found;
  }
  return undefined;
}

interface Building extends TreeNode {
  readonly children: Building[];
  readonly byName: Map<string, Building>;
}
