import { VirtualClock } from '../../clock/virtual-clock';
import { I8042 } from './i8042';
import { Ps2Keyboard } from './keyboard';
import { Ps2Mouse } from './mouse';
import { KEY_NAMES, type KeyName } from '../../../quantities/keys';
import { scanCodes } from './scan-codes';

function board() {
  const irq = { keyboard: false, aux: false };
  const edges: string[] = [];
  const a20: boolean[] = [];
  let resets = 0;
  const controller: { current?: I8042 } = {};
  const ready = () => controller.current?.ready();
  const clock = new VirtualClock(() => 0);
  const keyboard = new Ps2Keyboard('keyboard', clock, ready);
  const mouse = new Ps2Mouse('mouse', ready);
  const line = (name: 'keyboard' | 'aux') => ({
    set(level: boolean) {
      if (level && !irq[name]) edges.push(name);
      irq[name] = level;
    },
  });
  const kbc = new I8042({
    name: 'i8042',
    keyboardIrq: line('keyboard'),
    auxIrq: line('aux'),
    a20: { set: (open) => void a20.push(open) },
    reset: () => resets++,
    keyboard,
    aux: mouse,
  });
  controller.current = kbc;
  const out = (port: number, ...values: number[]) => values.forEach((value) => kbc.writePort(port, 1, value));
  const status = () => kbc.readPort(0x64, 1)!;
  const data = () => kbc.readPort(0x60, 1)!;
  const drain = () => {
    const bytes: number[] = [];
    while (status() & 1) bytes.push(data());
    return bytes;
  };
  const aux = (...bytes: number[]) =>
    bytes.flatMap((byte) => {
      out(0x64, 0xd4);
      out(0x60, byte);
      return drain();
    });
  /** The keyboard's next repetition, as milliseconds and what it gives. */
  const repetition = () => {
    if (clock.nextDeadlineNs() === Infinity) return undefined;
    clock.advanceTo(clock.nextDeadlineNs());
    clock.fireDue();
    return [Math.round(clock.nowNs() / 1e6), ...drain()];
  };
  return { repetition, kbc, keyboard, mouse, irq, edges, a20, out, status, data, drain, aux, resets: () => resets };
}

/** As a PC BIOS brings the keyboard up, with translation and its interrupt on. */
function biosBoard() {
  const it = board();
  it.out(0x64, 0xad, 0xa7);
  it.out(0x64, 0xaa);
  expect(it.drain()).toEqual([0x55]);
  it.out(0x64, 0xab);
  expect(it.drain()).toEqual([0x00]);
  it.out(0x64, 0x60);
  it.out(0x60, 0x30);
  it.out(0x60, 0xff);
  expect(it.drain()).toEqual([0xfa, 0xaa]);
  for (const step of [[0xf5], [0xf0, 0x02], [0xf4]]) {
    for (const byte of step) {
      it.out(0x60, byte);
      expect(it.drain()).toEqual([0xfa]);
    }
  }
  it.out(0x64, 0x60);
  it.out(0x60, 0x61);
  return it;
}

test('a BIOS tests the controller, resets the keyboard and enables it', () => {
  const { out, drain, status } = biosBoard();
  out(0x64, 0x20);
  expect(drain()).toEqual([0x61]);
  expect(status() & 0x1d).toBe(0x18);
});

test('keys come one at a time as set 1 with IRQ1 for each, and no IRQ with an empty buffer', () => {
  const { keyboard, irq, edges, data, drain, status } = biosBoard();
  keyboard.key('KeyA', true);
  keyboard.key('KeyA', false);
  keyboard.key('ArrowUp', true);
  expect([irq.keyboard, status() & 0x21]).toEqual([true, 0x01]);
  expect(data()).toBe(0x1e);
  expect(irq.keyboard).toBe(true);
  expect(drain()).toEqual([0x9e, 0xe0, 0x48]);
  expect([irq.keyboard, edges.filter((name) => name === 'keyboard')]).toEqual([false, Array(4).fill('keyboard')]);
});

test.each<[KeyName, number[], number[]]>([
  ['Pause', [0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5], []],
  ['PrintScreen', [0xe0, 0x2a, 0xe0, 0x37], [0xe0, 0xb7, 0xe0, 0xaa]],
  ['F7', [0x41], [0xc1]],
  ['ControlRight', [0xe0, 0x1d], [0xe0, 0x9d]],
])('%s: translation of set 2 gives what set 1 has', (name, down, up) => {
  const { keyboard, drain } = biosBoard();
  keyboard.key(name, true);
  expect(drain()).toEqual(down);
  keyboard.key(name, false);
  expect(drain()).toEqual(up);
  expect([scanCodes(name, true, 1), scanCodes(name, false, 1)]).toEqual([down, up]);
});

test('every key makes and breaks in each scan set, none as another', () => {
  for (const set of [1, 2, 3]) {
    const makes = KEY_NAMES.map((name) => scanCodes(name, true, set).join(' '));
    expect(new Set(makes).size).toBe(KEY_NAMES.length);
    expect(makes).not.toContain('');
  }
});

test('without translation the keyboard speaks set 2, or set 3 when told; it tells which', () => {
  const { keyboard, out, drain } = board();
  out(0x64, 0x60);
  out(0x60, 0x00);
  keyboard.key('CapsLock', true);
  keyboard.key('CapsLock', false);
  expect(drain()).toEqual([0x58, 0xf0, 0x58]);
  out(0x60, 0xf0, 0x03);
  expect(drain()).toEqual([0xfa, 0xfa]);
  out(0x60, 0xf0);
  out(0x60, 0x00);
  keyboard.key('CapsLock', false);
  expect(drain()).toEqual([0xfa, 0xfa, 0x03, 0xf0, 0x14]);
});

