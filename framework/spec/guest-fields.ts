import { quote } from '../quantities/integer';
import { bad, good, type Parsed } from '../quantities/parsed';
import { GIB, MIB, type Bytes } from '../quantities/units';
import { formatBytes, parseBytes } from '../quantities/bytes';
import { optional, required, type FieldType } from './fields/field';
import { BOOT_ORDER, MAC_ADDRESS, RTC_DATE, UUID_TEXT } from './fields/guest-scalars';
import { line, SIZE, SWITCH, unsigned, word } from './fields/scalars';

/** hvm_info's vCPU bitmap has 128 bits. */
const MAX_VCPUS = 128;
/** Linux takes 2047 bytes; others may take more. */
const MAX_COMMAND_LINE = 4095;
const MIN_MEMORY = 2 * MIB;
const MAX_MEMORY = 64 * GIB;
const MACHINES = ['xen-hvm', 'xen-pvh', 'pc', 'q35'] as const;
export const LATER_MACHINES = ['microvm'];

/** Guest memory: whole pages between 2 MiB and 64 GiB. */
export const MEMORY_SIZE: FieldType<Bytes> = {
  ...SIZE,
  parse: (text) => {
    const parsed = parseBytes(text);
    if (!parsed.ok) return parsed;
    if (parsed.value < MIN_MEMORY || parsed.value > MAX_MEMORY) {
      return bad(`a guest may have ${formatBytes(MIN_MEMORY)} to ${formatBytes(MAX_MEMORY)} of memory, not ${text.trim()}`);
    }
    return parsed.value % MIB === 0 ? parsed : bad(`${text.trim()} is not a whole number of MiB`);
  },
};

export const VCPUS: FieldType<number> = {
  ...unsigned(MAX_VCPUS, ['1', '4']),
  expected: `a number of vCPUs, 1 to ${MAX_VCPUS}`,
  parse: (text) => {
    const count = /^[0-9]{1,3}$/.test(text.trim()) ? Number(text) : 0;
    return count >= 1 && count <= MAX_VCPUS ? good(count) : bad(`${quote(text)} is no number of vCPUs`, `write 1 to ${MAX_VCPUS}`);
  },
};

const MAX_UARTS = 4;

function uartCount(text: string): Parsed<number> {
  const count = /^[1-4]$/.test(text.trim()) ? Number(text) : 0;
  return count > 0 ? good(count) : bad(`${quote(text)} is no number of UARTs`, `write 1 to ${MAX_UARTS}`);
}

/** Models of machine/platform/cpu-model.ts. */
export const CPU_NAMES = ['x86-64', 'x86-64-v2', 'x86-64-v2-xsave', 'intel', 'amd'] as const;
const CPU = word(CPU_NAMES);
const MAX_SEED = 2 ** 32 - 1;
export const HARD_DISK_TYPE = word(['ide', 'ahci']);
const VGA = word(['stdvga', 'cirrus', 'none']);
export const SOURCE = line('a name from a manifest, or a path (with a slash) relative to the spec', ['mbr-hello', './disk.img'], 4096);

