import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dispatch } from '../dispatch';

const BYTES = Buffer.from('firmware of others');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A manifest of two images in one package, the second of them gzipped there. */
const MANIFEST = {
  description: 'x',
  licence: 'MIT',
  images: [
    {
      name: 'theirs',
      kind: 'bios',
      file: 'theirs.bin',
      debian: { package: 'their-firmware', path: 'usr/share/theirs.bin', version: '1.*' },
    },
    {
      ...{ name: 'packed', kind: 'file', file: 'packed.bin', unpack: 'gzip' },
      debian: { package: 'their-firmware', path: 'usr/share/packed.gz', version: '1.*' },
    },
  ].map((image) => ({ ...image, known: [{ version: '1.0', sha256: sha256(BYTES), sizeBytes: BYTES.length }] })),
};

/** apt-get that brings an (empty) package, and dpkg-deb that takes it apart. */
const APT = '#!/bin/sh\n[ "$1" = download ] && : > pkg.deb\nexit 0\n';
const DPKG = '#!/bin/sh\ncase $1 in\n-x) mkdir -p $3/usr/share; cp $PAYLOAD/* $3/usr/share/;;\n-f) echo 1.0;;\nesac\n';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'milepost-fetch-'));
  for (const directory of ['firmware/theirs', 'bin', 'payload', 'tmp']) mkdirSync(join(project, directory), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(join(project, 'firmware', 'theirs', 'manifest.json'), JSON.stringify(MANIFEST));
  writeFileSync(join(project, 'payload', 'theirs.bin'), BYTES);
  writeFileSync(join(project, 'payload', 'packed.gz'), gzipSync(BYTES));
});

afterEach(() => rmSync(project, { recursive: true }));

function tool(name: string, text: string): void {
  writeFileSync(join(project, 'bin', name), text);
  chmodSync(join(project, 'bin', name), 0o755);
}

async function firmware(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  // Without the system's own tools: /usr/bin has apt-get on Debian.
  for (const name of ['sh', 'mkdir', 'cp']) if (!existsSync(join(project, 'bin', name))) tool(name, `#!/bin/sh\nexec /bin/${name} "$@"\n`);
  const terminal = {
    cwd: project,
    env: { PATH: join(project, 'bin'), PAYLOAD: join(project, 'payload'), TMPDIR: join(project, 'tmp') },
    isTty: false,
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  const code = await dispatch(['firmware', ...args], terminal);
  return { code, out, err };
}

function kept(): string[] {
  const cache = join(project, 'firmware', 'cache');
  return existsSync(cache) ? readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.')) : [];
}

test('what a package holds is unpacked, checked and kept, and another fetch finds it here', async () => {
  tool('apt-get', APT);
  tool('dpkg-deb', DPKG);
  expect(await firmware('fetch', 'theirs', 'packed')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/fetched {2}theirs[^]*fetched {2}packed/) as string,
  });
  expect(readFileSync(join(project, 'firmware', 'cache', 'packed', 'packed.bin'))).toEqual(BYTES);
  expect(await firmware('fetch', 'theirs', 'packed')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/have {5}theirs[^]*have {5}packed/) as string,
  });
});

test('without apt it says where the package is and how to add each file, and doing so works', async () => {
  const { code, err } = await firmware('fetch', 'theirs', 'packed');
  expect([code, err]).toEqual([
    4,
    `error[firmware-fetch]: this system has no apt-get and dpkg-deb to fetch theirs, packed with
  = note: download version 1.* from https://packages.debian.org/bookworm/their-firmware
  = note: unpack it: ar x their-firmware_*.deb && tar -xf data.tar.*
  = fixme: milepost firmware add theirs usr/share/theirs.bin
           milepost firmware add packed usr/share/packed.gz

`,
  ]);
  expect(await firmware('add', 'theirs', 'payload/theirs.bin')).toMatchObject({
    code: 0,
    out: expect.stringContaining('known build') as string,
  });
  expect(await firmware('add', 'packed', 'payload/packed.gz')).toMatchObject({
    code: 0,
    out: expect.stringContaining('known build') as string,
  });
  expect(await firmware('verify', 'theirs', 'packed')).toMatchObject({ code: 0 });
});

test('a package with other bytes is kept aside and not used', async () => {
  tool('apt-get', APT);
  tool('dpkg-deb', DPKG);
  writeFileSync(join(project, 'payload', 'theirs.bin'), 'an update');
  const { code, err } = await firmware('fetch', 'theirs');
  expect([code, err]).toEqual([
    4,
    expect.stringMatching(/error\[firmware-hash\][^]*firmware add theirs .*theirs\.bin\.1\.0 --version 1\.0/),
  ]);
  expect(kept()).toEqual(['theirs/theirs.bin.1.0']);
  expect((await firmware('list')).out).toMatch(/theirs +bios +MIT +not here/);
});

test.each([
  [
    'there is no network',
    '#!/bin/sh\n[ "$1" = --version ] && exit 0\necho half > pkg.deb.partial\necho "E: Failed to fetch" >&2\nexit 100\n',
    DPKG,
    /apt-get download their-firmware failed\n {2}= note: E: Failed to fetch/,
  ],
  [
    'the download is cut short',
    APT,
    '#!/bin/sh\n[ "$1" = --version ] && exit 0\nmkdir -p $3/usr/share\necho ha > $3/usr/share/theirs.bin\nexit 2\n',
    /dpkg-deb cannot unpack pkg\.deb/,
  ],
  [
    'the package holds something else',
    APT,
    '#!/bin/sh\n[ "$1" = -f ] && echo 1.0\nexit 0\n',
    /their-firmware 1\.0 holds no usr\/share\/theirs\.bin/,
  ],
])('nothing half-written is left when %s', async (_, apt, dpkg, text) => {
  tool('apt-get', apt);
  tool('dpkg-deb', dpkg);
  const { code, err } = await firmware('fetch', 'theirs');
  expect([code, err]).toEqual([4, expect.stringMatching(text)]);
  expect(kept()).toEqual([]);
});
