import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { isInstalled, measureChild } from './child';
import { median } from './statistics';

/** What a boot needs from outside; paths of real files. */
export interface BootInputs {
  readonly root: string;
  readonly bios: string;
  readonly vgaRom: string;
  readonly disk: string;
}

export interface BootSpeed {
  readonly case: 'seabios-mbr' | 'hvmloader-mbr';
  readonly instructions: number;
  /** Medians in milliseconds: ours from the boot's start to the text, with only what the spec needs and with the full trace. */
  readonly ms: number;
  readonly fullTraceMs: number;
  /** The whole run: from reading the spec to the result. */
  readonly wholeMs: number;
  readonly rssMiB: number;
  /** Of these, what is not mapped files. */
  readonly privateMiB: number;
  /** QEMU TCG: its whole process on bare SeaBIOS; v86: in-process, from its constructor to the text. */
  readonly peers: { qemu?: number; v86?: number };
  /** Our ms over the peer's. */
  readonly ratio: { qemu?: number; v86?: number };
}

const MIB = 2 ** 20;
const QEMU = 'qemu-system-i386';

/** Whole-process milliseconds of QEMU TCG from its start to the MBR's text on the serial port. */
function qemuBoot({ bios, disk }: BootInputs): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const args = [
      '-accel',
      'tcg',
      '-bios',
      bios,
      '-drive',
      `file=${disk},format=raw,snapshot=on`,
      '-display',
      'none',
      '-serial',
      'stdio',
      '-monitor',
      'none',
    ];
    const child = spawn(QEMU, [...args, '-m', '128', '-net', 'none', '-boot', 'menu=off,order=c']);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('MBR reached')) {
        resolve(performance.now() - started);
        child.kill('SIGKILL');
      }
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error('qemu ended before the text')));
  });
}

type Measured = Record<'ms' | 'wholeMs' | 'instructions' | 'rssBytes' | 'privateBytes', number>;

/** Boots each case `runs` times, peers in turn with ours, every time in a fresh process. */
export async function bootSpeeds(inputs: BootInputs, runs: number): Promise<BootSpeed[]> {
  const script = (name: string): string => join(inputs.root, 'dist/framework/bench', name);
  const withQemu = isInstalled(QEMU);
  const speeds: BootSpeed[] = [];
  const qemu: number[] = [];
  const v86: number[] = [];
  for (const name of ['seabios-mbr', 'hvmloader-mbr'] as const) {
    const spec = join(inputs.root, 'framework/bench/specs', `${name}.yaml`);
    const quiet: Measured[] = [];
    const full: Measured[] = [];
    for (let run = 0; run < runs; run++) {
      quiet.push(measureChild(script('measure-boot.js'), [spec, 'milestones']));
      full.push(measureChild(script('measure-boot.js'), [spec, 'full']));
      if (withQemu) qemu.push(await qemuBoot(inputs));
      v86.push(measureChild<'ms'>(script('measure-v86.mjs'), [inputs.bios, inputs.vgaRom, inputs.disk]).ms);
    }
    const ms = median(quiet.map((one) => one.ms));
    const peers = { ...(withQemu ? { qemu: median(qemu) } : {}), v86: median(v86) };
    speeds.push({
      case: name,
      instructions: quiet[0]!.instructions,
      ms,
      fullTraceMs: median(full.map((one) => one.ms)),
      wholeMs: median(quiet.map((one) => one.wholeMs)),
      rssMiB: median(quiet.map((one) => one.rssBytes)) / MIB,
      privateMiB: median(quiet.map((one) => one.privateBytes)) / MIB,
      peers,
      ratio: { ...(withQemu ? { qemu: ms / peers.qemu! } : {}), v86: ms / peers.v86 },
    });
  }
  return speeds;
}
