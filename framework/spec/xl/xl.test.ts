import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceText } from '../../diagnostics/source-text';
import { renderDiagnostics } from '../../diagnostics/render';
import type { GuestSpec } from '../types';
import { parseXlDisk } from './disk';
import { parseXl } from './parse';
import { guestFromXl } from './to-guest';

function guest(text: string): GuestSpec | string {
  const source = new SourceText('guest.cfg', text);
  const settings = parseXl(source);
  if (!Array.isArray(settings)) return 'code' in settings ? settings.what : '';
  const read = guestFromXl(settings, source.span(0, 1));
  return 'machine' in read ? read : renderDiagnostics(read);
}

test('a usual HVM guest', () => {
  const read = guest(`# comment
type = "hvm"; name = 'web\\x31'
memory = 0x100   # MiB
maxmem = 256
vcpus=4
bios = "seabios"
vga = "stdvga"
videoram = 16
boot = "dc"
acpi = 1
uuid = "5D4D6C35-5b29-4a7c-953e-a834623515cd"
disk = [ 'file:/images/a.img,hda,w',
         'format=raw, vdev=hdc, access=ro, devtype=cdrom, target=cd,1.iso', ]
disk += [ "b.img,raw,xvdb,rw" ]
vif = [ 'mac=00:16:3E:01:02:03,type=ioemu,model=e1000,bridge=xenbr0' ]
on_poweroff = "destroy"
`);
  expect(read).toMatchObject({
    name: { value: 'web1' },
    memory: { value: 256 * 2 ** 20 },
    vcpus: { value: 4 },
    boot: { value: 'dc' },
    acpi: { value: true },
    vga: { value: 'stdvga' },
    uuid: { value: '5d4d6c35-5b29-4a7c-953e-a834623515cd' },
    disks: { hda: { value: '/images/a.img', span: { line: 12 } }, hdb: { value: './b.img' } },
    networks: [{ model: { value: 'e1000' }, mac: { value: '00:16:3e:01:02:03' }, rom: { value: 'ipxe-e1000-efi' } }],
    cdroms: { hdc: { value: './cd,1.iso' } },
  });
});

test('xl gives a guest the Cirrus adapter when it is not told', () =>
  expect(guest('type="hvm"')).toMatchObject({ vga: { value: 'cirrus' } }));

test('hard disks on an AHCI controller', () =>
  expect(guest('type="hvm"\nhdtype = "ahci"\ndisk = [ "a.img,raw,hda" ]')).toMatchObject({ hdtype: { value: 'ahci' } }));

test('OVMF and files given by hand', () => {
  expect(guest('builder = "hvm"\nbios = "ovmf"')).toMatchObject({ firmware: { bios: { value: 'ovmf-2022.11' } } });
  expect(guest('type = "hvm"\nfirmware_override = "/x/hvmloader"\nbios_path_override = "bios.bin"')).toMatchObject({
    firmware: { loader: { value: '/x/hvmloader' }, bios: { value: './bios.bin' } },
  });
});

test('a PVH guest has a kernel and no adapter', () => {
  const read = guest('type = "pvh"\nmemory = 64\nkernel = "vmlinux"\ncmdline = "console=hvc0"');
  expect(read).toMatchObject({
    machine: { value: 'xen-pvh' },
    kernel: { image: { value: './vmlinux' } },
    cmdline: { value: 'console=hvc0' },
  });
  expect(read).not.toHaveProperty('vga');
});

test('a kernel that firmware starts, with what xl makes of its command line', () => {
  expect(guest('type = "hvm"\nkernel = "/boot/vmlinuz"\nramdisk = "initrd"\nroot = "/dev/xvda1"\nextra = "ro quiet"')).toMatchObject({
    kernel: { image: { value: '/boot/vmlinuz' } },
    ramdisk: { value: './initrd' },
    cmdline: { value: 'root=/dev/xvda1 ro quiet' },
  });
  expect(guest('type = "hvm"\nkernel = "k"\ncmdline = "one"\nextra = "two"')).toMatchObject({ cmdline: { value: 'one' } });
  expect(guest('type = "hvm"\nkernel = "/usr/lib/xen/boot/hvmloader"')).not.toHaveProperty('kernel');
  expect(guest('type = "hvm"\nextra = "quiet"')).toMatch(/there is none/);
});

test.each([
  ['type = "pv"', 'a guest of type "pv" is not modelled'],
  ['type = "hvm"\nmemory = 128\nmaxmem = 256', 'populated on demand'],
  ['type = "hvm"\nmemory = "much"', 'is not a size'],
  ['type = "hvm"\nvideoram = 64', 'videoram = 64 is not modelled'],
  ['type = "hvm"\ndisk = [ "a.img,raw,sda" ]', 'vdev sda is not supported'],
  ['type = "hvm"\ndisk = [ "a.img,raw,hda", "b.img,raw,hda" ]', 'there are two disks hda'],
  ['type = "hvm"\nhdtype = "scsi"', 'scsi'],
  ['type = "hvm"\nvif = [ "" ]', 'the model rtl8139, which is xl’s default, is not modelled; write model=e1000'],
  ['type = "hvm"\nvif = [ "model=e1000,type=vif" ]', 'a card without emulation is not modelled'],
  ['type = "hvm"\nvif = [ "model=e1000,mac=01:00:00:00:00:00" ]', 'is the address of a group'],
  ['type = "hvm"\nvif = [ "model=e1000,speed=9" ]', 'xl has no setting "speed" for it'],
  ['type = "hvm"\nhpet = 0', 'hpet = 0 is not modelled'],
  ['type = "hvm', 'not closed'],
  ['type = [ "hvm"', 'instead of , or ]'],
  ['type = "hvm" name = "x"', 'instead of the end of the line'],
  ['= 1', 'instead of the name of a setting'],
  [`a = ${'['.repeat(100)}`, 'instead of a value'],
])('refused: %s', (text, what) => expect(guest(text)).toEqual(expect.stringContaining(what)));

test.each([
  ['/dev/vg/guest,,hda', { position: 'hda', target: '/dev/vg/guest', isCdrom: false }],
  ['phy:/dev/vg/guest,hdb,w', { position: 'hdb', target: '/dev/vg/guest', isCdrom: false }],
  ['file:/cd.iso,hdc:cdrom,r', { position: 'hdc', target: '/cd.iso', isCdrom: true }],
  [',,hdc,cdrom', { position: 'hdc', target: '', isCdrom: true }],
  ['vdev=hdc, access=ro, devtype=cdrom', { position: 'hdc', target: '', isCdrom: true }],
  ['vdev=hdd,cdrom,target=/a=b.iso', { position: 'hdd', target: '/a=b.iso', isCdrom: true }],
])('disk %s', (text, disk) => expect(parseXlDisk(text)).toEqual(disk));

const GOLDEN = join(__dirname, '..', '..', '..', '..', 'shared', 'golden', 'hvm1', 'xl.cfg');
const hasGolden = existsSync(GOLDEN);

(hasGolden ? test : test.skip)(`the golden run's xl.cfg${hasGolden ? '' : ' (skipped: ../shared is not here)'}`, () => {
  expect(guest(readFileSync(GOLDEN, 'utf8'))).toMatchObject({
    name: { value: 'hvm1' },
    memory: { value: 128 * 2 ** 20 },
    vga: { value: 'stdvga' },
    disks: { hda: { value: './mbr.img' } },
  });
});
