import { join } from 'node:path';
import type { Plan } from '../../plan/types';
import { planSpecFile } from '../../run/plan-spec-file';
import { REAL_GUESTS } from './guests';
import { lastLandmark } from './landmark';
import { qemuArguments } from './qemu-arguments';

const ROOT = join(__dirname, '..', '..', '..');

function planOf(spec: string): Plan {
  const planned = planSpecFile(join(ROOT, 'specs', `${spec}.yaml`), { root: ROOT });
  if (!planned.ok) throw new Error(planned.diagnostics.map(({ what }) => what).join('; '));
  return planned.plan;
}

test('a plan is a command line of QEMU: machine, memory, firmware, disks', () => {
  const { guest } = planOf('reference/pc');
  expect(qemuArguments(guest, { bios: '/f/bios', hda: '/f/hda' })?.join(' ')).toBe(
    '-accel tcg -machine pc -cpu max,smap=off -m 64M -smp 1 -vga std -boot order=c -bios /f/bios ' +
      '-drive if=ide,index=0,format=raw,file=/f/hda,snapshot=on -display none -nodefaults -no-user-config',
  );
});

test('a kernel is entered without the firmware of the spec; flash chips, CDs and cards have their places', () => {
  const { guest } = planOf('reference/pc');
  const kernel = { image: guest.firmware.bios!, span: planOf('reference/pc').milestones[0]!.span, cmdline: 'console=ttyS0' };
  expect(qemuArguments({ ...guest, kernel }, { bios: '/f/bios', kernel: '/f/kernel', ramdisk: '/f/ramdisk' })?.join(' ')).toContain(
    '-kernel /f/kernel -append console=ttyS0 -initrd /f/ramdisk',
  );
  const modules = [{ file: guest.firmware.bios!, cmdline: 'vmlinuz a=1,2 b' }];
  expect(qemuArguments({ ...guest, kernel: { ...kernel, modules } }, { kernel: '/k', module0: '/m', ramdisk: '/r' })?.join(' ')).toContain(
    '-kernel /k -append console=ttyS0 -initrd /m a=1,,2 b,/r',
  );
  const flash = { ...guest.firmware, flash: {} };
  const networks = [
    { model: 'e1000', mac: '52:54:00:12:34:56', link: true },
    { model: 'virtio-modern', mac: '52:54:00:12:34:57', link: true },
  ] as const;
  const cdroms = { hdc: guest.disks.hda! };
  expect(qemuArguments({ ...guest, firmware: flash, networks, cdroms }, { bios: '/f/code', vars: '/f/vars', hdc: '/f/cd' })).toEqual(
    expect.arrayContaining([
      'if=pflash,unit=0,format=raw,file=/f/code,readonly=on',
      'if=pflash,unit=1,format=raw,file=/f/vars,snapshot=on',
      'if=ide,index=2,format=raw,file=/f/cd,media=cdrom,readonly=on',
      'e1000,netdev=net0,mac=52:54:00:12:34:56,romfile=',
      'virtio-net-pci,disable-legacy=on,netdev=net1,mac=52:54:00:12:34:57,romfile=',
    ]),
  );
});

test('QEMU has no Xen guest without a Xen below it', () => {
  expect(qemuArguments(planOf('reference/xen').guest, {})).toBeUndefined();
});

test('the clocks stop at the last text of a spec', () => {
  const { milestones } = planOf('reference/pc');
  expect(lastLandmark(milestones)).toMatchObject({ source: 'serial', text: /MBR reached/ });
  expect(lastLandmark(milestones.filter(({ key }) => key === 'post'))).toBeUndefined();
});

test('every real guest is named once', () => {
  expect(new Set(REAL_GUESTS.map(([name]) => name)).size).toBe(REAL_GUESTS.length);
});
