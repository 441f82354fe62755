import { PlainMemory } from '../plain-memory.test-support';
import { XenstoreRing } from './ring';
import { XenstoreServer } from './server';
import { XS, bytesToText, decodeHeader, encodeMessage } from './wire';
import type { Message } from './wire';

const GFN = 0xfeffc;
const BASE = GFN * 4096;
const [REQ_CONS, REQ_PROD, RSP_CONS, RSP_PROD, CONNECTION] = [2048, 2052, 2056, 2060, 2068] as const;

/** A guest's side of the ring, as a PV driver or hvmloader has it. */
function guest() {
  const memory = new PlainMemory();
  memory.populate(GFN, 1);
  let events = 0;
  const ring = new XenstoreRing(
    memory,
    GFN,
    () => server,
    () => events++,
  );
  const server: XenstoreServer = new XenstoreServer(1, { wants: () => false, record: () => undefined }, ring.send);
  for (const path of ['/local', '/local/domain', '/local/domain/0']) server.dom0Write(path, '', ['n0']);
  server.dom0Write('/local/domain/1', '', ['n0', 'r1']);
  server.dom0Write('/local/domain/1/name', 'guest', ['n0', 'r1']);
  server.dom0Write('/local/domain/1/data', '', ['n1']);
  server.dom0Write('/local/domain/0/secret', 'x', ['n0']);
  ring.introduce();

  const index = (at: number): number => new DataView(memory.read(BASE + at, 4).buffer).getUint32(0, true);
  const setIndex = (at: number, value: number): void => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    memory.write(BASE + at, bytes);
  };
  const put = (bytes: Uint8Array): void => {
    const produced = index(REQ_PROD);
    bytes.forEach((byte, offset) => memory.write(BASE + ((produced + offset) % 1024), Uint8Array.of(byte)));
    setIndex(REQ_PROD, (produced + bytes.length) >>> 0);
  };
  /** Takes everything that waits in the reply ring. */
  const drain = (): Uint8Array => {
    const [consumed, produced] = [index(RSP_CONS), index(RSP_PROD)];
    const bytes = Uint8Array.from({ length: (produced - consumed) >>> 0 }, (_, offset) => {
      return memory.read(BASE + 1024 + ((consumed + offset) % 1024), 1)[0] ?? 0;
    });
    setIndex(RSP_CONS, produced);
    return bytes;
  };
  const messages = (): Message[] => {
    const all: Message[] = [];
    let bytes = Uint8Array.of();
    for (;;) {
      const more = drain();
      bytes = Uint8Array.from([...bytes, ...more]);
      if (more.length === 0) break;
      ring.process();
    }
    while (bytes.length > 0) {
      const header = decodeHeader(bytes);
      all.push({ ...header, payload: bytesToText(bytes.slice(16, 16 + header.length)) });
      bytes = bytes.slice(16 + header.length);
    }
    return all;
  };
  const call = (type: number, payload: string, transactionId = 0, requestId = 7): Message[] => {
    const bytes = encodeMessage({ type, payload, transactionId, requestId });
    for (let offset = 0; offset < bytes.length; offset += 1000) {
      put(bytes.slice(offset, offset + 1000));
      ring.process();
    }
    return messages();
  };
  /** One request, one reply: `OK`, the value, or the error's name. */
  const ask = (type: number, payload: string, transactionId = 0): string => {
    const [reply] = call(type, payload, transactionId);
    return (reply?.payload ?? '').replace(/\0$/, '');
  };
  return { memory, ring, server, index, setIndex, put, drain, messages, call, ask, events: () => events };
}

test('a value is read by relative and absolute path, with the request id echoed', () => {
  const { call } = guest();
  expect(call(XS.READ, 'name\0')).toMatchObject([{ type: XS.READ, requestId: 7, payload: 'guest' }]);
  expect(call(XS.READ, '/local/domain/1/name\0')).toMatchObject([{ type: XS.READ, payload: 'guest' }]);
  expect(call(XS.READ, 'hvmloader/bios\0')).toMatchObject([{ type: XS.ERROR, payload: 'ENOENT\0' }]);
});

