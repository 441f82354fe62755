/** `node measure-guest.js ELF`: runs a benchmark guest on the bare core in this process; prints instructions and milliseconds. */
import { readFileSync } from 'node:fs';
import { createBareCore } from '../conformance/bare-core';
import { readElf } from '../machine/loaders/elf';

const SLICE = 50_000_000;
const MEMORY_PAGES = 16_384;

function run(path: string): void {
  const core = createBareCore(MEMORY_PAGES);
  const elf = readElf(readFileSync(path));
  for (const segment of elf.segments) core.memory.write(segment.address, segment.contents);
  const state = core.saveCpu(0);
  const flat = { selector: 0x10, base: 0n, limit: 0xffff_ffff, attributes: 0xc93 };
  for (const name of ['ds', 'es', 'ss', 'fs', 'gs'] as const) state.segments[name] = { ...flat };
  state.segments.cs = { selector: 0x8, base: 0n, limit: 0xffff_ffff, attributes: 0xc9b };
  state.cr0 = 0x11n;
  state.rip = BigInt(elf.entry);
  core.loadCpu(0, state);
  const started = performance.now();
  while (core.run(SLICE) === 'budget');
  const ms = performance.now() - started;
  console.log(JSON.stringify({ instructions: core.instructions(), ms, result: Number(core.gpr(0)) }));
}

run(process.argv[2]!);
