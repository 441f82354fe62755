/**
 * The tree of xenstore, with permission checks and quotas, as oxenstored of Xen 4.17 has it (store.ml, quota.ml). Nodes are
 * never changed but replaced up to the root, so a transaction's view of the tree is just an old root.
 */
import { XenstoreError } from './error';
import type { Path } from './path';
import { isOwner, may, ownerOf, parsePermissions } from './permissions';
import type { Permissions } from './permissions';

/** Values are byte strings: one character a byte. */
export interface StoreNode {
  readonly id: number;
  readonly value: string;
  readonly permissions: Permissions;
  readonly children: ReadonlyMap<string, StoreNode>;
}

export interface StoreData {
  root: StoreNode;
  /** Nodes that each domain but dom0 owns. */
  owned: Map<number, number>;
  nextId: number;
}

const MAX_NODES_PER_DOMAIN = 1000;
const MAX_VALUE_BYTES = 2048;
const DOM0 = 0;
const ROOT_PERMISSIONS = parsePermissions(['n0']);

export function emptyStore(): StoreData {
  return { root: { id: 0, value: '', permissions: ROOT_PERMISSIONS, children: new Map() }, owned: new Map(), nextId: 1 };
}

export class Store {
  constructor(readonly data: StoreData) {}

  /** An independent view that starts equal. */
  copy(): Store {
    return new Store({ root: this.data.root, owned: new Map(this.data.owned), nextId: this.data.nextId });
  }

  // ------------------------------------------------------------------------------- reading

  find(path: Path): StoreNode | undefined {
    let node: StoreNode | undefined = this.data.root;
    for (const name of path) node = node?.children.get(name);
    return node;
  }

  private readable(domain: number, path: Path): StoreNode {
    const node = this.find(path);
    if (node === undefined) throw new XenstoreError('ENOENT');
    if (!may(domain, 'r', node.permissions)) throw new XenstoreError('EACCES');
    return node;
  }

  read(domain: number, path: Path): string {
    return this.readable(domain, path).value;
  }

  /** Names in ascending order. */
  list(domain: number, path: Path): string[] {
    return [...this.readable(domain, path).children.keys()].sort();
  }

  /** Changes whenever the node or anything below it does. */
  generation(domain: number, path: Path): number {
    return this.readable(domain, path).id;
  }

  permissions(domain: number, path: Path): Permissions {
    return this.readable(domain, path).permissions;
  }

  // ------------------------------------------------------------------------------- writing

  private replaced(node: StoreNode, change: Partial<Omit<StoreNode, 'id'>>): StoreNode {
    return { ...node, ...change, id: this.data.nextId++ };
  }

  /** Puts `child` (undefined: nothing) at path; all parents exist. */
  private place(path: Path, child: StoreNode | undefined): void {
    const nodes = [this.data.root];
    for (const name of path.slice(0, -1)) {
      const next = nodes.at(-1)?.children.get(name);
      if (next === undefined) throw new XenstoreError('ENOENT');
      nodes.push(next);
    }
    let replacement = child;
    for (let depth = path.length - 1; depth >= 0; depth--) {
      const parent = nodes[depth];
      const name = path[depth];
      if (parent === undefined || name === undefined) throw new XenstoreError('EIO');
      const children = new Map(parent.children);
      if (replacement === undefined) children.delete(name);
      else children.set(name, replacement);
      replacement = this.replaced(parent, { children });
    }
    if (replacement !== undefined) this.data.root = replacement;
  }

  private count(domain: number, difference: number): void {
    const { owned } = this.data;
    const total = (owned.get(domain) ?? 0) + difference;
    if (total === 0) owned.delete(domain);
    else owned.set(domain, total);
  }

  private deepest(path: Path): StoreNode {
    let node = this.data.root;
    for (const name of path) {
      const next = node.children.get(name);
      if (next === undefined) break;
      node = next;
    }
    return node;
  }

  private checkQuota(domain: number, path: Path, isNew: boolean, valueBytes: number): void {
    if (valueBytes > MAX_VALUE_BYTES) throw new XenstoreError('E2BIG');
    if (!isNew || domain === DOM0) return;
    const owner = ownerOf(this.deepest(path).permissions);
    if (owner > DOM0 && (this.data.owned.get(owner) ?? 0) >= MAX_NODES_PER_DOMAIN) throw new XenstoreError('EQUOTA');
  }

  /** A new node has its parent's permissions, owner included. */
  private create(domain: number, path: Path, value: string): void {
    const parent = this.find(path.slice(0, -1));
    if (parent === undefined) throw new XenstoreError('ENOENT');
    if (!may(domain, 'w', parent.permissions)) throw new XenstoreError('EACCES');
    const { permissions } = parent;
    this.place(path, { id: this.data.nextId++, value, permissions, children: new Map() });
    this.count(ownerOf(permissions), 1);
  }

  /** Makes the missing parents of a path. */
  createParents(domain: number, path: Path): void {
    for (let depth = 1; depth < path.length; depth++) {
      const parent = path.slice(0, depth);
      if (this.find(parent) !== undefined) continue;
      this.checkQuota(domain, parent, true, 0);
      this.create(domain, parent, '');
    }
  }

  write(domain: number, path: Path, value: string): void {
    const node = this.find(path);
    this.checkQuota(domain, path, node === undefined, value.length);
    if (node === undefined) {
      this.create(domain, path, value);
      return;
    }
    if (!may(domain, 'w', node.permissions)) throw new XenstoreError('EACCES');
    if (node.value !== value) this.put(path, this.replaced(node, { value }));
  }

  private put(path: Path, node: StoreNode): void {
    if (path.length === 0) this.data.root = node;
    else this.place(path, node);
  }

  /** @returns false when it was there already (which is no error). */
  makeDirectory(domain: number, path: Path): boolean {
    const node = this.find(path);
    if (node !== undefined) {
      if (!may(domain, 'w', node.permissions)) throw new XenstoreError('EACCES');
      return false;
    }
    this.checkQuota(domain, path, true, 0);
    this.create(domain, path, '');
    return true;
  }

  /**
   * Removes a node and all below it.
   * @returns false when only the last name is missing (which is no error); a missing parent is ENOENT.
   */
  remove(domain: number, path: Path): boolean {
    const node = this.find(path);
    if (node === undefined) {
      if (this.find(path.slice(0, -1)) === undefined) throw new XenstoreError('ENOENT');
      return false;
    }
    if (!may(domain, 'w', node.permissions)) throw new XenstoreError('EACCES');
    if (path.length === 0) this.data.root = this.replaced(node, { children: new Map() });
    else this.place(path, undefined);
    this.uncount(node);
    return true;
  }

  private uncount(node: StoreNode): void {
    const pending = [node];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      this.count(ownerOf(next.permissions), -1);
      pending.push(...next.children.values());
    }
  }

  setPermissions(domain: number, path: Path, permissions: Permissions): void {
    const node = this.find(path);
    if (node === undefined) throw new XenstoreError('ENOENT');
    const [before, after] = [ownerOf(node.permissions), ownerOf(permissions)];
    if (!isOwner(domain, node.permissions) || (before !== after && domain !== DOM0)) throw new XenstoreError('EACCES');
    this.put(path, this.replaced(node, { permissions }));
    this.count(before, -1);
    this.count(after, 1);
  }
}
