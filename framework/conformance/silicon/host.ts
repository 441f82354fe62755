/** The CPU that this process runs on, by way of silicon.c. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RECORD_BYTES, StateRecord } from './record';

const SOURCE = join(__dirname, '..', '..', '..', 'framework', 'conformance', 'silicon', 'silicon.c');
const FLAGS = ['-O2', '-fno-stack-protector', '-mgeneral-regs-only'];
const LIMIT_MS = 30_000;

/** Why there is nothing to compare with here, or undefined. */
export function whyNoHost(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'the host is not Linux on x86-64';
  if (spawnSync('gcc', ['--version']).error !== undefined) return 'there is no gcc';
  return undefined;
}

export class Host {
  private readonly folder = mkdtempSync(join(tmpdir(), 'milepost-silicon-'));
  private readonly program = join(this.folder, 'silicon');
  private readonly words: ReadonlyMap<string, string>;

  constructor() {
    // From dist/ the source lies where it always does; from the sources it is beside this file.
    const source = SOURCE.replace(join('dist', 'framework'), 'framework');
    execFileSync('gcc', [...FLAGS, '-o', this.program, source]);
    const text = execFileSync(this.program, ['--cpuid'], { encoding: 'utf8' });
    this.words = new Map(text.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
  }

  get name(): string {
    return `${this.words.get('vendor') ?? ''}, ${(this.words.get('brand') ?? '').replace(/\0.*/, '')}`;
  }

  get isAmd(): boolean {
    return this.words.get('vendor') === 'AuthenticAMD';
  }

  /** A CPUID bit as "1.ecx.20": leaf, register, bit. */
  has(flag: string): boolean {
    const [leaf, register, bit] = flag.split('.');
    return ((parseInt(this.words.get(`${leaf}.${register}`) ?? '0', 16) >>> Number(bit)) & 1) === 1;
  }

  /** What the CPU makes of the records of `cases`. */
  run(cases: Uint8Array): Uint8Array {
    const input = join(this.folder, 'cases');
    const output = join(this.folder, 'results');
    writeFileSync(input, cases);
    const { status, signal } = spawnSync(this.program, [input, output], { timeout: LIMIT_MS });
    const results = readFileSync(output);
    if (status !== 0) throw new Error(`silicon ended with ${signal ?? status}: ${this.lastOf(cases, results)}`);
    return results;
  }

  /** The case that was under way: the first without a result. */
  private lastOf(cases: Uint8Array, results: Uint8Array): string {
    for (let index = 0; index < cases.length / RECORD_BYTES; index++) {
      if (new StateRecord(results, index).ip !== 0n || new StateRecord(results, index).flags !== 0) continue;
      const { code, bits, ip } = new StateRecord(cases, index);
      return `case ${index}, ${bits}-bit ${Buffer.from(code).toString('hex')} at ${ip.toString(16)}`;
    }
    return 'all cases done';
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
