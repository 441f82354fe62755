import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceEvent } from '../../trace/events';
import { finishedRun } from '../../run/finished-run';
import { storeOf } from '../testdata/event-store';
import { hangingRun } from '../testdata/example-run';
import { runDirectory } from './paths';
import { beginRun, loadEntry, saveRun } from './save-run';

const VERSIONS = { milepost: '0.1.0', node: 'v20.0.0', specSha256: 'ef' };
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'milepost-report-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const stamp = (moment: number) => ({ seq: moment, instructions: moment, atNs: moment, vcpu: 0 });
const posts = Array.from({ length: 5000 }, (_, code): TraceEvent => ({ kind: 'post', port: 0x80, code, ...stamp(code) }));
const run = finishedRun(hangingRun(), storeOf(posts));

test('a finished run leaves its artefacts, and every name that it lists exists', () => {
  const directory = runDirectory(root, '/project', run.result.file);
  beginRun(directory, run.result);
  const { context } = saveRun(run, directory, '/project', VERSIONS);
  const names = context.artefacts!.names;
  expect(names).toEqual([
    ...[
      'serial.log',
      'debug-console.log',
      'screen.txt',
      'screen.png',
      'events.jsonl',
      'trace.perfetto.json',
      'acpi/facp.aml',
      'acpi/acpidump.txt',
    ],
    ...['failure.txt', 'timeline.svg', 'index.html', 'repro.json', 'result.json'],
  ]);
  for (const name of names) expect([name, existsSync(join(directory, name))]).toEqual([name, true]);
  const events = readFileSync(join(directory, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  expect(events).toHaveLength(5000);
  expect(JSON.parse(events[4999]!)).toEqual({ seq: 4999, instructions: 4999, atNs: 4999, vcpu: 0, kind: 'post', port: 128, code: 4999 });
  expect(readFileSync(join(directory, 'acpi/acpidump.txt'), 'utf8')).toBe(
    'FACP @ 0x00000000FC00A2F0\n    0000: 46 41 43 50                                      FACP\n\n',
  );
  expect(JSON.parse(readFileSync(join(directory, 'repro.json'), 'utf8'))).toMatchObject({
    spec: { sha256: 'ef' },
    traceHash: 'ab'.repeat(32),
  });
  expect(loadEntry(directory)).toMatchObject({ outcome: 'hang', failure: { place: { line: 7 } } });
});

test('the flash chip with the firmware’s variables is a file as a second boot takes it', () => {
  const variableStore = new Uint8Array(4096).fill(0xff);
  const directory = join(root, 'flash');
  beginRun(directory, run.result);
  saveRun({ ...run, result: { ...run.result, variableStore } }, directory, '/project', VERSIONS);
  expect(new Uint8Array(readFileSync(join(directory, 'vars.fd')))).toEqual(variableStore);
  expect(JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8'))).toMatchObject({ variableStoreBytes: 4096 });
});

test('a run that never ended shows as interrupted, and a new run clears what the last one left', () => {
  const directory = join(root, 'x');
  expect(loadEntry(directory)).toBeUndefined();
  beginRun(directory, { name: 'x', file: 'specs/x.yaml' });
  writeFileSync(join(directory, 'serial.log'), 'old');
  expect(loadEntry(directory)).toMatchObject({ outcome: 'interrupted', name: 'x', file: 'specs/x.yaml' });
  beginRun(directory, { name: 'x', file: 'specs/x.yaml' });
  expect(readdirSync(directory)).toEqual(['started']);
});

test('a spec outside the project does not write outside the reports', () => {
  expect(runDirectory('/p/reports', '/p', '/etc/../tmp/a b/x.yaml')).toBe('/p/reports/outside/tmp/a b/x');
  expect(runDirectory('/p/reports', '/p', '/p/specs/x.yml')).toBe('/p/reports/specs/x');
});
