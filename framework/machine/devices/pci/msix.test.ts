import type { TraceSink } from '../../../trace/sink';
import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { MsixTable } from './msix';
import { VIRTIO_BLK, VirtioFunction } from './virtio-function';

const SILENT: TraceSink = { wants: () => false, record: () => undefined };
const NOTHING = { read: () => 0, write: () => true };
const BASE = 0xf000_0000;
const CONTROL = 0x9a;
const [ENABLED, MASKED] = [0x8000, 0xc000] as const;

/** A function with two vectors, its table mapped. */
function board() {
  const bus = new SystemBus(new VirtualClock(() => 0), SILENT);
  const sent: (readonly [number, number])[] = [];
  const pins: boolean[] = [];
  const msix = new MsixTable({ name: 'msix', vectors: 2, send: (address, data) => sent.push([address, data]) });
  const parts = { legacy: NOTHING, common: NOTHING, isr: NOTHING, device: NOTHING, notification: NOTHING };
  const card = new VirtioFunction({ name: 'card', bus, kind: VIRTIO_BLK, parts, msix });
  card.interruptTo = (_pin, level) => pins.push(level);
  card.writeConfig(0x14, 4, BASE);
  card.writeConfig(0x04, 2, 2);
  const entry = (vector: number, address: number, data: number, control: number) => {
    for (const [index, value] of [address, 0, data, control].entries()) bus.writeMmio(BASE + 16 * vector + 4 * index, 4, value);
  };
  return { bus, sent, pins, msix, card, entry };
}

test('the first capability says how many vectors there are, and where table and pending bits stand', () => {
  const { card } = board();
  const at = card.readConfig(0x34, 1);
  expect([card.readConfig(at, 1), card.readConfig(at + 2, 2), card.readConfig(at + 4, 4), card.readConfig(at + 8, 4)]).toEqual([
    0x11, 1, 1, 0x801,
  ]);
  card.writeConfig(at + 2, 2, 0xffff);
  expect(card.readConfig(at + 2, 2)).toBe(0xc001);
});

test('a vector that is unmasked sends its message once', () => {
  const { sent, msix, card, entry } = board();
  card.writeConfig(CONTROL, 2, ENABLED);
  entry(1, 0xfee0_1004, 0x41, 0);
  msix.signal(1);
  expect(sent).toEqual([[0xfee0_1004, 0x41]]);
});

test('a masked vector waits, shows as pending, and is sent when its mask or the function’s goes', () => {
  const { bus, sent, msix, card, entry } = board();
  card.writeConfig(CONTROL, 2, MASKED);
  entry(0, 0xfee0_0000, 0x31, 0);
  entry(1, 0xfee0_0000, 0x32, 1);
  msix.signal(0);
  msix.signal(1);
  expect([sent, bus.readMmio(BASE + 0x800, 4)]).toEqual([[], 3]);
  card.writeConfig(CONTROL, 2, ENABLED);
  expect([sent, bus.readMmio(BASE + 0x800, 4)]).toEqual([[[0xfee0_0000, 0x31]], 2]);
  bus.writeMmio(BASE + 16 + 12, 4, 0);
  expect([sent.length, bus.readMmio(BASE + 0x800, 4)]).toEqual([2, 0]);
});

test('after reset every vector is masked and MSI-X is off', () => {
  const { bus, sent, msix, card } = board();
  msix.signal(0);
  expect([sent, card.readConfig(CONTROL, 2), bus.readMmio(BASE + 12, 4), bus.readMmio(BASE + 28, 4)]).toEqual([[], 1, 1, 1]);
});

test('the pin is low while MSI-X is enabled or INTx disabled; the status register shows the request', () => {
  const { pins, card } = board();
  card.setInterrupt(true);
  expect([pins, card.readConfig(6, 2) & 8]).toEqual([[true], 8]);
  card.writeConfig(4, 2, 0x402);
  expect([pins, card.readConfig(6, 2) & 8]).toEqual([[true, false], 8]);
  card.writeConfig(4, 2, 2);
  card.writeConfig(CONTROL, 2, ENABLED);
  expect(pins).toEqual([true, false, true, false]);
});
