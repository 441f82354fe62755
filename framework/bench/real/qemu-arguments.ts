import type { GuestPlan, KernelPlan } from '../../plan/types';

/** Where the bytes of a guest lie as files: `bios`, `vars`, `kernel`, `ramdisk`, `hda`, `vda`, `fda`, … */
export type GuestFiles = Readonly<Record<string, string>>;

const IDE_POSITIONS = ['hda', 'hdb', 'hdc', 'hdd'];
const VIRTIO_POSITIONS = ['vda', 'vdb'];
const FLOPPY_POSITIONS = ['fda', 'fdb'];
const NETWORK_MODELS = { e1000: 'e1000', virtio: 'virtio-net-pci', 'virtio-modern': 'virtio-net-pci,disable-legacy=on' } as const;
/** Only `intel` has SMAP here. */
const WITHOUT_SMAP = 'max,smap=off';
const CPU = {
  'x86-64': 'qemu64',
  'x86-64-v2': WITHOUT_SMAP,
  'x86-64-v2-xsave': WITHOUT_SMAP,
  amd: WITHOUT_SMAP,
  intel: 'max',
} as const;
const VGA = { stdvga: 'std', cirrus: 'cirrus', none: 'none' } as const;

/** The same machine as QEMU's command line has it; undefined when QEMU has no such machine. */
export function qemuArguments(guest: GuestPlan, files: GuestFiles): string[] | undefined {
  if (guest.platform !== 'pc' && guest.platform !== 'q35') return undefined;
  return [
    ...['-accel', 'tcg', '-machine', guest.platform, '-cpu', CPU[guest.cpu]],
    ...['-m', `${guest.memoryBytes / 2 ** 20}M`, '-smp', String(guest.vcpus), '-vga', VGA[guest.vga], '-boot', `order=${guest.boot}`],
    ...(guest.kernel ? kernelArguments(guest.kernel, files) : firmwareArguments(guest, files)),
    ...IDE_POSITIONS.flatMap((position, index) => drive(files[position], `if=ide,index=${index}`, position in guest.cdroms)),
    ...VIRTIO_POSITIONS.flatMap((position) => drive(files[position], 'if=virtio')),
    ...FLOPPY_POSITIONS.flatMap((position, index) => drive(files[position], `if=floppy,index=${index}`)),
    ...networkArguments(guest.networks, files),
    ...['-display', 'none', '-nodefaults', '-no-user-config'],
  ];
}

function firmwareArguments({ firmware }: GuestPlan, files: GuestFiles): string[] {
  if (!firmware.flash) return ['-bios', files['bios'] ?? ''];
  const vars = files['vars'];
  const flash = (unit: number, file: string, rest: string): string[] => ['-drive', `if=pflash,unit=${unit},format=raw,file=${file}${rest}`];
  return [...flash(0, files['bios'] ?? '', ',readonly=on'), ...(vars === undefined ? [] : flash(1, vars, ',snapshot=on'))];
}

/** QEMU enters a kernel by its own firmware and option ROMs. Modules and the RAM disk are a list; the kernel reads their names as first words. */
function kernelArguments({ cmdline, modules = [] }: KernelPlan, files: GuestFiles): string[] {
  const ramdisk = files['ramdisk'];
  const lines = modules.map((module, index) => `${files[`module${index}`] ?? ''} ${module.cmdline.split(' ').slice(1).join(' ')}`);
  const list = [...lines, ...(ramdisk === undefined ? [] : [ramdisk])].map((line) => line.replaceAll(',', ',,'));
  return ['-kernel', files['kernel'] ?? '', '-append', cmdline, ...(list.length === 0 ? [] : ['-initrd', list.join(',')])];
}

function drive(file: string | undefined, where: string, isCd = false): string[] {
  if (file === undefined) return [];
  return ['-drive', `${where},format=raw,file=${file},${isCd ? 'media=cdrom,readonly=on' : 'snapshot=on'}`];
}

/** Cards on a hub that leads nowhere. */
function networkArguments(networks: GuestPlan['networks'], files: GuestFiles): string[] {
  return networks.flatMap(({ model, mac }, index) => {
    const rom = files[`rom${index}`];
    return [
      ...['-netdev', `hubport,id=net${index},hubid=${index}`],
      ...['-device', `${NETWORK_MODELS[model]},netdev=net${index},mac=${mac},romfile=${rom ?? ''}`],
    ];
  });
}
