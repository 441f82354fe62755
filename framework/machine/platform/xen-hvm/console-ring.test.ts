import { XEN_CONSOLE } from '../../../trace/events';
import { ConsoleRing } from './console-ring';
import { PlainMemory } from './plain-memory.test-support';

const GFN = 1;
const BASE = GFN * 4096;
const [IN_CONS, IN_PROD, OUT_CONS, OUT_PROD] = [3072, 3076, 3080, 3084] as const;

function board() {
  const memory = new PlainMemory();
  memory.populate(0, 4);
  let written = '';
  let events = 0;
  const trace = {
    wants: () => true,
    record: (kind: string, uart?: unknown, byte?: unknown) => {
      if (kind === 'serial' && uart === XEN_CONSOLE) written += String.fromCharCode(Number(byte));
    },
  };
  const ring = new ConsoleRing(memory, GFN, trace, () => events++);
  const get = (at: number) => new DataView(memory.read(BASE + at, 4).slice().buffer).getUint32(0, true);
  const put = (at: number, value: number) => memory.write(BASE + at, new Uint8Array(Uint32Array.of(value).buffer));
  const print = (text: string, from: number) => {
    for (const [index, byte] of [...new TextEncoder().encode(text)].entries()) {
      memory.write(BASE + 1024 + (((from + index) >>> 0) % 2048), Uint8Array.of(byte));
    }
    put(OUT_PROD, from + text.length);
    ring.process();
  };
  return { memory, ring, get, put, print, written: () => written, events: () => events };
}

test('what the guest puts into the ring comes out, across its end, and the guest hears that there is room', () => {
  const { print, put, get, written, events } = board();
  put(OUT_CONS, 2046);
  print('login:', 2046);
  expect(written()).toBe('login:');
  expect(get(OUT_CONS)).toBe(2052);
  expect(events()).toBe(1);
});

test('indexes wrap at 2^32, and ones that cannot be right are left alone', () => {
  const { print, put, ring, written } = board();
  put(OUT_CONS, 0xffff_fffe);
  print('abcd', 0xffff_fffe);
  expect(written()).toBe('abcd');
  put(OUT_PROD, 1_000_000);
  ring.process();
  expect(written()).toBe('abcd');
});

test('typed text waits for room in the ring', () => {
  const { ring, get, put, memory } = board();
  ring.send(new Array<number>(1030).fill(0x78));
  expect(get(IN_PROD)).toBe(1024);
  expect(ring.state.waiting).toHaveLength(6);
  put(IN_CONS, 1000);
  ring.process();
  expect(get(IN_PROD)).toBe(1030);
  expect(memory.read(BASE, 1)[0]).toBe(0x78);
});
