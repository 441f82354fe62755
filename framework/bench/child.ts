import { spawnSync } from 'node:child_process';

/** Runs `node script args` and gives the JSON of its last line: figures by name. Throws with its output when it fails. */
export function measureChild<K extends string>(script: string, args: readonly string[]): Record<K, number> {
  const child = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (child.status !== 0) throw new Error(`${script} ${args.join(' ')}: ${child.stderr || child.stdout}`);
  return JSON.parse(child.stdout.trim().split('\n').at(-1)!) as Record<K, number>;
}

/** True when the program can be started. */
export const isInstalled = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
