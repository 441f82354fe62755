import { E1000 } from '../../devices/e1000/e1000';
import type { PciConfigMechanism } from '../../devices/pci/config-mechanism';
import { E1000_DEVICE_ID, E1000Function } from '../../devices/pci/e1000-function';
import type { MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';
import { QEMU_SUBSYSTEM } from './pci-chips';
import { RomPages } from './rom-pages';

/** Network cards in slots from `firstDevice` on. `romPages`: the platform shows their ROMs as memory. */
export function plugNetworks(
  host: ChipsetHost,
  config: PciConfigMechanism,
  networks: MachineConfig['networks'],
  options: { readonly firstDevice: number; readonly romPages: boolean },
): void {
  for (const [index, { mac, link, rom }] of (networks ?? []).entries()) {
    const name = `net${index}`;
    const functions: E1000Function[] = [];
    const card = host.register(
      new E1000({
        name,
        memory: host.memory,
        clock: host.clock,
        trace: host.trace,
        irq: { set: (level) => functions[0]?.setInterrupt(level) },
        link,
        mac: mac.split(':').map((byte) => parseInt(byte, 16)),
        deviceId: E1000_DEVICE_ID,
        subsystem: QEMU_SUBSYSTEM,
      }),
    );
    const pages = rom && options.romPages ? host.register(new RomPages(`${name}-rom`, rom, host.memory)) : undefined;
    const pciFunction = host.register(
      new E1000Function({
        name,
        bus: host.bus,
        registers: card,
        ports: card.ports,
        rom,
        ...(pages && { mapRom: pages.moveTo }),
        subsystem: QEMU_SUBSYSTEM,
      }),
    );
    functions.push(pciFunction);
    config.add(options.firstDevice + index, 0, pciFunction);
  }
}
