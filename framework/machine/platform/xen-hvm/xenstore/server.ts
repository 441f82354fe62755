/**
 * xenstored as one guest sees it: oxenstored, which Debian runs (process.ml, connection.ml), with its errors and quotas.
 * The tree outlives the guest's connection; watches and transactions belong to the connection.
 */
import type { TraceSink } from '../../../../trace/sink';
import { XenstoreError } from './error';
import { absolutePath, homeOf, parsePath, pathText } from './path';
import type { Path } from './path';
import { may } from './permissions';
import { Store, emptyStore } from './store';
import type { StoreData, StoreNode } from './store';
import { changedPath, commit, perform, performIn, startTransaction } from './transaction';
import type { Change, TransactionState } from './transaction';
import { messageName, PAYLOAD_MAX, XS } from './wire';
import type { Message } from './wire';

interface Watch {
  /** As the guest gave it. */
  readonly path: string;
  readonly absolute: string;
  readonly token: string;
}

export interface XenstoreState {
  store: StoreData;
  watches: Watch[];
  transactions: Map<number, TransactionState>;
  nextTransaction: number;
}

/** oxenstored lets the count go one past its limits before it refuses. */
const MAX_WATCHES = 100;
const MAX_TRANSACTIONS = 10;
const LAST_TRANSACTION = 0x3fff_fffe;
const OK = 'OK\0';

/** Requests that only dom0 may make. */
const PRIVILEGED: ReadonlySet<number> = new Set([XS.INTRODUCE, XS.RELEASE, XS.IS_DOMAIN_INTRODUCED, XS.RESUME, XS.SET_TARGET]);

export class XenstoreServer {
  readonly name = 'xenstore';
  readonly state: XenstoreState = { store: emptyStore(), watches: [], transactions: new Map(), nextTransaction: 1 };

  constructor(
    private readonly domain: number,
    private readonly trace: TraceSink,
    /** Sends a watch event to the guest. */
    private readonly send: (message: Message) => void,
  ) {}

  get store(): Store {
    return new Store(this.state.store);
  }

  reset(): void {
    this.state.store = emptyStore();
    this.disconnect();
  }

  /** The guest starts its connection anew: its watches and transactions are gone. */
  disconnect(): void {
    this.state.watches = [];
    this.state.transactions = new Map();
    this.state.nextTransaction = 1;
  }

  /** Writes as dom0 does, with permissions given as text (`n0`, `r1`) or taken from the parent. */
  dom0Write(path: string, value: string, permissions?: readonly string[]): void {
    const names = parsePath(path);
    const changes: Change[] = [];
    perform(this.store, 0, XS.WRITE, `${path}\0${value}`, changes);
    if (permissions !== undefined) perform(this.store, 0, XS.SET_PERMS, `${pathText(names)}\0${permissions.join('\0')}\0`, changes);
    this.fireChanges(this.state.store.root, changes);
  }

  /** Answers one request of the guest. Watch events that follow from it are sent after the reply. */
  request(message: Message, reply: (message: Message) => void): void {
    const rootBefore = this.state.store.root;
    const changes: Change[] = [];
    const fresh: Watch[] = [];
    const { requestId, transactionId } = message;
    let payload: string;
    try {
      payload = this.perform(message, changes, fresh);
      if (payload.length > PAYLOAD_MAX) throw new XenstoreError('E2BIG');
    } catch (error) {
      if (!(error instanceof XenstoreError)) throw error;
      this.record(message, '', error.errno);
      reply({ type: XS.ERROR, requestId, transactionId, payload: `${error.errno}\0` });
      return;
    }
    this.record(message, payload, '');
    reply({ type: message.type, requestId, transactionId, payload });
    for (const watch of fresh) this.sendEvent(watch, watch.path);
    this.fireChanges(rootBefore, changes);
  }

  private record(message: Message, reply: string, error: string): void {
    if (!this.trace.wants('xenstore')) return;
    const [path, ...rest] = message.payload.split('\0');
    const isWrite = message.type === XS.WRITE || message.type === XS.SET_PERMS;
    const value = isWrite ? rest.join('\0') : reply;
    this.trace.record('xenstore', messageName(message.type), path ?? '', value, error);
  }

  private perform(message: Message, changes: Change[], fresh: Watch[]): string {
    const { type, payload } = message;
    const isWatch = type === XS.WATCH || type === XS.UNWATCH;
    const transaction = isWatch ? 0 : message.transactionId;
    if (transaction !== 0 && !this.state.transactions.has(transaction)) throw new XenstoreError('EIO');
    if (PRIVILEGED.has(type)) throw new XenstoreError('EACCES');
    switch (type) {
      case XS.CONTROL:
        return OK;
      case XS.WATCH:
        fresh.push(this.watch(payload));
        return OK;
      case XS.UNWATCH:
        this.unwatch(payload);
        return OK;
      case XS.RESET_WATCHES:
        this.state.watches = [];
        this.state.transactions = new Map();
        return OK;
      case XS.TRANSACTION_START:
        return this.start(transaction);
      case XS.TRANSACTION_END:
        changes.push(...this.end(transaction, payload));
        return OK;
      default:
        return this.performOn(transaction, type, payload, changes);
    }
  }