test('keyboard identity, echo, resend, lights, and a command that does not exist', () => {
  const { out, drain, keyboard } = biosBoard();
  out(0x60, 0xf2);
  expect(drain()).toEqual([0xfa, 0xab, 0x41]);
  out(0x60, 0xee);
  expect(drain()).toEqual([0xee]);
  out(0x60, 0xed);
  out(0x60, 0x02);
  expect([drain(), keyboard.state.leds]).toEqual([[0xfa, 0xfa], 2]);
  out(0x60, 0xfe);
  expect(drain()).toEqual([0xfa]);
  out(0x60, 0x05);
  expect(drain()).toEqual([0xfe]);
  keyboard.key('KeyA', true);
  out(0x60, 0xf5);
  keyboard.key('KeyB', true);
  expect(drain()).toEqual([0x1e, 0xfa]);
});

test('A20 and reset by the output port, by DDh/DFh, and by the FEh pulse', () => {
  const { out, drain, a20, resets } = board();
  out(0x64, 0xd0);
  expect(drain()).toEqual([0xcf]);
  out(0x64, 0xd1);
  out(0x60, 0xdd);
  expect([a20.at(-1), resets()]).toEqual([false, 0]);
  out(0x64, 0xdf);
  expect(a20.at(-1)).toBe(true);
  out(0x64, 0xdd);
  expect(a20.at(-1)).toBe(false);
  out(0x64, 0xfe);
  expect(resets()).toBe(1);
  out(0x64, 0xd1);
  out(0x60, 0xce);
  expect(resets()).toBe(2);
});

test('the auxiliary port: a mouse answers reset, identity and status, and reports movement on IRQ12', () => {
  const { out, drain, aux, mouse, irq, data, status } = board();
  out(0x64, 0xa8, 0xa9);
  expect(drain()).toEqual([0x00]);
  expect(aux(0xff)).toEqual([0xfa, 0xaa, 0x00]);
  expect(aux(0xf2)).toEqual([0xfa, 0x00]);
  expect(aux(0xf3, 40, 0xe8, 1, 0xe9)).toEqual([0xfa, 0xfa, 0xfa, 0xfa, 0xfa, 0x00, 1, 40]);
  mouse.move(1, 1, 0);
  expect(drain()).toEqual([]);
  aux(0xf4);
  out(0x64, 0x60);
  out(0x60, 0x47);
  mouse.move(-3, 300, 1);
  expect([irq.aux, irq.keyboard, status() & 0x21, data()]).toEqual([true, false, 0x21, 0x19]);
  expect([drain(), irq.aux]).toEqual([[0xfe, 0xff], false]);
});

test('a disabled interface holds its bytes; D2h and D3h put bytes into the buffer', () => {
  const { out, drain, keyboard, irq, status, data } = biosBoard();
  out(0x64, 0xad);
  keyboard.key('Escape', true);
  expect(drain()).toEqual([]);
  out(0x64, 0xae);
  expect(drain()).toEqual([0x01]);
  out(0x64, 0xd2);
  out(0x60, 0x7f);
  expect([irq.keyboard, data()]).toEqual([true, 0x7f]);
  out(0x64, 0xd3);
  out(0x60, 0x55);
  expect([status() & 0x21, data()]).toEqual([0x21, 0x55]);
});

test('a guest that never reads costs bounded buffers', () => {
  const { out, keyboard, kbc, mouse } = board();
  for (let count = 0; count < 1000; count++) {
    out(0x64, 0x20);
    keyboard.key('KeyA', true);
  }
  expect([kbc.state.replies.length, keyboard.state.queue.length]).toEqual([32, 16]);
  for (const byte of [0xee, ...new Array<number>(1000).fill(0x55)]) {
    out(0x60, 0xee);
    out(0x64, 0xd4);
    out(0x60, byte);
  }
  expect([keyboard.state.queue.length, mouse.state.queue.length]).toEqual([16, 48]);
});

test('a key that is held repeats after half a second, 10.9 times a second, until it or another one goes up or down', () => {
  const { keyboard, drain, repetition } = biosBoard();
  keyboard.key('KeyA', true);
  expect(drain()).toEqual([0x1e]);
  expect([repetition(), repetition(), repetition()]).toEqual([
    [500, 0x1e],
    [592, 0x1e],
    [683, 0x1e],
  ]);
  keyboard.key('KeyB', true);
  drain();
  expect(repetition()).toEqual([1183, 0x30]);
  keyboard.key('KeyA', false);
  expect([drain(), repetition()]).toEqual([[0x9e], [1275, 0x30]]);
  keyboard.key('KeyB', false);
  expect([drain(), repetition()]).toEqual([[0xb0], undefined]);
});

test('the guest sets delay and rate; a disabled keyboard and the pause key do not repeat', () => {
  const { keyboard, out, drain, repetition } = biosBoard();
  out(0x60, 0xf3);
  out(0x60, 0x00);
  drain();
  keyboard.key('ArrowUp', true);
  drain();
  expect([repetition(), repetition()]).toEqual([
    [250, 0xe0, 0x48],
    [283, 0xe0, 0x48],
  ]);
  out(0x60, 0xf5);
  drain();
  expect(repetition()).toBeUndefined();
  out(0x60, 0xf4);
  keyboard.key('Pause', true);
  drain();
  expect(repetition()).toBeUndefined();
});
