import { program } from './test-support/listing';
import { testMachine } from './test-support/test-machine';

const ORIGIN = 0x1000;
const RESULTS = 0x2000;

/** Stores the counter's low half in a loop, with an access to a port that takes time after every second one. */
const CODE = program(
  ORIGIN,
  `
  bf0020  mov di, 0x2000
  b90800  mov cx, 8
again:
  0f31  rdtsc
  66ab  stosd
  90  nop
  0f31  rdtsc
  66ab  stosd
  e680  out 0x80, al
  e2f3  loop again
  f4  hlt
`,
);
const READS = 16;
const KHZ = 2_600_000;
const PORT_NS = 500.25;

/** What the guest has read, and what a clock says at the instructions that read it. */
function counters(slices: readonly number[]): { readonly read: number[]; readonly expected: number[] } {
  let addedNs = 0.5;
  const { core, dword } = testMachine(CODE, ORIGIN, {
    tscKhz: KHZ,
    hooks: {
      addedNs: () => addedNs,
      portWrite: () => {
        addedNs += PORT_NS;
        core.timeMoved();
      },
    },
  });
  for (const count of slices) core.run(count);
  const ticks = (instructions: number, ports: number) => Math.floor((Math.floor(instructions + 0.5 + ports * PORT_NS) * KHZ) / 1e6);
  return {
    read: Array.from({ length: READS }, (_, index) => dword(RESULTS + 4 * index)),
    expected: Array.from({ length: READS }, (_, index) => ticks(2 + 7 * (index >> 1) + 3 * (index & 1), index >> 1)),
  };
}

test('the counter follows instructions and charged time at the frequency of the model', () => {
  const { read, expected } = counters([1000]);
  expect(read).toEqual(expected);
});

test('it is the same however a run is cut into pieces', () => {
  const { read, expected } = counters([1, 2, 3, 5, 7, 1, 1, 1, 40, 1000]);
  expect(read).toEqual(expected);
});

test('a shorter slice, asked for in the middle of it, changes nothing', () => {
  let addedNs = 0;
  const { core, dword } = testMachine(CODE, ORIGIN, {
    tscKhz: KHZ,
    hooks: {
      addedNs: () => addedNs,
      portWrite: () => {
        addedNs += 1;
        core.timeMoved();
        core.limitRun(3);
      },
    },
  });
  for (let piece = 0; piece < 50; piece++) core.run(1000);
  const ticks = (index: number) => Math.floor(((2 + 7 * (index >> 1) + 3 * (index & 1) + (index >> 1)) * KHZ) / 1e6);
  expect(Array.from({ length: READS }, (_, index) => dword(RESULTS + 4 * index))).toEqual(
    Array.from({ length: READS }, (_, index) => ticks(index)),
  );
});

test.each([1, 999_999, 2_600_000, 0xffff_ffff])(
  'at %d kHz it is exact right before, at and after whole periods, and after time has gone back',
  (khz) => {
    const moments = [999_990, 2e6 - 20, 2e6 - 10, 2e6 + 10, 5e15, 5e15 + 999_980, 1e6, 3, 1_234_567_890_123, 1_234_567_890_124];
    const code = program(
      ORIGIN,
      `
    bf0020  mov di, 0x2000
    b90a00  mov cx, 10
  again:
    e680  out 0x80, al
    0f31  rdtsc
    66ab  stosd
    6692  xchg eax, edx
    66ab  stosd
    e2f4  loop again
    f4  hlt
  `,
    );
    let reads = 0;
    const machine = testMachine(code, ORIGIN, {
      tscKhz: khz,
      hooks: {
        addedNs: () => moments[reads - 1]! - machine.core.instructions(),
        portWrite: () => {
          reads++;
          machine.core.timeMoved();
        },
      },
    });
    machine.toHalt();
    const read = moments.map(
      (_, index) => BigInt(machine.dword(RESULTS + 8 * index)) + (BigInt(machine.dword(RESULTS + 8 * index + 4)) << 32n),
    );
    expect(read).toEqual(moments.map((ns) => BigInt.asUintN(64, (BigInt(ns) * BigInt(khz)) / 1_000_000n)));
  },
);