  private performOn(transaction: number, type: number, payload: string, changes: Change[]): string {
    const state = this.state.transactions.get(transaction);
    if (state !== undefined) return performIn(state, this.domain, type, payload);
    return perform(this.store, this.domain, type, payload, changes);
  }

  // ------------------------------------------------------------------------------- transactions

  private start(current: number): string {
    if (current !== 0) throw new XenstoreError('EBUSY');
    const { transactions } = this.state;
    if (transactions.size > MAX_TRANSACTIONS) throw new XenstoreError('EQUOTA');
    let id = this.state.nextTransaction;
    while (transactions.has(id) || id > LAST_TRANSACTION) id = id >= LAST_TRANSACTION ? 1 : id + 1;
    this.state.nextTransaction = id + 1;
    transactions.set(id, startTransaction(this.store));
    return `${String(id)}\0`;
  }

  private end(id: number, payload: string): Change[] {
    const [word] = payload.split('\0');
    if (word !== 'T' && word !== 'F') throw new XenstoreError('EINVAL');
    const state = this.state.transactions.get(id);
    if (state === undefined) throw new XenstoreError('ENOENT');
    this.state.transactions.delete(id);
    return word === 'T' ? commit(this.store, state, this.domain) : [];
  }

  // ------------------------------------------------------------------------------- watches

  private watchArguments(payload: string): [path: string, token: string] {
    const [path, token, end, ...more] = payload.split('\0');
    if (path === undefined || token === undefined || end !== '' || more.length > 0) throw new XenstoreError('EINVAL');
    if (path === '') throw new XenstoreError('EINVAL');
    return [path, token];
  }

  private absolute(path: string): string {
    return path.startsWith('/') || path.startsWith('@') ? path : homeOf(this.domain) + path;
  }

  private watch(payload: string): Watch {
    const [path, token] = this.watchArguments(payload);
    const absolute = pathText(parsePath(absolutePath(path, this.domain)));
    const { watches } = this.state;
    if (watches.length > MAX_WATCHES) throw new XenstoreError('EQUOTA');
    if (watches.some((watch) => watch.absolute === absolute && watch.token === token)) throw new XenstoreError('EEXIST');
    const watch = { path, absolute, token };
    watches.push(watch);
    return watch;
  }

  private unwatch(payload: string): void {
    const [path, token] = this.watchArguments(payload);
    const absolute = this.absolute(path);
    const index = this.state.watches.findIndex((watch) => watch.absolute === absolute && watch.token === token);
    if (index < 0) throw new XenstoreError('ENOENT');
    this.state.watches.splice(index, 1);
  }

  private sendEvent(watch: Watch, path: string): void {
    if (this.trace.wants('xenstore')) this.trace.record('xenstore', 'WATCH_EVENT', path, watch.token, '');
    this.send({ type: XS.WATCH_EVENT, requestId: 0, transactionId: 0, payload: `${path}\0${watch.token}\0` });
  }

  private fireChanges(rootBefore: StoreNode, changes: readonly Change[]): void {
    for (const change of changes) {
      const changed = changedPath(change);
      const roots = change.kind === 'rm' ? [rootBefore] : [rootBefore, this.state.store.root];
      for (const watch of this.state.watches) {
        const isAbove = watch.absolute === '/' || changed === watch.absolute || changed.startsWith(`${watch.absolute}/`);
        const isBelow = change.kind === 'rm' && watch.absolute.startsWith(`${changed === '/' ? '' : changed}/`);
        if (isAbove) this.fire(watch, this.relative(watch, changed), changed, roots);
        else if (isBelow) this.fire(watch, watch.path, watch.absolute, roots);
      }
    }
  }

  private relative(watch: Watch, changed: string): string {
    const isRelative = !watch.path.startsWith('/') && !watch.path.startsWith('@');
    return isRelative ? changed.slice(homeOf(this.domain).length) : changed;
  }

  /** A watch fires only when the guest may read the node, or its parent, before or after the change. */
  private fire(watch: Watch, shown: string, absolute: string, roots: readonly StoreNode[]): void {
    const path = parsePath(absolute);
    const visible = roots.some((root) => mayRead(root, path, this.domain));
    if (visible) this.sendEvent(watch, shown);
  }
}

function mayRead(root: StoreNode, path: Path, domain: number): boolean {
  let node: StoreNode | undefined = root;
  let parent: StoreNode | undefined;
  for (const name of path) {
    parent = node;
    node = node?.children.get(name);
  }
  return [parent, node].some((candidate) => candidate !== undefined && may(domain, 'r', candidate.permissions));
}
