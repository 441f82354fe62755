import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { diagnostic } from '../../diagnostics/diagnostic';
import { CommandError } from '../command';

const TIMEOUT_MS = 300_000;
const ENV = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

interface Ran {
  readonly ok: boolean;
  readonly text: string;
}

/** A package taken apart: its version, and the directory with its files. */
export interface Unpacked {
  readonly version: string;
  readonly directory: string;
}

function runTool(tool: string, args: readonly string[], cwd: string): Ran {
  const { status, stdout, stderr, error } = spawnSync(tool, args, {
    cwd,
    env: ENV,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    maxBuffer: 1 << 24,
  });
  return { ok: status === 0, text: error ? error.message : `${stdout}${stderr}`.trim() };
}

/** True when the tools of a Debian system are here. */
export function hasApt(): boolean {
  return ['apt-get', 'dpkg-deb'].every((tool) => runTool(tool, ['--version'], '/').ok);
}

/** Downloads a package into `directory` (empty, ours) without installing it, one of `versions` when the archive still has it, and unpacks it. */
export function fetchPackage(name: string, versions: readonly string[], directory: string, say: (text: string) => void): Unpacked {
  const wanted = [...versions.map((version) => `${name}=${version}`), name];
  let downloaded = download(wanted, directory);
  if (!downloaded.ok && process.getuid?.() === 0) {
    say('updating the package lists (apt-get update)\n');
    runTool('apt-get', ['update', '-qq'], directory);
    downloaded = download(wanted, directory);
  }
  const [file] = readdirSync(directory).filter((entry) => entry.endsWith('.deb'));
  if (!downloaded.ok || file === undefined) {
    const notes = lastLines(downloaded.text).map((text) => ({ kind: 'note' as const, text }));
    throw new CommandError(
      diagnostic('firmware-fetch', `apt-get download ${name} failed`, {
        notes,
        fixme: 'sudo apt-get update, then again; or milepost firmware add <name> <file>',
      }),
    );
  }
  const out = join(directory, 'unpacked');
  const unpacked = runTool('dpkg-deb', ['-x', join(directory, file), out], directory);
  if (!unpacked.ok)
    throw new CommandError(
      diagnostic('firmware-fetch', `dpkg-deb cannot unpack ${file}`, {
        notes: lastLines(unpacked.text).map((text) => ({ kind: 'note', text })),
      }),
    );
  const version = runTool('dpkg-deb', ['-f', join(directory, file), 'Version'], directory);
  return { version: version.ok ? version.text.trim() : 'unknown', directory: out };
}

function download(wanted: readonly string[], directory: string): Ran {
  let last: Ran = { ok: false, text: '' };
  for (const what of wanted) {
    last = runTool('apt-get', ['download', '-qq', what], directory);
    if (last.ok) return last;
  }
  return last;
}

function lastLines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-4);
}
