import type { TraceSink } from '../../../trace/sink';
import { SystemBus } from '../../bus/system-bus';
import { VirtualClock } from '../../clock/virtual-clock';
import { Ich9Ahci } from './ich9-ahci';

const SILENT: TraceSink = { wants: () => false, record: () => undefined };

function board() {
  const bus = new SystemBus(new VirtualClock(() => 0), SILENT);
  const sent: (readonly [number, number])[] = [];
  const pins: boolean[] = [];
  const controller = { read: () => 0, write: () => true };
  const sata = new Ich9Ahci(bus, controller, { vendorId: 0x1af4, id: 0x1100 }, (address, data) => sent.push([address, data]));
  sata.interruptTo = (_pin, level) => pins.push(level);
  return { sata, sent, pins };
}

test('a driver finds the message capability before the SATA one, and sends its interrupts to a vector', () => {
  const { sata, sent, pins } = board();
  const at = sata.readConfig(0x34, 1);
  expect([at, sata.readConfig(at, 1), sata.readConfig(at + 2, 2), sata.readConfig(sata.readConfig(at + 1, 1), 1)]).toEqual([
    0x80, 5, 0x80, 0x12,
  ]);
  sata.writeConfig(at + 4, 4, 0xfee0_1004);
  sata.writeConfig(at + 8, 4, 0);
  sata.writeConfig(at + 12, 2, 0x4123);
  sata.message();
  expect(sent).toEqual([]);
  sata.writeConfig(at + 2, 2, 0xffff);
  expect(sata.readConfig(at + 2, 2)).toBe(0x81);
  sata.setInterrupt(true);
  sata.message();
  expect([sent, pins]).toEqual([[[0xfee0_1004, 0x4123]], []]);
});

test('turning messages off gives the interrupt back to the pin', () => {
  const { sata, pins } = board();
  sata.setInterrupt(true);
  sata.writeConfig(0x82, 2, 1);
  sata.writeConfig(0x82, 2, 0);
  expect(pins).toEqual([true, false, true]);
});
