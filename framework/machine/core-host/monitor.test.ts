import { program } from './test-support/listing';
import { testMachine, type TestMachine } from './test-support/test-machine';

const LINE = 0x2040;
const RCX = 1;
const RBX = 3;

/** CPU 0 waits at `sleeper`, CPU 1 stores at `neighbour` or `waker`. */
const LISTING = `
  b84420  mov ax, 0x2044
  0f01c8  monitor
armed:
  0f01c9  mwait
  43  inc bx
  f4  hlt
racer:
  b84420  mov ax, 0x2044
  0f01c8  monitor
  c6067f2000  mov byte [0x207f], 0
  0f01c9  mwait
  43  inc bx
  f4  hlt
neighbour:
  c606802000  mov byte [0x2080], 0
  c6063f2000  mov byte [0x203f], 0
  f4  hlt
waker:
  a17020  mov ax, [0x2070]
  a37020  mov [0x2070], ax
  f4  hlt
filler:
  bf4020  mov di, 0x2040
  b90800  mov cx, 8
  f3a4  rep movsb
  f4  hlt
interrupt:
  cf  iret
`;
const ORIGIN = 0x1000;
const CODE = program(ORIGIN, LISTING);
const DISABLE_INTERRUPTS = 2n;
const ENABLE_INTERRUPTS = 0x202n;

interface Start {
  readonly at?: string;
  readonly extensions?: bigint;
  readonly rflags?: bigint;
}

/** CPU 0 has come to its MWAIT. */
function asleep({ at, extensions = 0n, rflags = DISABLE_INTERRUPTS }: Start = {}): TestMachine & { taken(): number } {
  let taken = 0;
  const acknowledgeInterrupt = (): number => {
    taken++;
    return 0x20;
  };
  const machine = testMachine(CODE, ORIGIN, { vcpus: 2, hooks: { acknowledgeInterrupt } });
  const { core } = machine;
  core.memory.write(0x80, Uint8Array.of(CODE.at('interrupt') & 0xff, CODE.at('interrupt') >> 8, 0, 0));
  core.memory.write(8, Uint8Array.of(CODE.at('interrupt') & 0xff, CODE.at('interrupt') >> 8, 0, 0));
  core.loadCpu(1, { ...core.saveCpu(0), activity: 0 });
  core.loadCpu(0, { ...core.saveCpu(0), rflags, rip: BigInt(at === undefined ? ORIGIN : CODE.at(at)) });
  core.run(2);
  core.setGpr(RCX, extensions);
  core.run(100);
  return { ...machine, taken: () => taken };
}

/** Lets CPU 1 run from a label to its HLT. */
function other({ core }: TestMachine, label: string): void {
  core.loadCpu(1, { ...core.saveCpu(1), rip: BigInt(CODE.at(label)), activity: 0 });
  core.select(1);
  core.run(100);
  core.select(0);
}

/** CPU 0 goes on: whether it came past MWAIT. */
function awake({ core }: TestMachine): boolean {
  core.run(100);
  return core.gpr(RBX) === 1n;
}

test('MWAIT sleeps until another CPU stores to the line, whatever the value; other lines do not count', () => {
  const machine = asleep();
  expect(machine.core.activity(0)).toBe('halted');
  other(machine, 'neighbour');
  expect(machine.core.activity(0)).toBe('halted');
  expect(awake(machine)).toBe(false);
  other(machine, 'waker');
  expect(machine.core.activity(0)).toBe('running');
  expect(awake(machine)).toBe(true);
});

test('string stores and bus masters wake it too', () => {
  const strings = asleep();
  other(strings, 'filler');
  expect(awake(strings)).toBe(true);
  const dma = asleep();
  dma.core.memory.write(LINE - 4, Uint8Array.of(0, 0, 0, 0));
  expect(awake(dma)).toBe(false);
  dma.core.memory.write(LINE - 4, Uint8Array.of(0, 0, 0, 0, 0));
  expect(awake(dma)).toBe(true);
});

test('a store between MONITOR and MWAIT is not slept through, neither is a page that goes away', () => {
  expect(awake(asleep({ at: 'racer' }))).toBe(true);
  const machine = asleep();
  machine.core.memory.unmap(2, 1);
  expect(awake(machine)).toBe(true);
});

test('without a line that is armed MWAIT passes', () => {
  const { core } = asleep({ at: 'armed' });
  expect(core.gpr(RBX)).toBe(1n);
});

test('an interrupt ends it with IF, and without IF when ECX says so; it is then not delivered', () => {
  const enabled = asleep({ rflags: ENABLE_INTERRUPTS });
  enabled.core.setInterrupt(0, true);
  enabled.core.run(1);
  enabled.core.setInterrupt(0, false);
  expect([enabled.taken(), awake(enabled)]).toEqual([1, true]);
  const masked = asleep();
  masked.core.setInterrupt(0, true);
  expect([awake(masked), masked.core.wakesOnInterrupt(0)]).toEqual([false, false]);
  const breaking = asleep({ extensions: 1n });
  expect(breaking.core.wakesOnInterrupt(0)).toBe(true);
  breaking.core.setInterrupt(0, true);
  expect(breaking.core.activity(0)).toBe('running');
  expect([awake(breaking), breaking.taken()]).toEqual([true, 0]);
});

test('NMI and INIT end it', () => {
  const nmi = asleep();
  nmi.core.nmi(0);
  expect(awake(nmi)).toBe(true);
  const init = asleep();
  init.core.init(0);
  init.core.run(1);
  expect([init.core.isMonitoring(0), init.core.gpr(RBX)]).toEqual([false, 0n]);
});

test('an SMI ends it for good: behind RSM comes what follows, and HALT is not restarted', () => {
  const machine = asleep();
  machine.core.memory.write(0x38000, Uint8Array.of(0x0f, 0xaa)); // rsm
  machine.core.smi(0);
  expect(machine.core.activity(0)).toBe('running');
  expect([awake(machine), machine.byte(0x3fec9), machine.core.isMonitoring(0)]).toEqual([true, 0, false]);
});

test('it sleeps on in a restored machine, and when the decoded code was dropped', () => {
  const machine = asleep();
  machine.core.watchExecution(1, 0n, 1n);
  other(machine, 'neighbour');
  const saved = machine.core.save();
  const restored = testMachine(CODE, ORIGIN, { vcpus: 2 });
  restored.core.restore(saved);
  for (const each of [machine, restored]) {
    expect(awake(each)).toBe(false);
    other(each, 'waker');
    expect(awake(each)).toBe(true);
  }
});

test('ECX has no other bits, and the instructions are gone while IA32_MISC_ENABLE has them off', () => {
  expect(asleep({ extensions: 2n }).exceptions).toEqual(['13:-1']);
  const machine = testMachine(CODE, ORIGIN);
  machine.core.setMonitorEnabled(0, false);
  machine.core.run(2);
  expect(machine.exceptions).toEqual(['6:-1']);
});
