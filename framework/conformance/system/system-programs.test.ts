import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PcMachine } from '../../machine/platform/pc-i440fx/pc-machine';
import { TCG_DIFFERENCES } from './tcg-differences';

const IMAGE = join(__dirname, '..', '..', '..', 'firmware', 'reference', 'bin', 'reference-cpu-tests.bin');
const EXPECTED = readFileSync(join(__dirname, 'testdata', 'cpu-tests.txt'), 'utf8')
  .trimEnd()
  .split('\n');
const LAST = EXPECTED.at(-1)!;
const INSTRUCTIONS = 20e6;
const SLICE = 100_000;
const QEMU = 'qemu-system-x86_64';
const QEMU_LIMIT_MS = 60_000;

const lines = (text: string): string[] => text.replaceAll('\r', '').trimEnd().split('\n');

/** What the program tells on COM1 of our machine with four processors. */
function told(): string[] {
  let text = '';
  const machine = new PcMachine(
    {
      platform: 'pc',
      name: 'test',
      memoryBytes: 64 << 20,
      vcpus: 4,
      cpu: 'intel',
      firmware: { bios: readFileSync(IMAGE), biosKind: 'seabios' },
      disks: {},
      vga: 'none',
      acpi: true,
      apic: true,
      boot: 'c',
      uuid: '00000000-0000-0000-0000-000000000000',
      rtcSeconds: 0,
      tscKhz: 1_000_000,
      domid: 1,
    },
    {
      wants: (kind) => kind === 'serial',
      record: (...[kind, , byte]) => {
        if (kind === 'serial') text += String.fromCharCode(byte as number);
      },
    },
  );
  while (machine.core.instructions() < INSTRUCTIONS && !text.includes(LAST)) if (machine.run(SLICE).kind !== 'budget') break;
  return lines(text);
}

test('system mode, as a program finds it, is what the manual says', () => {
  expect(told()).toEqual(EXPECTED);
}, 60_000);

/** What it tells under QEMU's TCG. */
async function toldByQemu(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'milepost-tcg-'));
  const file = join(folder, 'serial');
  // By instructions, not by the clock: on a busy host, processors in threads of their own answer too late.
  const counted = ['-accel', 'tcg,thread=single', '-icount', 'shift=0,sleep=off'];
  const machine = ['-M', 'pc', ...counted, '-cpu', 'Nehalem,+monitor', '-smp', '4', '-m', '64', '-net', 'none'];
  const output = ['-bios', IMAGE, '-display', 'none', '-monitor', 'none', '-serial', `file:${file}`, '-no-reboot'];
  const qemu = spawn(QEMU, [...machine, ...output], { stdio: 'ignore' });
  try {
    const started = Date.now();
    let text = '';
    while (!text.includes(LAST) && Date.now() - started < QEMU_LIMIT_MS && qemu.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      text = readIfThere(file);
    }
    return lines(text);
  } finally {
    qemu.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const isKnown = (line: string): boolean => TCG_DIFFERENCES.some(([pattern]) => pattern.test(line));

if (spawnSync(QEMU, ['--version']).error !== undefined) {
  test(`nothing is compared with QEMU: there is no ${QEMU}`, () => {
    expect(EXPECTED.length).toBeGreaterThan(90);
  });
} else {
  test('QEMU agrees, but where it is known not to', async () => {
    const theirs = await toldByQemu();
    expect(theirs).toHaveLength(EXPECTED.length);
    const differences = EXPECTED.flatMap((line, index) => (theirs[index] === line || isKnown(line) ? [] : [[line, theirs[index]]]));
    expect(differences).toEqual([]);
    // Each reason is still one.
    for (const [pattern, reason] of TCG_DIFFERENCES) {
      const applies = EXPECTED.some((line, index) => pattern.test(line) && theirs[index] !== line);
      expect([reason, applies]).toEqual([reason, true]);
    }
  }, 90_000);
}