/** The scalar keys of `guest`. */
export const GUEST_FIELDS = {
  machine: required(
    word(MACHINES),
    'xen-hvm: an HVM guest of Xen 4.17; xen-pvh: a PVH guest, a kernel without firmware and emulated devices; pc: i440FX and PIIX3, as bare firmware finds them; q35: MCH and ICH9, disks on AHCI ports',
  ),
  memory: optional(MEMORY_SIZE, 'RAM (128MiB when absent); on xen-hvm the adapter’s video memory is taken from it'),
  vcpus: optional(VCPUS, 'number of vCPUs (1 when absent)'),
  cpu: optional(
    CPU,
    'CPU model: x86-64; with SSE3 to SSE4.2, AES-NI and POPCNT x86-64-v2; with XSAVE too x86-64-v2-xsave; intel, with MONITOR, x2APIC mode and the TSC-deadline timer besides; amd, AMD’s, not under Xen (x86-64-v2 when absent)',
  ),
  rdrand: optional(
    { ...unsigned(MAX_SEED, ['1', '20240101']), expected: 'a seed, 0 to 4294967295' },
    'the CPU has RDRAND, whose numbers follow from this seed (absent: it has not)',
  ),
  uarts: optional(
    { ...unsigned(MAX_UARTS, ['2']), expected: `a number of UARTs, 1 to ${MAX_UARTS}`, parse: uartCount },
    'pc, q35: UARTs at the places of COM1, COM2, COM3 and COM4, so many of them (1 when absent: COM1)',
  ),
  printer: optional(SWITCH, 'pc, q35: a printer on the parallel port LPT1 (off when absent)'),
  'pci-bridge': optional(SWITCH, 'pc, q35: the network cards and virtio disks are behind a PCI-to-PCI bridge (off when absent)'),
  acpi: optional(SWITCH, 'ACPI tables (on when absent)'),
  apic: optional(SWITCH, 'local and I/O APIC described to the guest (on when absent)'),
  vga: optional(VGA, 'graphics adapter (stdvga when absent)'),
  boot: optional(BOOT_ORDER, 'boot order, as xl’s (c when absent)'),
  uuid: optional(UUID_TEXT, 'UUID of the guest (fixed when absent)'),
  rtc: optional(RTC_DATE, 'the date at which the guest’s clock starts (fixed when absent)'),
  hdtype: optional(HARD_DISK_TYPE, 'xen-hvm: the controller of the hard disks, as xl’s (ide when absent)'),
  cdrom: optional(SOURCE, 'image in the CD-ROM drive hdc; none: the drive is there, and empty', './boot.iso'),
  floppy: optional(
    SOURCE,
    'image in the diskette drive fda, 160 KiB to 2.88 MiB; its size says which drive it is; a file may be just the beginning of one',
    './floppy.img',
  ),
  ramdisk: optional(SOURCE, 'with kernel: the initial RAM disk (multiboot: the last module)', './initrd.img'),
  cmdline: optional(line('a kernel command line', ['console=ttyS0'], MAX_COMMAND_LINE), 'with kernel: its command line'),
} as const;

/** How a kernel is entered; see loaders/. */
export const KERNEL_ENTRIES = ['linux16', 'linux32', 'linux64', 'pvh', 'multiboot', 'multiboot2'] as const;

/** A file that a multiboot kernel finds in memory. */
export const MODULE_FIELDS = {
  image: required(SOURCE, 'a kernel, a RAM disk or another file', './dom0'),
  cmdline: optional(line('a command line', ['console=hvc0'], MAX_COMMAND_LINE), 'its own command line'),
} as const;

export const KERNEL_FIELDS = {
  image: required(SOURCE, 'the kernel: a bzImage or an ELF file', './bzImage'),
  entry: optional(
    word(KERNEL_ENTRIES),
    'how it is entered. linux16: firmware runs, and starts it from fw_cfg by the option ROM linuxboot (the only entry on xen-hvm and q35, and their default). The others: at once, without firmware, on pc; pvh on xen-pvh; absent: what its format is for',
  ),
} as const;

export const FIRMWARE_FIELDS = {
  loader: optional(SOURCE, 'xen-hvm: the hvmloader ELF', 'hvmloader-4.17'),
  bios: optional(SOURCE, 'the BIOS image', './out/bios.bin'),
  code: optional(SOURCE, 'pc, q35: instead of bios, an image in a write-protected flash chip that ends at 4 GiB', './OVMF_CODE.fd'),
  vars: optional(
    SOURCE,
    'with code: UEFI variable store in a second flash chip, below the code; the file is copied, never written',
    './OVMF_VARS.fd',
  ),
  vgarom: optional(SOURCE, 'the adapter’s option ROM, or `none`', './out/vgabios.bin'),
} as const;

export const DISK_FIELDS = {
  hda: optional(SOURCE, 'primary master'),
  hdb: optional(SOURCE, 'primary slave'),
  hdc: optional(SOURCE, 'secondary master'),
  hdd: optional(SOURCE, 'secondary slave', './disk.img'),
  vda: optional(SOURCE, 'virtio block device on PCI (pc, q35)'),
  vdb: optional(SOURCE, 'another'),
} as const;

/** A network card. */
export const NETWORK_FIELDS = {
  model: required(
    word(['e1000', 'virtio', 'virtio-modern']),
    'e1000: Intel 82540EM; virtio: transitional, 1af4:1000; virtio-modern: 1af4:1041',
  ),
  mac: optional(MAC_ADDRESS, 'its address (fixed when absent)'),
  link: optional(
    word(['up', 'down']),
    'up: something is at the other end of the cable, but never says anything; down: nothing is (up when absent)',
  ),
  rom: optional(SOURCE, 'the card’s option ROM (none when absent)', 'ipxe-e1000'),
} as const;

/** Keys of `guest` that a later version brings. */
export const LATER_GUEST_KEYS = ['serial'];
