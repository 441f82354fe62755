import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { renderDiagnostics } from '../diagnostics/render';
import { nodeFiles } from '../run/node-files';
import { readSpec } from '../spec/read-spec';
import type { FileAccess } from './file-access';
import { loadGuest, LoadError } from './load';
import { makePlan } from './make-plan';
import type { Plan } from './types';

type Contents = Readonly<Record<string, string | Uint8Array>>;

function memoryFiles(contents: Contents): FileAccess {
  const bytesOf = (path: string): Uint8Array | undefined => {
    const content = contents[path];
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  const read = (path: string): Uint8Array => {
    const bytes = bytesOf(path);
    if (!bytes) throw new Error(`no ${path}`);
    return bytes;
  };
  return {
    size: (path) => bytesOf(path)?.length,
    read: (path, offset, length) => read(path).slice(offset, offset + length),
    sha256: (path) => createHash('sha256').update(read(path)).digest('hex'),
    list: (path) => [
      ...new Set(
        Object.keys(contents)
          .filter((name) => name.startsWith(`${path}/`))
          .map((name) => name.slice(path.length + 1).split('/')[0] ?? ''),
      ),
    ],
  };
}

const LOADER = 'an ELF';
const BIOS = new Uint8Array(262144).fill(0x90);
const sha = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const manifest = (name: string, kind: string, content: string | Uint8Array, extra: object = {}): string =>
  JSON.stringify({
    description: name,
    licence: 'MIT',
    images: [{ name, kind, file: 'image', known: [{ version: '1', sha256: sha(content), sizeBytes: content.length }], ...extra }],
  });

const PROJECT: Contents = {
  '/p/firmware/hvmloader/manifest.json': manifest('hvmloader-4.17', 'loader', LOADER),
  '/p/firmware/cache/hvmloader-4.17/image': LOADER,
  '/p/firmware/seabios/manifest.json': manifest('seabios-1.16.2', 'bios', BIOS, { installed: ['/usr/bios.bin'] }),
  '/usr/bios.bin': BIOS,
  '/p/firmware/vga/manifest.json': manifest('vgabios-stdvga', 'vgarom', 'rom'),
  '/p/firmware/cache/vgabios-stdvga/image': 'rom',
  '/p/firmware/own/manifest.json': JSON.stringify({
    description: 'ours',
    licence: 'MIT',
    images: [{ name: 'own-bios', kind: 'bios', file: 'bin/own.bin', committed: true, ownVideo: true }],
  }),
  '/p/firmware/own/bin/own.bin': 'our BIOS',
  '/p/disk-images/blank/recipe.yaml': 'description: blank\nsize: 1MiB\n',
  '/p/specs/disk.img': new Uint8Array(1024),
  '/p/specs/odd.img': new Uint8Array(1000),
};

function plan(guest: string, contents: Contents = PROJECT, extra = ''): Plan | string {
  const text = `version: 1\nname: x\n${guest}\n${extra}milestones: [ halted ]\n`;
  const files = memoryFiles(contents);
  const spec = readSpec(text, '/p/specs/a.yaml', (path) => {
    const full = join('/p/specs', path);
    return files.size(full) === undefined ? undefined : { path: full, text: new TextDecoder().decode(files.read(full, 0, 1e6)) };
  });
  if (!spec.ok) return renderDiagnostics(spec.diagnostics);
  const planned = makePlan(spec.spec, text, { files, roots: ['/p'] });
  return planned.ok ? planned.plan : renderDiagnostics(planned.diagnostics);
}

test('what a spec leaves out has a fixed default', () => {
  expect(plan('guest: { machine: xen-hvm }')).toMatchObject({
    guest: {
      platform: 'xen-hvm',
      memoryBytes: 128 * 2 ** 20,
      vcpus: 1,
      vga: 'stdvga',
      acpi: true,
      apic: true,
      boot: 'c',
      tscKhz: 2_600_000,
      domid: 1,
      firmware: {
        loader: { path: '/p/firmware/cache/hvmloader-4.17/image', sha256: sha(LOADER) },
        bios: { name: 'seabios-1.16.2', path: '/usr/bios.bin', sizeBytes: 262144 },
        biosKind: 'seabios',
        vgaRom: { name: 'vgabios-stdvga' },
      },
      disks: {},
    },
    budget: { instructions: 2e9, ns: 600e9, declared: undefined },
  });
});

test('pc has no loader; a BIOS with its own video gets no option ROM', () => {
  const made = plan('guest: { machine: pc, firmware: { bios: own-bios } }', PROJECT, 'budget: 2s\n') as Plan;
  expect(Object.keys(made.guest.firmware).sort()).toEqual(['bios', 'biosKind']);
  expect(made.budget).toMatchObject({ instructions: 2e9, ns: 2e9 });
});

test('a disk is a recipe, a file beside the spec, or a path', () => {
  const made = plan('guest: { machine: pc, disks: { hda: blank, hdb: disk.img, hdc: ./disk.img } }') as Plan;
  expect(made.guest.disks).toMatchObject({
    hda: { kind: 'recipe', sizeBytes: 2 ** 20 },
    hdb: { kind: 'file', file: { path: '/p/specs/disk.img', sizeBytes: 1024 } },
    hdc: { kind: 'file' },
  });
});

test.each([
  [1000, 1440],
  [1500 * 1024, 2880],
])('a file of %d bytes is the beginning of a diskette of %d KiB', (bytes, kib) => {
  const made = plan('guest: { machine: pc, floppy: ./boot.bin }', {
    ...PROJECT,
    '/p/specs/boot.bin': new Uint8Array(bytes).fill(1),
  }) as Plan;
  expect(made.guest.floppies.fda).toMatchObject({ kind: 'recipe', sizeBytes: kib * 1024, pieces: [{ kind: 'file', offset: 0 }] });
});

test('a diskette with more sectors on its tracks is one all the same', () => {
  const contents = { ...PROJECT, '/p/specs/dmf.img': new Uint8Array(1680 * 1024) };
  expect(plan('guest: { machine: pc, floppy: ./dmf.img }', contents)).toMatchObject({ guest: { floppies: { fda: { kind: 'file' } } } });
});

test('paths in an xl.cfg are relative to it', () => {
  const contents = {
    ...PROJECT,
    '/p/guests/a.cfg': 'type = "hvm"\nvga = "stdvga"\ndisk = [ "disk.img,raw,hda" ]',
    '/p/guests/disk.img': new Uint8Array(512),
  };
  expect(plan('xl: ../guests/a.cfg', contents)).toMatchObject({ guest: { disks: { hda: { file: { path: '/p/guests/disk.img' } } } } });
});

test('a firmware volume is recognised by its header', () => {
  const volume = new Uint8Array(4096);
  volume.set(new TextEncoder().encode('_FVH'), 40);
  expect(plan('guest: { machine: pc, firmware: { bios: ./OVMF.fd } }', { ...PROJECT, '/p/specs/OVMF.fd': volume })).toMatchObject({
    guest: { firmware: { biosKind: 'ovmf' } },
  });
});

const FLASH = {
  ...PROJECT,
  '/p/specs/code.fd': new Uint8Array(0xf8_0000),
  '/p/specs/vars.fd': new Uint8Array(0x2000).fill(0x55),
  '/p/specs/odd.fd': new Uint8Array(0x1800),
  '/p/specs/big.fd': new Uint8Array(0x8_1000),
};

test('code and vars are flash chips, and what the chips are filled with is a copy of the file', () => {
  const made = plan('guest: { machine: pc, firmware: { code: ./code.fd, vars: ./vars.fd, vgarom: none } }', FLASH) as Plan;
  expect(made.guest.firmware).toMatchObject({ bios: { sizeBytes: 0xf8_0000 }, flash: { variables: { path: '/p/specs/vars.fd' } } });
  expect(loadGuest(made.guest, memoryFiles(FLASH)).firmware.flash?.variables).toEqual(FLASH['/p/specs/vars.fd']);
  expect((plan('guest: { machine: q35, firmware: { code: own-bios } }', FLASH) as Plan).guest.firmware.flash).toEqual({});
});

const DISKETTES = { ...PROJECT, '/p/specs/a.img': new Uint8Array(1440 * 1024), '/p/specs/b.img': new Uint8Array(720 * 1024) };
const changes = (...floppies: string[]): string => `input:\n${floppies.map((floppy) => `  - { after: 1s, floppy: ${floppy} }\n`).join('')}`;

test('inputs that name one diskette mean that one, and the guest’s own is the first', () => {
  const made = plan('guest: { machine: pc, floppy: ./a.img }', DISKETTES, changes('./b.img', 'none', './a.img', './b.img')) as Plan;
  expect(made.input.map(({ diskette }) => diskette)).toEqual([1, -1, 0, 1]);
  expect(made.guest.spareDiskettes).toMatchObject([{ kind: 'file', file: { path: '/p/specs/b.img' } }]);
});

test('a CD-ROM drive may begin empty; discs that inputs put in count from there', () => {
  const contents = { ...PROJECT, '/p/specs/one.iso': new Uint8Array(4096), '/p/specs/two.iso': new Uint8Array(2048) };
  const given = (cdrom: string): Plan =>
    plan(
      `guest: { machine: pc, cdrom: ${cdrom} }`,
      contents,
      'input:\n  - { after: 1s, cdrom: ./two.iso }\n  - { after: 1s, cdrom: none }\n  - { after: 1s, cdrom: ./one.iso }\n',
    ) as Plan;
  const empty = given('none');
  expect([empty.guest.cdroms, empty.guest.emptyDrives, empty.input.map(({ disc }) => disc)]).toEqual([{}, ['hdc'], [0, -1, 1]]);
  const full = given('./one.iso');
  expect([full.guest.emptyDrives, full.guest.spareDiscs?.length, full.input.map(({ disc }) => disc)]).toEqual([undefined, 1, [1, -1, 0]]);
  expect(plan('guest: { machine: pc }', contents, 'input: [{ after: 1s, cdrom: none }]\n')).toMatch(/the guest has no CD-ROM drive hdc/);
});

test.each([
  ['floppy: ./b.img', './a.img', /1440KiB does not go into a drive for one of 720KiB/],
  ['disks: { hda: blank }', './a.img', /the guest has no diskette drive/],
  ['floppy: ./b.img', './disk.img', /1440KiB does not go into/],
  ['floppy: ./b.img', './none.img', /file-missing/],
])('a diskette that no drive takes: %s, then %s', (guest, floppy, message) => {
  expect(plan(`guest: { machine: pc, ${guest} }`, DISKETTES, changes(floppy))).toMatch(message);
});

test.each([
  ['xen-hvm, firmware: { code: ./code.fd }', /bad-value.*an HVM guest of Xen has no flash/],
  ['pc, firmware: { code: ./code.fd, bios: own-bios }', /bad-value.*code and bios are two images/],
  ['pc, firmware: { vars: ./vars.fd }', /bad-value.*vars without code/],
  ['pc, firmware: { code: ./code.fd, vars: own-bios }', /own-bios is a bios, not a vars/],
  ['pc, firmware: { code: ./code.fd, vars: ./none.fd }', /file-missing/],
  ['pc, firmware: { code: ./code.fd, vars: ./odd.fd }', /image-bad.*no whole number of flash blocks/],
  ['pc, firmware: { code: ./code.fd, vars: ./big.fd }', /image-bad.*together are larger than 16MiB/],
])('flash that no machine has: %s', (guest, message) => {
  expect(plan(`guest: { machine: ${guest} }`, FLASH)).toMatch(message);
});

const without = (path: string): Contents => Object.fromEntries(Object.entries(PROJECT).filter(([name]) => name !== path));

test.each([
  ['guest: { machine: pc, firmware: { bios: seabois-1.16.2 } }', PROJECT, /firmware-unknown.*\n(.*\n)*.*did you mean seabios-1\.16\.2/],
  ['guest: { machine: pc, firmware: { bios: hvmloader-4.17 } }', PROJECT, /hvmloader-4\.17 is a loader, not a bios/],
  ['guest: { machine: pc, firmware: { loader: hvmloader-4.17 } }', PROJECT, /the machine pc has no loader/],
  ['guest: { machine: pc, firmware: { bios: ./none.bin } }', PROJECT, /file-missing/],
  ['guest: { machine: xen-hvm }', without('/p/firmware/cache/hvmloader-4.17/image'), /firmware-missing(.*\n)*.*milepost firmware add/],
  [
    'guest: { machine: xen-hvm }',
    { ...PROJECT, '/p/firmware/cache/hvmloader-4.17/image': 'patched' },
    new RegExp(`firmware-hash(.*\n)*.*${sha('patched')}(.*\n)*.*${sha(LOADER)}`),
  ],
  ['guest: { machine: pc }', { ...PROJECT, '/usr/bios.bin': 'another version' }, /firmware-missing(.*\n)*.*is another build/],
  ['guest: { machine: pc, firmware: { bios: ./empty } }', { ...PROJECT, '/p/specs/empty': '' }, /image-bad.*is empty/],
  ['guest: { machine: pc, firmware: { bios: ./huge } }', { ...PROJECT, '/p/specs/huge': new Uint8Array(2 ** 24 + 1) }, /larger than 16MiB/],
  [
    'guest: { machine: pc, disks: { hda: odd.img } }',
    PROJECT,
    /1000 bytes, which is not a whole number of sectors(.*\n)*.*truncate -s 1024/,
  ],
  ['guest: { machine: pc, disks: { hda: blnak } }', PROJECT, /did you mean blank/],
  ['guest: { machine: pc, cdrom: disk.img }', PROJECT, /whole number of sectors of 2048/],
  ['guest: { machine: pc, floppy: blank }', PROJECT, /blank has 1MiB, and no diskette has that size(.*\n)*.*160KiB/],
  [
    'guest: { machine: pc, floppy: ./big.img }',
    { ...PROJECT, '/p/specs/big.img': new Uint8Array(3 << 20) },
    /big.img has 3MiB, and no diskette/,
  ],
  ['guest: { machine: pc, hdtype: ahci }', PROJECT, /hdtype is for xen-hvm, not pc/],
  ['guest: { machine: xen-hvm, uarts: 2 }', PROJECT, /xen-hvm has COM1 alone, or none/],
  ['guest: { machine: xen-hvm, pci-bridge: on }', PROJECT, /xen-hvm has no PCI bridge/],
  ['guest: { machine: xen-hvm, printer: on }', PROJECT, /xen-hvm has no parallel port/],
  ['guest: { machine: xen-hvm, cpu: amd }', PROJECT, /not-supported.*Xen runs on Intel hardware here/],
  ['guest: { machine: xen-hvm, memory: 16MiB }', PROJECT, /stdvga takes 16MiB of it/],
])('refused: %s', (guest, contents, message) => expect(plan(guest, contents)).toMatch(message));

test('the same spec gives the same plan', () => {
  const guest = 'guest: { machine: xen-hvm, disks: { hda: blank } }';
  expect(plan(guest)).toEqual(plan(guest));
});

test('a firmware file that changes after planning is not booted', () => {
  const made = plan('guest: { machine: pc }') as Plan;
  expect(() => loadGuest(made.guest, memoryFiles({ ...PROJECT, '/usr/bios.bin': new Uint8Array(262144) }))).toThrow(LoadError);
  expect(loadGuest(made.guest, memoryFiles(PROJECT)).firmware.bios).toEqual(BIOS);
});

const ROOT = join(__dirname, '..', '..');

test.each(['mbr-hello', 'mbr-reads-far', 'mbr-no-signature', 'blank'])('the recipe %s of the repository gives its image', (name) => {
  const text = `version: 1\nname: x\nguest: { machine: pc, firmware: { bios: reference-bios }, disks: { hda: ${name} } }\nmilestones: [ halted ]\n`;
  const spec = readSpec(text, join(ROOT, 'specs', 'a.yaml'), () => undefined);
  if (!spec.ok) throw new Error(renderDiagnostics(spec.diagnostics));
  const planned = makePlan(spec.spec, text, { files: nodeFiles(), roots: [ROOT] });
  if (!planned.ok) throw new Error(renderDiagnostics(planned.diagnostics));
  const disk = loadGuest(planned.plan.guest, nodeFiles()).disks.hda;
  const signed = name.startsWith('mbr-') && name !== 'mbr-no-signature';
  expect([...(disk?.read(510, 2) ?? [])]).toEqual(signed ? [0x55, 0xaa] : [0, 0]);
  expect(disk?.read(0, 512).some((byte) => byte !== 0)).toBe(name !== 'blank');
});
