import { FEATURE_SMAP, FEATURE_SMEP } from '../../core/layout/features';
import { createCore } from '../create-core';
import { SILENT_HOOKS } from '../silent-hooks';
import type { Core, CoreHooks } from '../types';
import type { Program } from './listing';

/** Every FEATURE_* bit of the word but SMEP and SMAP, and 1 GiB pages. */
const ALL_FEATURES = 0xffff_ffff - FEATURE_SMEP - FEATURE_SMAP;

export interface TestMachine {
  readonly core: Core;
  /** `vector:errorCode` of every exception, -1 for none. */
  readonly exceptions: string[];
  /** `port=value` of every OUT. */
  readonly output: string[];
  readonly modes: string[];
  /** Bytes written to port E9h, as text. */
  readonly console: () => string;
  readonly byte: (gpa: number) => number;
  readonly word: (gpa: number) => number;
  readonly dword: (gpa: number) => number;
  /** Runs until HLT, at most a million instructions. */
  readonly toHalt: () => void;
}

export interface TestOptions {
  readonly hooks?: Partial<CoreHooks>;
  readonly vcpus?: number;
  /** RAM from 0, in pages. */
  readonly pages?: number;
  readonly features?: number;
  readonly features2?: number;
  readonly tscKhz?: number;
}

/** A core with RAM from 0 and a program in it, about to run it in real mode at 0:origin with SP = 7000h. */
export function testMachine(code: Program, origin: number, options: TestOptions = {}): TestMachine {
  const exceptions: string[] = [];
  const output: string[] = [];
  const modes: string[] = [];
  const typed: number[] = [];
  const hooks: CoreHooks = {
    ...SILENT_HOOKS,
    acknowledgeInterrupt: () => 0x20,
    portWrite: (port, size, value) => {
      if (port === 0xe9) typed.push(value);
      else output.push(`${port.toString(16)}=${value.toString(16)}`);
      options.hooks?.portWrite?.(port, size, value);
    },
    exception: (vector, code) => exceptions.push(`${vector}:${code}`),
    modeChanged: () => modes.push(core.mode),
    ...Object.fromEntries(Object.entries(options.hooks ?? {}).filter(([name]) => name !== 'portWrite')),
  };
  const core = createCore({
    vcpus: options.vcpus ?? 1,
    hooks,
    features: options.features ?? ALL_FEATURES,
    features2: options.features2 ?? 1,
    tscKhz: options.tscKhz ?? 0,
    physicalAddressBits: 40,
  });
  core.memory.populate(0, options.pages ?? 512);
  core.memory.write(origin, code.bytes);
  const state = core.saveCpu(0);
  state.segments.cs = { ...state.segments.cs, selector: 0, base: 0n };
  state.rip = BigInt(origin);
  state.gpr[4] = 0x7000n;
  state.cr0 = 0x10n;
  core.loadCpu(0, state);
  const dword = (gpa: number): number => Buffer.from(core.memory.read(gpa, 4)).readUInt32LE();
  return {
    core,
    exceptions,
    output,
    modes,
    console: () => Buffer.from(typed).toString('latin1'),
    byte: (gpa) => dword(gpa) & 0xff,
    word: (gpa) => dword(gpa) & 0xffff,
    dword,
    toHalt: () => {
      const stop = core.run(1_000_000);
      if (stop !== 'halted') throw new Error(`the program did not halt: ${stop} at ${core.cs.toString(16)}:${core.ip.toString(16)}`);
    },
  };
}
