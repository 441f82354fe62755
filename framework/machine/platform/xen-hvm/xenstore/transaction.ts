/**
 * Store operations and transactions (oxenstored's transaction.ml, process.ml): a transaction works on its own view; at
 * its end the view becomes the store when nothing else changed, else its requests are replayed on the store as it is
 * now and must all be answered as before, or the guest is told EAGAIN.
 */
import { XenstoreError } from './error';
import { pathText, resolvePath } from './path';
import type { Path } from './path';
import { parsePermissions, permissionTexts } from './permissions';
import { Store } from './store';
import type { StoreData } from './store';
import { PAYLOAD_MAX, XS } from './wire';

/** What an operation changed: watches on the path fire, and those below it when it was removed. */
export interface Change {
  readonly path: Path;
  readonly kind: 'write' | 'mkdir' | 'rm' | 'permissions';
}

export interface Operation {
  readonly type: number;
  readonly payload: string;
  readonly reply: string;
}

export interface TransactionState {
  readonly store: StoreData;
  /** Identity of the root that it started from. */
  readonly baseRoot: number;
  readonly changes: Change[];
  readonly operations: Operation[];
  quotaReached: boolean;
}

const OK = 'OK\0';
const MAX_OPERATIONS = 1024;

export function startTransaction(store: Store): TransactionState {
  return { store: store.copy().data, baseRoot: store.data.root.id, changes: [], operations: [], quotaReached: false };
}

/** `text\0` and nothing else. */
function onlyPath(payload: string, domain: number): Path {
  const end = payload.indexOf('\0');
  if (end < 0 || end !== payload.length - 1) throw new XenstoreError('EINVAL');
  return resolvePath(payload.slice(0, end), domain);
}

function pathAndRest(payload: string, domain: number): [Path, string] {
  const end = payload.indexOf('\0');
  if (end < 0) throw new XenstoreError('EINVAL');
  return [resolvePath(payload.slice(0, end), domain), payload.slice(end + 1)];
}

/** The last string of a list ends with a zero as well. */
function joined(texts: readonly string[]): string {
  return texts.length === 0 ? '' : `${texts.join('\0')}\0`;
}

/** A slice of a long directory: generation, then names from a byte offset; a last empty name ends the list. */
function directoryPart(store: Store, domain: number, payload: string): string {
  const [path, rest] = pathAndRest(payload, domain);
  if (!/^\d+\0$/.test(rest)) throw new XenstoreError('EINVAL');
  const offset = Number.parseInt(rest, 10);
  const head = `${String(store.generation(domain, path))}\0`;
  const all = joined(store.list(domain, path));
  if (offset >= all.length) return `${head}\0`;
  let part = '';
  for (const name of all.slice(offset).split('\0').slice(0, -1)) {
    if (part.length + name.length >= PAYLOAD_MAX - head.length - 1) return head + part;
    part += `${name}\0`;
  }
  return `${head + part}\0`;
}

/**
 * One request on a view of the store: gives the payload of its reply and adds what it changed.
 * @throws XenstoreError
 */
export function perform(store: Store, domain: number, type: number, payload: string, changes: Change[]): string {
  switch (type) {
    case XS.DIRECTORY:
      return joined(store.list(domain, onlyPath(payload, domain)));
    case XS.DIRECTORY_PART:
      return directoryPart(store, domain, payload);
    case XS.READ:
      return store.read(domain, onlyPath(payload, domain));
    case XS.GET_PERMS:
      return joined(permissionTexts(store.permissions(domain, onlyPath(payload, domain))));
    case XS.GET_DOMAIN_PATH: {
      if (payload.indexOf('\0') !== payload.length - 1) throw new XenstoreError('EINVAL');
      return `/local/domain/${String(Number(/\d{1,15}/.exec(payload)?.[0] ?? 0))}\0`;
    }
    case XS.WRITE: {
      const [path, value] = pathAndRest(payload, domain);
      store.createParents(domain, path);
      store.write(domain, path, value);
      changes.push({ path, kind: 'write' });
      return OK;
    }
    case XS.MKDIR: {
      const path = onlyPath(payload, domain);
      store.createParents(domain, path);
      if (store.makeDirectory(domain, path)) changes.push({ path, kind: 'mkdir' });
      return OK;
    }
    case XS.RM: {
      const path = onlyPath(payload, domain);
      if (store.remove(domain, path)) changes.push({ path, kind: 'rm' });
      return OK;
    }
    case XS.SET_PERMS: {
      const [path, rest] = pathAndRest(payload, domain);
      store.setPermissions(domain, path, parsePermissions(rest.split('\0').slice(0, -1)));
      changes.push({ path, kind: 'permissions' });
      return OK;
    }
    default:
      throw new XenstoreError('ENOSYS');
  }
}

/** As `perform`, but an error becomes its name, so that replies can be compared. */
function replyOf(store: Store, domain: number, operation: Omit<Operation, 'reply'>, changes: Change[]): string {
  try {
    return perform(store, domain, operation.type, operation.payload, changes);
  } catch (error) {
    if (!(error instanceof XenstoreError)) throw error;
    return `\0${error.errno}`;
  }
}

/** A request within a transaction. @throws XenstoreError */
export function performIn(state: TransactionState, domain: number, type: number, payload: string): string {
  if (state.quotaReached || state.operations.length >= MAX_OPERATIONS) {
    state.quotaReached = true;
    throw new XenstoreError('EQUOTA');
  }
  const reply = replyOf(new Store(state.store), domain, { type, payload }, state.changes);
  state.operations.push({ type, payload, reply });
  if (reply.startsWith('\0E')) throw new XenstoreError(reply.slice(1) as XenstoreError['errno']);
  return reply;
}

/**
 * Ends a transaction by taking it over into the store.
 * @returns what watches must hear of. @throws XenstoreError EAGAIN
 */
export function commit(store: Store, state: TransactionState, domain: number): Change[] {
  if (state.changes.length === 0) return [];
  if (store.data.root.id === state.baseRoot) {
    Object.assign(store.data, state.store, { nextId: Math.max(store.data.nextId, state.store.nextId) });
    return state.changes;
  }
  const trial = store.copy();
  const changes: Change[] = [];
  const isSame = state.operations.every((operation) => replyOf(trial, domain, operation, changes) === operation.reply);
  if (!isSame) throw new XenstoreError('EAGAIN');
  Object.assign(store.data, trial.data);
  return changes;
}

export function changedPath(change: Change): string {
  return pathText(change.path);
}
