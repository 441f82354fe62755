import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overallExit } from './run/exit-code';
import { dispatch } from './dispatch';

const GOOD =
  'version: 1\nname: a good spec\ntags: [smoke]\nguest: { machine: pc, firmware: { bios: reference-bios }, disks: { hda: blank } }\nmilestones: [ halted ]\n';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'milepost-cli-'));
  mkdirSync(join(project, 'specs', 'deep'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(join(project, 'specs', 'deep', 'good.yaml'), GOOD);
});

afterEach(() => rmSync(project, { recursive: true }));

async function milepost(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const terminal = {
    cwd: project,
    env: {},
    isTty: false,
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  };
  const code = await dispatch(args, terminal);
  return { code, out, err };
}

const write = (name: string, text: string): void => writeFileSync(join(project, name), text);

test('check finds specs below specs/, their firmware and disks, and boots nothing', async () => {
  const { code, out } = await milepost('check', '--plan');
  expect(code).toBe(0);
  expect(out).toContain('ok   specs/deep/good.yaml  a good spec');
  expect(out).toMatch(/bios +reference-bios .*\/reference-bios\.bin {2}[0-9a-f]{64}/);
  expect(out).toContain('1 of 1 specs can run');
});

test('one bad spec and nothing boots: exit 2, with the place', async () => {
  write('specs/bad.yaml', GOOD.replace('halted', 'haltde'));
  const { code, out, err } = await milepost('run');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/error\[unknown-key\].*\n *--> specs\/bad\.yaml:5:15\n/);
});

test('a firmware that is not here is exit 4, not 2', async () => {
  write('specs/deep/good.yaml', GOOD.replace('reference-bios', './none.bin'));
  expect(await milepost('check')).toMatchObject({ code: 4, err: expect.stringContaining('file-missing') as string });
});

test('nothing selected is exit 3, never a pass', async () => {
  expect(await milepost('run', '-t', 'another name')).toMatchObject({ code: 3 });
  expect(await milepost('run', '--tag', 'none')).toMatchObject({ code: 3 });
  rmSync(join(project, 'specs', 'deep', 'good.yaml'));
  expect(await milepost('specs')).toMatchObject({ code: 3 });
});

test.each([
  [['rnu'], 'did you mean run?'],
  [['run', '--tga', 'x'], 'did you mean --tag?'],
  [['run', '-t', '('], 'regular expression'],
  [['run', '--shard', '5/4'], '--shard takes 1/4'],
  [['run', '--repeat', '0'], '--repeat takes a number'],
  [['run', '--trace', 'sometimes'], '--trace takes'],
  [['run', './none'], 'there is no ./none'],
  [['bisect'], 'later version'],
  [['firmware', 'fecth'], 'did you mean fetch?'],
  [['firmware', 'fetch', 'seabois-1.16.2'], 'did you mean seabios-1.16.2?'],
  [['explain', 'hnag'], 'did you mean hang?'],
])('bad usage is exit 2 and says how: %s', async (args, text) => {
  const { code, err } = await milepost(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(text)]);
});

test('list gives names and tags, as JSON too', async () => {
  expect((await milepost('list')).out).toBe('specs/deep/good.yaml  a good spec  [smoke]\n');
  expect(JSON.parse((await milepost('list', '--json')).out)).toEqual([
    { file: 'specs/deep/good.yaml', name: 'a good spec', tags: ['smoke'] },
  ]);
});

test('shards share the specs out', async () => {
  write('specs/b.yaml', GOOD.replace('a good', 'another'));
  const names = await Promise.all(['1/2', '2/2'].map(async (shard) => (await milepost('list', '--shard', shard)).out.split('  ')[1]));
  expect(names.sort()).toEqual(['a good spec', 'another spec']);
});

test('a firmware of one’s own: add, use, and a wrong hash is exit 4 with both hashes', async () => {
  write('own.bin', 'BIOS');
  expect(await milepost('firmware', 'add', 'own', 'own.bin')).toMatchObject({ code: 2 });
  expect(await milepost('firmware', 'add', 'own', 'own.bin', '--kind', 'bios', '--version', '7')).toMatchObject({ code: 0 });
  expect((await milepost('firmware', 'list')).out).toMatch(/own +bios +unknown +firmware\/cache\/own\/own\.bin {2}\(7\)/);
  write(
    'specs/deep/good.yaml',
    GOOD.replace('machine: pc, firmware: { bios: reference-bios }', 'machine: pc, vga: none, firmware: { bios: own }'),
  );
  expect(await milepost('check')).toMatchObject({ code: 0 });
  write('firmware/cache/own/own.bin', 'patched');
  const { code, err } = await milepost('check');
  expect([code, err.match(/[0-9a-f]{64}/g)?.length]).toEqual([4, 2]);
  expect(await milepost('firmware', 'verify', 'own')).toMatchObject({ code: 4 });
});

const HALTS = [0xf4];
/** MOV DX, CF9h / MOV AL, 6 / OUT DX, AL / HLT. */
const RESETS = [0xba, 0xf9, 0x0c, 0xb0, 0x06, 0xee, 0xf4];

test.each<readonly [number, string, readonly number[], string]>([
  [0, 'passes', HALTS, 'milestones: [ halted ]\n'],
  [1, 'has another state at its end', HALTS, 'milestones: [ halted ]\nexpect: { registers: { ax: 5 } }\n'],
  [4, 'has no firmware', [], 'milestones: [ halted ]\n'],
  [5, 'resets undeclared', RESETS, 'milestones: [ serial: X ]\n'],
  [6, 'halts for ever', HALTS, 'milestones: [ serial: X ]\n'],
])('run ends with exit code %d for a guest that %s', async (code, _what, bios, rest) => {
  // The last 16 bytes of the flash stand at the reset vector.
  writeFileSync(
    join(project, 'bios.bin'),
    bios.length === 0 ? new Uint8Array(0) : Uint8Array.from({ length: 16 }, (_, at) => bios[at] ?? 0x90),
  );
  write('specs/deep/good.yaml', `version: 1\nname: x\nguest: { machine: pc, vga: none, firmware: { bios: ../../bios.bin } }\n${rest}`);
  expect(await milepost('run', '--trace', 'off')).toMatchObject({ code });
});

test('explain knows every code; docs writes schema and reference', async () => {
  expect((await milepost('explain', 'error[hang]')).out).toContain('exit 6');
  expect((await milepost('explain')).out).toContain('budget-exceeded');
  expect(await milepost('docs', '--output', 'docs')).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(project, 'docs', 'spec.schema.json'), 'utf8'))).toMatchObject({ title: 'Milepost spec' });
  expect(readFileSync(join(project, 'docs', 'spec.md'), 'utf8')).toContain('### hvmloader-entry');
});

test('the exit code of several specs is that of the worst', () => {
  expect(overallExit([0, 1, 6, 5], 4)).toBe(5);
  expect(overallExit([0, 1, 6], 3)).toBe(6);
  expect(overallExit([4, 5, 1], 3)).toBe(4);
  expect(overallExit([0, 0], 2)).toBe(0);
  expect(overallExit([0, 0], 0)).toBe(3);
});
