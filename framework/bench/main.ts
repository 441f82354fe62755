/**
 * `npm run bench -- [--runs N] [--only boot|guests|real] [--match TEXT] [--json]`: the numbers of this project, beside QEMU TCG (when installed) and
 * v86. `real` boots the distribution's firmware, loaders and kernels, once each, in many minutes, and only when asked for; `--match` takes some of
 * them. `--json` ends with one line of JSON.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootSpeeds, type BootSpeed } from './boot-speed';
import { guestSpeedLines, guestSpeeds } from './guest-speed';
import { realSpeeds } from './real/real-guests';

const ROOT = join(__dirname, '..', '..', '..');
const DISK_BYTES = 2 ** 20;
const DEFAULT_RUNS = 5;

function bootLines(speeds: readonly BootSpeed[]): string[] {
  return speeds.map(({ case: name, ms, fullTraceMs, wholeMs, rssMiB, privateMiB, peers, ratio }) => {
    const qemu = peers.qemu === undefined ? '' : `   qemu ${peers.qemu.toFixed(0)} ms (ratio ${ratio.qemu!.toFixed(2)})`;
    const v86 = peers.v86 === undefined ? '' : `   v86 ${peers.v86.toFixed(0)} ms (ratio ${ratio.v86!.toFixed(2)})`;
    return `${name.padEnd(14)} ${ms.toFixed(0)} ms, with full trace ${fullTraceMs.toFixed(0)} ms (${(fullTraceMs / ms).toFixed(2)}), whole run ${wholeMs.toFixed(0)} ms, ${rssMiB.toFixed(0)} MiB RSS (${privateMiB.toFixed(0)} private)${qemu}${v86}`;
  });
}

async function boots(runs: number): Promise<BootSpeed[]> {
  const bios = join(ROOT, 'firmware/cache/seabios-1.16.2/bios-256k.bin');
  const vgaRom = join(ROOT, 'firmware/cache/vgabios-stdvga/vgabios-stdvga.bin');
  for (const path of [bios, vgaRom]) {
    if (!existsSync(path)) throw new Error(`${path} is missing: npm run firmware`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'milepost-bench-'));
  try {
    const disk = join(folder, 'disk.img');
    const image = Buffer.alloc(DISK_BYTES);
    readFileSync(join(ROOT, 'disk-images/mbr-hello/mbr-hello.bin')).copy(image);
    writeFileSync(disk, image);
    return await bootSpeeds({ root: ROOT, bios, vgaRom, disk }, runs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string' }, only: { type: 'string' }, match: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  if (values.only === 'real') {
    const real = await realSpeeds(ROOT, values.match ?? '', (line) => console.log(line));
    if (values.json) console.log(JSON.stringify({ real }));
    return;
  }
  const runs = values.runs === undefined ? DEFAULT_RUNS : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs takes a whole number from 1, not ${String(values.runs)}`);
  const cases = values.only === 'guests' ? [] : await boots(runs);
  for (const line of bootLines(cases)) console.log(line);
  const guests = values.only === 'boot' ? undefined : guestSpeeds(ROOT, runs);
  if (guests !== undefined) {
    for (const line of guestSpeedLines(guests.speeds)) console.log(line);
    if (guests.hotRatio !== undefined)
      console.log(`hot geomean ratio ${guests.hotRatio.toFixed(2)}, cold ratio ${guests.coldRatio!.toFixed(1)}`);
  }
  if (values.json) console.log(JSON.stringify({ runs, cases, ...(guests === undefined ? {} : { guests }) }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
