import { MIB } from '../../../quantities/units';
import { Recorder } from '../../../trace/recorder';
import { TraceStore } from '../../../trace/store';
import { createMachine } from '../../create-machine';
import type { BlockSource } from '../../bus/types';
import type { CpuState } from '../../core-host/types';
import type { Machine, MachineConfig } from '../../types';
import { elf } from '../xen-hvm/guest-program.test-support';
import { CODE, Dice, randomProgram } from './random-program.test-support';

type Platform = MachineConfig['platform'];

const SEEDS = Number(process.env['MILEPOST_FUZZ_SEEDS'] ?? 2);
const FIRST_SEED = Number(process.env['MILEPOST_FUZZ_FIRST'] ?? 1);
/** Programs that follow each other on one machine, and what each may run. */
const PROGRAMS = 12;
const SLICE = 4_000;
const STEPS_TO_CODE = 100;
const MEMORY_BYTES = 16 * MIB;
const LOADER = 0x10_0000;

const word = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff];
const dword = (value: number): number[] => [...word(value), ...word(value >>> 16)];

/** Flash that enters protected mode with flat segments and jumps to the program in RAM. */
function flash(): Uint8Array {
  const image = new Uint8Array(0x1_0000).fill(0x90);
  // CLI / LGDT CS:[100h] / PE := 1 / JMP 8:F0040h
  image.set([0xfa, 0x2e, 0x66, 0x0f, 0x01, 0x16, 0x00, 0x01, 0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0, 0x66, 0xea]);
  image.set([...dword(0xf_0040), ...word(8)], 18);
  // MOV AX, 10h / MOV DS, ES, SS, AX / MOV EAX, CODE / JMP EAX
  image.set([0x66, 0xb8, 0x10, 0x00, 0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xd0, 0xb8, ...dword(CODE), 0xff, 0xe0], 0x40);
  image.set([...word(0x17), ...dword(0xf_0110)], 0x100);
  image.set([...dword(0xffff), ...dword(0x00cf_9a00), ...dword(0xffff), ...dword(0x00cf_9200)], 0x118);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  return image;
}

function disk(sizeBytes: number): BlockSource {
  return { sizeBytes, read: (offset, length) => new Uint8Array(length).fill(offset & 0xff) };
}

interface Fuzzed {
  readonly machine: Machine;
  readonly recorder: Recorder;
  /** The first CPU in flat protected mode, at the program's first instruction. */
  readonly start: CpuState;
}

function boot(platform: Platform, seed: number): Fuzzed {
  const isXen = platform === 'xen-hvm';
  const recorder = new Recorder('full', new TraceStore(4 * MIB));
  const machine = createMachine(
    {
      platform,
      name: 'fuzz',
      memoryBytes: isXen ? 2 * MEMORY_BYTES : MEMORY_BYTES,
      vcpus: new Dice(seed).of([1, 2]),
      firmware: {
        bios: isXen ? Uint8Array.of(0xf4) : flash(),
        biosKind: 'seabios',
        // JMP to the program
        ...(isXen && { loader: elf([{ address: LOADER, bytes: Uint8Array.of(0xe9, ...dword(CODE - LOADER - 5)) }]) }),
      },
      disks: { hda: disk(10 * MIB) },
      cdroms: { hdc: disk(2 * MIB) },
      floppies: { fda: disk(1_474_560) },
      vga: 'stdvga',
      acpi: true,
      apic: true,
      boot: 'c',
      uuid: '00000000-0000-0000-0000-000000000000',
      rtcSeconds: 0,
      tscKhz: 1_000_000,
      domid: 1,
    },
    recorder,
  );
  recorder.stamp = {
    instructions: () => machine.core.instructions(),
    nowNs: () => machine.clock.nowNs(),
    vcpu: () => machine.core.current,
  };
  const { core } = machine;
  for (let step = 0; step < STEPS_TO_CODE && core.ip !== BigInt(CODE); step++) machine.run(1);
  return { machine, recorder, start: core.saveCpu(0) };
}

/** Runs one program after the other on the same machine, each on what those before it made of the devices. */
function run({ machine, start }: Fuzzed, seed: number, programs: number): void {
  for (let index = 0; index < programs; index++) {
    // A reset that was asked for is done first.
    machine.run(1);
    for (const { address, bytes } of randomProgram(seed * 1000 + index, machine.config.platform === 'xen-hvm')) {
      machine.core.memory.write(address, bytes);
    }
    machine.core.loadCpu(0, start);
    machine.run(SLICE);
  }
}

const SEED_LIST = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index);
const ROWS = (['pc', 'q35', 'xen-hvm'] as const).flatMap((platform) => SEED_LIST.map((seed) => [platform, seed] as const));

test.each(ROWS)(
  'a guest on %s that programs every device at random (seed %d) harms neither host nor determinism',
  (platform, seed) => {
    const [straight, stopped] = [boot(platform, seed), boot(platform, seed)];
    run(straight, seed, PROGRAMS);
    run(stopped, seed, PROGRAMS);
    expect(straight.recorder.store.size).toBeGreaterThan(1000);
    expect(stopped.recorder.store.hash()).toBe(straight.recorder.store.hash());
    expect(straight.machine.core.memory.allocatedBytes).toBeLessThan(4 * MEMORY_BYTES + 32 * MIB);
    // Reports look at a machine in any state.
    straight.machine.textScreen();
    straight.machine.readPhysical(0xffff_f000, 0x2000);
    const saved = straight.machine.save();
    const again = boot(platform, seed);
    again.machine.restore(saved);
    run(straight, seed + 1, 2);
    run(again, seed + 1, 2);
    expect(again.machine.core.instructions()).toBe(straight.machine.core.instructions());
    expect(again.machine.core.digest()).toBe(straight.machine.core.digest());
    expect(again.machine.clock.nowNs()).toBe(straight.machine.clock.nowNs());
  },
  60_000,
);
