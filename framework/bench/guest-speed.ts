import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled, measureChild } from './child';
import { coldCodeSource } from './cold-code';
import { geomean, median } from './statistics';

/** Guests of guests/guest.c and how many rounds make them long enough to time; 5 is the cold one. */
const GUESTS = [
  { guest: 1, name: 'crc32 and adler', rounds: 10 },
  { guest: 2, name: 'LZ decoder', rounds: 20 },
  { guest: 3, name: 'sieve', rounds: 4 },
  { guest: 4, name: 'copy loops', rounds: 20 },
  { guest: 5, name: 'cold code', rounds: 1 },
  { guest: 6, name: 'quicksort', rounds: 10 },
] as const;
const EMPTY_GUEST = 0;
const COLD_GUEST = 5;
const NAME_WIDTH = 18;

export interface GuestSpeed {
  readonly name: string;
  readonly instructions: number;
  readonly mips: number;
  /** QEMU's, from its whole-process time less that of an empty guest. */
  readonly qemuMips?: number;
  /** Our speed over QEMU's. */
  readonly ratio?: number;
}

const CFLAGS =
  '-m32 -march=i686 -mgeneral-regs-only -O2 -ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none ' +
  '-fno-tree-loop-distribute-patterns -nostdlib -static -no-pie -Wl,--build-id=none';

function compile(sources: string, folder: string, guest: number, rounds: number): string {
  const elf = join(folder, `guest-${guest}.elf`);
  const args = [...CFLAGS.split(' '), `-Wl,-T,${sources}/guest.ld`, `-DGUEST=${guest}`, `-DROUNDS=${rounds}`, `-DCOLD="${folder}/cold.h"`];
  const gcc = spawnSync('gcc', [...args, '-o', elf, `${sources}/entry.S`, `${sources}/guest.c`], { encoding: 'utf8' });
  if (gcc.status !== 0) throw new Error(gcc.stderr);
  return elf;
}

function qemuMs(elf: string): number {
  const started = performance.now();
  spawnSync('qemu-system-i386', [
    '-accel',
    'tcg',
    '-kernel',
    elf,
    '-display',
    'none',
    '-m',
    '64',
    '-device',
    'isa-debug-exit,iobase=0xf4,iosize=4',
  ]);
  return performance.now() - started;
}

/** Speed of the bare core on each guest, beside QEMU TCG when it is installed; alternated, medians of `runs`. */
export function guestSpeeds(root: string, runs: number): { speeds: GuestSpeed[]; hotRatio?: number; coldRatio?: number } {
  const folder = mkdtempSync(join(tmpdir(), 'milepost-bench-'));
  const script = join(root, 'dist/framework/bench/measure-guest.js');
  const sources = join(root, 'framework/bench/guests');
  const withQemu = isInstalled('qemu-system-i386');
  try {
    writeFileSync(join(folder, 'cold.h'), coldCodeSource());
    const empty = compile(sources, folder, EMPTY_GUEST, 1);
    const emptyMs = withQemu ? median(Array.from({ length: runs }, () => qemuMs(empty))) : 0;
    const speeds = GUESTS.map(({ guest, name, rounds }): GuestSpeed => {
      const elf = compile(sources, folder, guest, rounds);
      const ours: number[] = [];
      const theirs: number[] = [];
      let instructions = 0;
      for (let run = 0; run < runs; run++) {
        const measured = measureChild<'instructions' | 'ms'>(script, [elf]);
        instructions = measured.instructions;
        ours.push(measured.ms);
        if (withQemu) theirs.push(qemuMs(elf));
      }
      const mips = instructions / median(ours) / 1000;
      if (!withQemu) return { name, instructions, mips };
      const qemuMips = instructions / Math.max(median(theirs) - emptyMs, 1) / 1000;
      return { name, instructions, mips, qemuMips, ratio: mips / qemuMips };
    });
    const cold = GUESTS.findIndex(({ guest }) => guest === COLD_GUEST);
    const hot = speeds.filter((_, position) => position !== cold);
    if (!withQemu) return { speeds };
    return { speeds, hotRatio: geomean(hot.map(({ ratio }) => ratio!)), coldRatio: speeds[cold]!.ratio! };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One line a guest. */
export function guestSpeedLines(speeds: readonly GuestSpeed[]): string[] {
  return speeds.map(({ name, mips, qemuMips, ratio }) => {
    const peer = ratio === undefined ? '' : `   qemu ${qemuMips!.toFixed(0).padStart(6)} MIPS   ratio ${ratio.toFixed(2)}`;
    return `${name.padEnd(NAME_WIDTH)} ${mips.toFixed(0).padStart(6)} MIPS${peer}`;
  });
}
