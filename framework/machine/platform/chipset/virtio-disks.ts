import type { MessageSink } from '../../bus/message-signalled';
import { DiskOverlay } from '../../devices/disk/overlay';
import { MsixTable } from '../../devices/pci/msix';
import { VIRTIO_BLK, VirtioFunction } from '../../devices/pci/virtio-function';
import { VirtioBlock } from '../../devices/virtio/block';
import { VirtioTransport } from '../../devices/virtio/transport';
import type { MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';
import type { PciSlots } from './pci-chips';

/** Slots of the disks, far behind those of the boards' own chips and of network cards. */
const SLOTS = { vda: 16, vdb: 17 } as const;

/** Plugs in the virtio block devices that a machine's configuration names. */
export function plugVirtioDisks(
  host: ChipsetHost,
  slots: PciSlots,
  { virtioDisks }: Pick<MachineConfig, 'virtioDisks'>,
  message: MessageSink,
): void {
  for (const name of ['vda', 'vdb'] as const) {
    const source = virtioDisks?.[name];
    if (!source) continue;
    const { memory, trace, clock, bus } = host;
    const disk = host.register(new DiskOverlay(name, source));
    const interrupt: { set(level: boolean): void }[] = [];
    const device = new VirtioBlock(disk, memory, trace);
    const messages = host.register(new MsixTable({ name: `virtio-msix-${name}`, vectors: device.queues + 1, send: message }));
    const transport = host.register(
      new VirtioTransport({
        name: `virtio-${name}`,
        clock,
        memory,
        device,
        messages,
        irq: { set: (level) => interrupt[0]?.set(level) },
      }),
    );
    const pciFunction = host.register(
      new VirtioFunction({ name: `virtio-pci-${name}`, bus, kind: VIRTIO_BLK, parts: transport, msix: messages }),
    );
    interrupt.push({ set: (level) => pciFunction.setInterrupt(level) });
    slots.add(SLOTS[name], 0, pciFunction);
  }
}
