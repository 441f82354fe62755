import type { TraceSink } from '../../../trace/sink';
import { PciConfigMechanism } from './config-mechanism';
import { PciBridge } from './pci-bridge';
import { PciFunction } from './pci-function';

const SILENT: TraceSink = { wants: () => false, record: () => undefined };
const BRIDGE = 18 * 8;
const CARD = 0x100 + 3 * 8;

/** A bridge in slot 18 and behind it, in slot 3, a card with 64 ports, 4 KiB of memory and INTA. */
function board() {
  const pins: string[] = [];
  const config = new PciConfigMechanism(SILENT, (device, pin, level) => void pins.push(`${device}.${pin}=${level}`));
  const bases: { io?: number | undefined; memory?: number | undefined } = {};
  const card = new PciFunction('card', { vendorId: 0x1234, deviceId: 1, revision: 0, classCode: 0x020000, interruptPin: 1 }, [
    { index: 0, kind: 'io', sizeBytes: 64, map: (base) => (bases.io = base) },
    { index: 1, kind: 'memory', sizeBytes: 0x1000, map: (base) => (bases.memory = base) },
  ]);
  const bridge = new PciBridge('bridge');
  config.add(18, 0, bridge);
  bridge.add(3, 0, card);
  /** As firmware does: buses 0, 1 and 1; windows d000h-dfffh and fea0_0000h-feaf_ffffh; the card in both, all decoding on. */
  const firmware = () => {
    config.writeConfig(BRIDGE, 0x18, 4, 0x0001_0100);
    config.writeConfig(BRIDGE, 0x1c, 2, 0xd0d0);
    config.writeConfig(BRIDGE, 0x20, 4, 0xfea0_fea0);
    config.writeConfig(BRIDGE, 0x24, 4, 0x0000_fff0);
    config.writeConfig(CARD, 0x10, 4, 0xd000);
    config.writeConfig(CARD, 0x14, 4, 0xfea0_0000);
    config.writeConfig(CARD, 0x04, 2, 0x0007);
    config.writeConfig(BRIDGE, 0x04, 2, 0x0007);
  };
  return { config, bridge, card, bases, pins, firmware };
}

test('firmware finds a bridge, numbers the bus behind it, and finds what is there', () => {
  const { config } = board();
  expect([config.readConfig(BRIDGE, 0, 4), config.readConfig(BRIDGE, 0x0a, 2), config.readConfig(BRIDGE, 0x0e, 1)]).toEqual([
    0x0001_1011, 0x0604, 1,
  ]);
  expect(config.readConfig(CARD, 0, 4)).toBe(0xffff_ffff);
  config.writeConfig(BRIDGE, 0x18, 4, 0x0001_0100);
  expect([config.readConfig(CARD, 0, 4), config.readConfig(CARD - 8, 0, 4), config.readConfig(0x200 + 24, 0, 4)]).toEqual([
    0x0001_1234, 0xffff_ffff, 0xffff_ffff,
  ]);
});

test('windows of 16 bits of I/O and 32 bits of memory: what sizing finds', () => {
  const { config } = board();
  const sized = (register: number, size: 2 | 4) => {
    config.writeConfig(BRIDGE, register, size, 2 ** (8 * size) - 1);
    return config.readConfig(BRIDGE, register, size);
  };
  expect([sized(0x1c, 2), sized(0x20, 4), sized(0x24, 4), sized(0x28, 4), sized(0x30, 4), sized(0x10, 4)]).toEqual([
    0xf0f0, 0xfff0_fff0, 0xfff0_fff0, 0, 0, 0,
  ]);
});

test('a card is decoded only within the windows, and while the bridge forwards', () => {
  const { config, bases, firmware } = board();
  firmware();
  expect(bases).toEqual({ io: 0xd000, memory: 0xfea0_0000 });
  config.writeConfig(BRIDGE, 0x04, 2, 0x0002);
  expect(bases).toEqual({ io: undefined, memory: 0xfea0_0000 });
  config.writeConfig(BRIDGE, 0x20, 4, 0xfeb0_feb0);
  expect(bases.memory).toBeUndefined();
  config.writeConfig(BRIDGE, 0x24, 4, 0xfea0_fea0);
  expect(bases.memory).toBe(0xfea0_0000);
  config.writeConfig(BRIDGE, 0x04, 2, 0x0003);
  config.writeConfig(CARD, 0x10, 4, 0xe000);
  expect(bases.io).toBeUndefined();
  config.writeConfig(CARD, 0x10, 4, 0xd100);
  expect(bases.io).toBe(0xd100);
  config.writeConfig(BRIDGE, 0x3e, 2, 0x0004);
  expect(bases.io).toBeUndefined();
});

test('pins go to the bridge’s slot, turned by the number of the card’s, two on one as a wired OR', () => {
  const { bridge, card, pins } = board();
  const other = new PciFunction('other', { vendorId: 0x1234, deviceId: 2, revision: 0, classCode: 0x020000, interruptPin: 1 });
  bridge.add(7, 0, other);
  card.setInterrupt(true);
  other.setInterrupt(true);
  card.setInterrupt(false);
  other.setInterrupt(false);
  expect(pins).toEqual(['18.3=true', '18.3=true', '18.3=true', '18.3=false']);
});

test('a reset of the secondary bus clears the configuration behind it', () => {
  const { config, bases, firmware } = board();
  firmware();
  config.writeConfig(BRIDGE, 0x3e, 2, 0x0040);
  expect([config.readConfig(CARD, 0x04, 2), bases.memory]).toEqual([0, undefined]);
});

test('a snapshot has windows and pins', () => {
  const first = board();
  const second = board();
  first.firmware();
  first.card.setInterrupt(true);
  Object.assign(second.bridge.state, structuredClone(first.bridge.state));
  Object.assign(second.card.state, structuredClone(first.card.state));
  second.bridge.restored();
  second.card.restored();
  expect([second.bases, second.bridge.state.asserted]).toEqual([{ io: 0xd000, memory: 0xfea0_0000 }, [12]]);
});
