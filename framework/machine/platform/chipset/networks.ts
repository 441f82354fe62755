import type { MessageSink } from '../../bus/message-signalled';
import { E1000 } from '../../devices/e1000/e1000';
import { E1000_DEVICE_ID, E1000Function } from '../../devices/pci/e1000-function';
import { MsixTable } from '../../devices/pci/msix';
import type { PciFunction } from '../../devices/pci/pci-function';
import { VIRTIO_NET, VIRTIO_NET_MODERN, VirtioFunction, type VirtioKind } from '../../devices/pci/virtio-function';
import { VirtioNet } from '../../devices/virtio/net';
import { VirtioTransport } from '../../devices/virtio/transport';
import type { MachineConfig, NetworkConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';
import { QEMU_SUBSYSTEM, type PciSlots } from './pci-chips';
import { RomPages } from './rom-pages';

interface Card {
  readonly name: string;
  readonly mac: readonly number[];
  readonly link: boolean;
  readonly rom: Uint8Array | undefined;
  readonly mapRom?: (base: number | undefined) => void;
  readonly irq: { set(level: boolean): void };
  readonly message: MessageSink;
}

/** Network cards in slots from `firstDevice` on. `romPages`: the platform shows their ROMs as memory. */
export function plugNetworks(
  host: ChipsetHost,
  slots: PciSlots,
  networks: MachineConfig['networks'],
  options: { readonly firstDevice: number; readonly romPages: boolean; readonly message: MessageSink },
): void {
  for (const [index, { model, mac, link, rom }] of (networks ?? []).entries()) {
    const name = `net${index}`;
    const functions: PciFunction[] = [];
    const pages = rom && options.romPages ? host.register(new RomPages(`${name}-rom`, rom, host.memory)) : undefined;
    const card: Card = {
      name,
      mac: mac.split(':').map((byte) => parseInt(byte, 16)),
      link,
      rom,
      ...(pages && { mapRom: pages.moveTo }),
      irq: { set: (level) => functions[0]?.setInterrupt(level) },
      message: options.message,
    };
    const pciFunction = CARDS[model](host, card);
    functions.push(pciFunction);
    slots.add(options.firstDevice + index, 0, pciFunction);
  }
}

const CARDS: Readonly<Record<NetworkConfig['model'], (host: ChipsetHost, card: Card) => PciFunction>> = {
  e1000: (host, { name, mac, link, rom, mapRom, irq }) => {
    const { memory, clock, trace, bus } = host;
    const identity = { mac, deviceId: E1000_DEVICE_ID, subsystem: QEMU_SUBSYSTEM };
    const card = host.register(new E1000({ name, memory, clock, trace, irq, link, ...identity }));
    return host.register(
      new E1000Function({
        name,
        bus,
        registers: card,
        ports: card.ports,
        rom,
        ...(mapRom && { mapRom }),
        subsystem: QEMU_SUBSYSTEM,
      }),
    );
  },
  virtio: (host, card) => virtioCard(host, card, VIRTIO_NET),
  'virtio-modern': (host, card) => virtioCard(host, card, VIRTIO_NET_MODERN),
};

function virtioCard(host: ChipsetHost, { name, mac, link, rom, mapRom, irq, message }: Card, kind: VirtioKind): PciFunction {
  const { memory, clock, trace, bus } = host;
  const device = new VirtioNet({ name, mac, link, memory, trace });
  const messages = host.register(new MsixTable({ name: `${name}-msix`, vectors: device.queues + 1, send: message }));
  const parts = host.register(new VirtioTransport({ name, clock, memory, device, irq, messages }));
  return host.register(new VirtioFunction({ name: `${name}-pci`, bus, kind, parts, msix: messages, rom, ...(mapRom && { mapRom }) }));
}