test('permissions: the guest reads what it may, writes what is its own, and new nodes are as their parents', () => {
  const { ask } = guest();
  expect(ask(XS.READ, '/local/domain/0/secret\0')).toBe('EACCES');
  expect(ask(XS.WRITE, 'name\0other')).toBe('EACCES');
  expect(ask(XS.WRITE, 'data/a/b\0value')).toBe('OK');
  expect(ask(XS.READ, 'data/a/b\0')).toBe('value');
  expect(ask(XS.GET_PERMS, 'data/a/b\0')).toBe('n1');
  expect(ask(XS.SET_PERMS, 'data/a\0n1\0r0\0')).toBe('OK');
  expect(ask(XS.GET_PERMS, 'data/a\0')).toBe('n1\0r0');
  expect(ask(XS.SET_PERMS, 'data/a\0n0\0')).toBe('EACCES');
  expect(ask(XS.SET_PERMS, 'data/a\0z9\0')).toBe('EINVAL');
  expect(ask(XS.MKDIR, 'data/c\0')).toBe('OK');
  expect(ask(XS.DIRECTORY, 'data\0')).toBe('a\0c');
  expect(ask(XS.RM, 'data/a\0')).toBe('OK');
  expect(ask(XS.RM, 'data/a\0')).toBe('OK');
  expect(ask(XS.RM, 'data/a/b\0')).toBe('ENOENT');
  expect(ask(XS.DIRECTORY, 'data\0')).toBe('c');
});

test.each<[string, number, string, string]>([
  ['no terminating zero', XS.READ, 'name', 'EINVAL'],
  ['an empty path', XS.READ, '\0', 'EINVAL'],
  ['a double slash', XS.READ, '/local//domain\0', 'EINVAL'],
  ['a path with a blank', XS.READ, 'a b\0', 'EINVAL'],
  ['a path past the limit', XS.READ, `${'x'.repeat(1025)}\0`, 'EINVAL'],
  ['a value past the limit', XS.WRITE, `data/v\0${'x'.repeat(2049)}`, 'E2BIG'],
  ['introducing a domain', XS.INTRODUCE, '1\0' + '2\0' + '3\0', 'EACCES'],
  ['asking about a domain', XS.IS_DOMAIN_INTRODUCED, '1\0', 'EACCES'],
  ['an event as a request', XS.WATCH_EVENT, 'a\0b\0', 'ENOSYS'],
  ['a request that does not exist', 99, '\0', 'ENOSYS'],
  ['a transaction that does not exist', XS.READ, 'name\0', 'EIO'],
])('%s is refused', (name, type, payload, error) => {
  const { ask } = guest();
  expect(ask(type, payload, name.startsWith('a transaction') ? 5 : 0)).toBe(error);
});

test('other requests: domain path, debug, long directories in parts', () => {
  const { ask, server } = guest();
  expect(ask(XS.GET_DOMAIN_PATH, '17\0')).toBe('/local/domain/17');
  expect(ask(XS.CONTROL, 'print\0hello\0')).toBe('OK');
  for (let n = 0; n < 500; n++) server.dom0Write(`/local/domain/1/data/child-${String(n).padStart(4, '0')}`, '');
  expect(ask(XS.DIRECTORY, 'data\0')).toBe('E2BIG');
  const names: string[] = [];
  for (let offset = 0; ;) {
    const part = ask(XS.DIRECTORY_PART, `data\0${String(offset)}\0`);
    const list = part.slice(part.indexOf('\0') + 1);
    const got = list.split('\0').filter((name) => name !== '');
    names.push(...got);
    offset += got.reduce((sum, name) => sum + name.length + 1, 0);
    if (names.length >= 500) break;
  }
  expect(names).toHaveLength(500);
  expect(names[499]).toBe('child-0499');
});

test('watches fire at once, on changes at or below the path, relative as they were set', () => {
  const { call, ask, server } = guest();
  expect(call(XS.WATCH, 'data\0token\0')).toMatchObject([
    { type: XS.WATCH, payload: 'OK\0' },
    { type: XS.WATCH_EVENT, requestId: 0, payload: 'data\0token\0' },
  ]);
  expect(ask(XS.WATCH, 'data\0token\0')).toBe('EEXIST');
  expect(call(XS.WRITE, 'data/x/y\x001')).toMatchObject([{ type: XS.WRITE }, { type: XS.WATCH_EVENT, payload: 'data/x/y\0token\0' }]);
  expect(call(XS.WATCH, '/local/domain/1/data/x/y\0deep\0')).toHaveLength(2);
  expect(call(XS.RM, 'data/x\0').map((message) => message.payload)).toEqual([
    'OK\0',
    'data/x\0token\0',
    '/local/domain/1/data/x/y\0deep\0',
  ]);
  expect(call(XS.UNWATCH, 'data\0token\0')).toHaveLength(1);
  expect(ask(XS.UNWATCH, 'data\0token\0')).toBe('ENOENT');
  expect(call(XS.WRITE, 'data/z\x001')).toHaveLength(1);
  server.dom0Write('/local/domain/0/secret', 'y');
  expect(call(XS.WATCH, '/local/domain/0\0spy\0')).toHaveLength(2);
  server.dom0Write('/local/domain/0/secret', 'z');
  expect(call(XS.READ, 'name\0')).toHaveLength(1);
});

