import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { diagnostic } from '../../diagnostics/diagnostic';
import { CommandError } from '../command';

const TIMEOUT_MS = 300_000;

interface Ran {
  readonly ok: boolean;
  readonly text: string;
}

/** A package taken apart: its version, and the directory with its files. */
export interface Unpacked {
  readonly version: string;
  readonly directory: string;
}

/** The tools of a Debian system: apt-get and dpkg-deb. Nothing is installed. */
export class Debian {
  #isUpdated = false;

  constructor(
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly say: (text: string) => void,
  ) {}

  /** Whether they are here. */
  get isHere(): boolean {
    return ['apt-get', 'dpkg-deb'].every((tool) => this.run(tool, ['--version'], '/').ok);
  }

  /** Downloads a package into `directory` (empty, ours), one of `versions` when the archive still has it, and unpacks it. */
  fetch(name: string, versions: readonly string[], directory: string): Unpacked {
    const wanted = [...versions.map((version) => `${name}=${version}`), name];
    let downloaded = this.download(wanted, directory);
    if (!downloaded.ok && this.update(directory)) downloaded = this.download(wanted, directory);
    const [file] = readdirSync(directory).filter((entry) => entry.endsWith('.deb'));
    if (!downloaded.ok || file === undefined) {
      throw failed(
        `apt-get download ${name} failed`,
        downloaded,
        'sudo apt-get update, then again; or milepost firmware add <name> <file>',
      );
    }
    const out = join(directory, 'unpacked');
    const unpacked = this.run('dpkg-deb', ['-x', join(directory, file), out], directory);
    if (!unpacked.ok) throw failed(`dpkg-deb cannot unpack ${file}`, unpacked, 'fetch it again');
    const version = this.run('dpkg-deb', ['-f', join(directory, file), 'Version'], directory);
    return { version: version.ok ? version.text.trim() : 'unknown', directory: out };
  }

  private download(wanted: readonly string[], directory: string): Ran {
    let last: Ran = { ok: false, text: '' };
    for (const what of wanted) {
      last = this.run('apt-get', ['download', '-qq', what], directory);
      if (last.ok) return last;
    }
    return last;
  }

  /** Fresh package lists, once and only as root: true when there is reason to try again. */
  private update(directory: string): boolean {
    if (this.#isUpdated || process.getuid?.() !== 0) return false;
    this.#isUpdated = true;
    this.say('updating the package lists (apt-get update)\n');
    return this.run('apt-get', ['update', '-qq'], directory).ok;
  }

  private run(tool: string, args: readonly string[], cwd: string): Ran {
    const env = { ...this.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    const { status, stdout, stderr, error } = spawnSync(tool, args, {
      cwd,
      env,
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      maxBuffer: 1 << 24,
    });
    return { ok: status === 0, text: error ? error.message : `${stdout}${stderr}`.trim() };
  }
}

/** What a tool said last, as an error. */
function failed(what: string, { text }: Ran, fixme: string): CommandError {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return new CommandError(
    diagnostic('firmware-fetch', what, { notes: lines.slice(-4).map((line) => ({ kind: 'note', text: line })), fixme }),
  );
}
