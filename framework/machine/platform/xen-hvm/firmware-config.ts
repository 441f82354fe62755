/** fw_cfg as qemu-xen has it: only with `kernel=`, and without DMA (QEMU 7.2, hw/i386/pc.c: xen_load_linux). */
import type { FwCfgContents } from '../../devices/fw-cfg/fw-cfg';
import type { FirmwareKernel } from '../../loaders/kernel/firmware-kernel';
import type { MachineConfig } from '../../types';

const KEY = { UUID: 0x02, NO_GRAPHIC: 0x04, CPU_COUNT: 0x05, BOOT_MENU: 0x0e } as const;

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

export function xenFirmwareConfig({ uuid, vcpus }: MachineConfig, kernel: FirmwareKernel): FwCfgContents {
  const digits = uuid.replaceAll('-', '');
  return {
    hasDma: false,
    items: new Map([
      [KEY.UUID, Uint8Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))],
      [KEY.NO_GRAPHIC, u16(0)],
      [KEY.CPU_COUNT, u16(vcpus)],
      [KEY.BOOT_MENU, u16(0)],
      ...kernel.items,
    ]),
    files: kernel.files,
  };
}