test('a transaction is invisible until its end, and is told to retry when its reads were overtaken', () => {
  const { ask } = guest();
  const first = Number(ask(XS.TRANSACTION_START, '\0'));
  expect(ask(XS.WRITE, 'data/t\0new', first)).toBe('OK');
  expect(ask(XS.READ, 'data/t\0')).toBe('ENOENT');
  expect(ask(XS.READ, 'data/t\0', first)).toBe('new');
  expect(ask(XS.TRANSACTION_START, '\0', first)).toBe('EBUSY');
  expect(ask(XS.TRANSACTION_END, 'T\0', first)).toBe('OK');
  expect(ask(XS.READ, 'data/t\0')).toBe('new');

  const second = Number(ask(XS.TRANSACTION_START, '\0'));
  expect(ask(XS.READ, 'data/t\0', second)).toBe('new');
  expect(ask(XS.WRITE, 'data/u\x001', second)).toBe('OK');
  expect(ask(XS.WRITE, 'data/t\0overtaken')).toBe('OK');
  expect(ask(XS.TRANSACTION_END, 'T\0', second)).toBe('EAGAIN');
  expect(ask(XS.READ, 'data/u\0')).toBe('ENOENT');

  const third = Number(ask(XS.TRANSACTION_START, '\0'));
  expect(ask(XS.WRITE, 'data/u\x001', third)).toBe('OK');
  expect(ask(XS.WRITE, 'data/elsewhere\x001')).toBe('OK');
  expect(ask(XS.TRANSACTION_END, 'T\0', third)).toBe('OK');
  expect(ask(XS.DIRECTORY, 'data\0')).toBe('elsewhere\0t\0u');

  const fourth = Number(ask(XS.TRANSACTION_START, '\0'));
  expect(ask(XS.RM, 'data/u\0', fourth)).toBe('OK');
  expect(ask(XS.TRANSACTION_END, 'F\0', fourth)).toBe('OK');
  expect(ask(XS.READ, 'data/u\0')).toBe('1');
});

test('quotas: nodes, watches and transactions of one domain are bounded', () => {
  const { ask } = guest();
  const write = (n: number): string => ask(XS.WRITE, `data/n${String(n)}\0`);
  let nodes = 0;
  while (write(nodes) === 'OK' && nodes < 2000) nodes++;
  expect(nodes).toBe(999);
  expect(write(nodes)).toBe('EQUOTA');
  let watches = 0;
  while (ask(XS.WATCH, `w${String(watches)}\0t\0`) === 'OK' && watches < 500) watches++;
  expect(watches).toBe(101);
  let transactions = 0;
  while (ask(XS.TRANSACTION_START, '\0') !== 'EQUOTA' && transactions < 50) transactions++;
  expect(transactions).toBe(11);
});

test('a request may come byte by byte and wrap around the ring', () => {
  const { ring, put, messages, ask, setIndex } = guest();
  setIndex(REQ_CONS, 0xffff_fff0);
  setIndex(REQ_PROD, 0xffff_fff0);
  for (const byte of encodeMessage({ type: XS.READ, requestId: 1, transactionId: 0, payload: 'name\0' })) {
    put(Uint8Array.of(byte));
    ring.process();
  }
  expect(messages()).toMatchObject([{ type: XS.READ, payload: 'guest' }]);
  expect(ask(XS.READ, 'name\0')).toBe('guest');
});

test('a long reply waits for room in the ring and comes in pieces', () => {
  const { ring, put, drain, server, index } = guest();
  server.dom0Write('/local/domain/1/long', 'x'.repeat(2000));
  put(encodeMessage({ type: XS.READ, requestId: 1, transactionId: 0, payload: 'long\0' }));
  ring.process();
  expect(index(RSP_PROD)).toBe(1024);
  expect(drain()).toHaveLength(1024);
  ring.process();
  expect(drain()).toHaveLength(16 + 2000 - 1024);
});

test('impossible indices end the conversation, and nothing else', () => {
  const { ring, setIndex, index, events } = guest();
  setIndex(REQ_PROD, 5000);
  ring.process();
  expect(ring.state.broken).toBe(true);
  const before = events();
  setIndex(REQ_PROD, 0);
  ring.process();
  expect([index(REQ_CONS), index(RSP_PROD), events()]).toEqual([0, 0, before]);
});

test('reconnection: rings full of invalid packets, indices zero, no watches left', () => {
  const { memory, ring, setIndex, index, ask } = guest();
  expect(ask(XS.WATCH, 'data\0t\0')).toBe('OK');
  setIndex(CONNECTION, 1);
  ring.process();
  expect(index(CONNECTION)).toBe(0);
  expect([REQ_CONS, REQ_PROD, RSP_CONS, RSP_PROD].map(index)).toEqual([0, 0, 0, 0]);
  expect(memory.read(BASE, 2048).every((byte) => byte === 0xff)).toBe(true);
  expect(ask(XS.UNWATCH, 'data\0t\0')).toBe('ENOENT');
});
