import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputPlan, Plan } from '../../plan/types';
import { writeGuestFiles } from './guest-files';
import { landmarkOf, type Landmark, type TextSource } from './landmark';
import { qemuArguments } from './qemu-arguments';
import { sendKey } from './qemu-keys';

export const QEMU = 'qemu-system-x86_64';
const LIMIT_MS = 120_000;
const LOOK_MS = 20;
const SCREEN = { address: 0xb8000, bytes: 4000, columns: 80 };

export type QemuTime = { readonly ms: number } | { readonly reason: string };

/** Milliseconds of QEMU's whole process from its start until it shows a text, or why it does not. */
export async function qemuTime(plan: Plan, landmark: Landmark): Promise<QemuTime> {
  if (plan.input.some(({ diskette, disc }) => diskette !== undefined || disc !== undefined)) return { reason: 'media are changed' };
  const folder = mkdtempSync(join(tmpdir(), 'milepost-qemu-'));
  try {
    const guest = qemuArguments(plan.guest, writeGuestFiles(plan.guest, folder));
    return guest ? await new QemuRun(guest, folder).until(landmark, forbidden(plan), plan.input) : { reason: 'no such machine' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The texts that a spec never wants to see: a peer that shows one got no further. */
const forbidden = ({ never }: Plan): Landmark[] => never.map(landmarkOf).filter((landmark) => landmark !== undefined);

/** One QEMU with its serial port on standard output, its debug console in a file and its monitor on a socket. */
class QemuRun {
  readonly #started = performance.now();
  readonly #child: ChildProcessWithoutNullStreams;
  #serial = '';
  #errors = '';
  #ended = false;
  /** Letters that had come on the serial line when an input was last given. */
  #given = 0;
  #monitor: Socket | undefined;

  constructor(
    guest: readonly string[],
    private readonly folder: string,
  ) {
    const debugConsole = ['-debugcon', `file:${join(folder, 'debug')}`, '-global', 'isa-debugcon.iobase=0x402'];
    const monitor = ['-monitor', `unix:${join(folder, 'monitor')},server,nowait`];
    this.#child = spawn(QEMU, [...guest, '-serial', 'stdio', ...debugConsole, ...monitor]);
    this.#child.stdout.on('data', (bytes: Buffer) => (this.#serial += bytes.toString('latin1')));
    this.#child.stderr.on('data', (bytes: Buffer) => (this.#errors += bytes.toString('latin1')));
    this.#child.on('close', () => (this.#ended = true));
  }

  async until(landmark: Landmark, forbidden: readonly Landmark[], input: readonly InputPlan[]): Promise<QemuTime> {
    const left = [...input];
    try {
      while (performance.now() - this.#started < LIMIT_MS) {
        if (this.#shows(landmark)) return { ms: performance.now() - this.#started };
        const wrong = forbidden.find((text) => this.#shows(text));
        if (wrong) return { reason: `shows ${String(wrong.text)}, which the spec forbids` };
        if (this.#ended) return { reason: `ended before it showed the text: ${this.#errors.trim().split('\n').at(-1)}` };
        this.#give(left);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      return { reason: `not within ${LIMIT_MS / 1000} s` };
    } finally {
      this.#monitor?.destroy();
      this.#child.kill('SIGKILL');
    }
  }

  /** Types and sends what is due, which must be seen after what was typed before it. */
  #give(left: InputPlan[]): void {
    const next = left[0];
    const when = next?.when && landmarkOf(next.when, 0);
    if (!next || (when && !this.#shows(when, this.#given))) return;
    left.shift();
    this.#given = this.#serial.length;
    setTimeout(() => {
      this.#child.stdin.write(Uint8Array.from(next.serial));
      for (const stroke of next.keys) this.#ask(sendKey(stroke));
    }, next.afterNs / 1e6);
  }

  #ask(command: string): void {
    const socket = join(this.folder, 'monitor');
    if (!this.#monitor && existsSync(socket)) this.#monitor = connect(socket).on('error', () => undefined);
    this.#monitor?.write(command);
  }

  /** Whether a text is on the screen, or came after so many letters on the serial line. */
  #shows({ source, text }: Pick<Landmark, 'source' | 'text'>, after = 0): boolean {
    return source === 'screen' ? this.#screenLines().some((line) => text.test(line)) : text.test(this.#textOf(source, after));
  }

  #textOf(source: Exclude<TextSource, 'screen'>, after: number): string {
    if (source === 'serial') return this.#serial.slice(after);
    const path = join(this.folder, 'debug');
    return existsSync(path) ? readFileSync(path, 'latin1') : '';
  }

  /** The text screen as the monitor saved it when last asked; asks it to save it again. */
  #screenLines(): string[] {
    const path = join(this.folder, 'screen');
    const cells = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    this.#ask(`pmemsave ${SCREEN.address} ${SCREEN.bytes} "${path}"\n`);
    const characters = Array.from({ length: cells.length / 2 }, (_, cell) => String.fromCharCode(cells[2 * cell]!)).join('');
    return Array.from({ length: characters.length / SCREEN.columns }, (_, line) =>
      characters.slice(line * SCREEN.columns, (line + 1) * SCREEN.columns),
    );
  }
}
