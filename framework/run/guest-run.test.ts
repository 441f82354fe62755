import type { MachineConfig } from '../machine/types';
import { PcMachine } from '../machine/platform/pc-i440fx/pc-machine';
import type { Plan } from '../plan/types';
import { readSpec } from '../spec/read-spec';
import { Recorder } from '../trace/recorder';
import { collectResult } from './collect-result';
import { ConsoleLog } from './console-log';
import { FaultChain } from './fault-chain';
import { GuestRun } from './guest-run';
import type { RunResult } from './result';

const word = (value: number): number[] => [value & 0xff, value >> 8];
/** MOV WORD [offset], value. */
const store16 = (offset: number, value: number): number[] => [0xc7, 0x06, ...word(offset), ...word(value)];
/** MOV AL, value / OUT port, AL. */
const out8 = (port: number, value: number): number[] => [0xb0, value, 0xe6, port];
const SET_DS_SS_0 = [0x31, 0xc0, 0x8e, 0xd8, 0x8e, 0xd0, 0xbc, 0x00, 0x70];
const CLI = 0xfa;
const STI = 0xfb;
const HLT = 0xf4;
const HANDLER = 0x8000;

/** PIC at vector 8 with only IRQ 0 open, PIT channel 0 at 18.2 Hz, and a handler that counts ticks at 46Ch. */
const TICKING = [
  ...SET_DS_SS_0,
  ...[...out8(0x20, 0x11), ...out8(0x21, 8), ...out8(0x21, 4), ...out8(0x21, 1), ...out8(0x21, 0xfe)],
  ...[...out8(0x43, 0x34), ...out8(0x40, 0), ...out8(0x40, 0)],
  ...[...store16(0x20, HANDLER), ...store16(0x22, 0xf000), ...store16(0x46c, 0), STI],
];
/** PUSH AX / INC WORD [46Ch] / MOV AL,20h / OUT 20h,AL / POP AX / IRET. */
const COUNT_TICK = [0x50, 0xff, 0x06, ...word(0x46c), 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf];
/** MOV DX,3F8h / MOV AL,char / OUT DX,AL. */
const PRINT = (char: string): number[] => [0xba, 0xf8, 0x03, 0xb0, char.charCodeAt(0), 0xee];

function flash(code: readonly number[]): Uint8Array {
  const image = new Uint8Array(0x1_0000).fill(0x90);
  image.set(code, 0);
  image.set(COUNT_TICK, HANDLER);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  return image;
}

const SPEC_HEAD = 'version: 1\nname: t\nguest: { machine: pc, memory: 16MiB, firmware: { bios: ./b.bin } }\n';

/** Boots code at F000:0000 on a PC and runs it to the end of the spec. */
function boot(code: readonly number[], yaml: string, level: 'needed' | 'full' = 'full'): RunResult {
  const spec = readSpec(SPEC_HEAD + yaml, 'test.yaml', () => undefined);
  if (!spec.ok) throw new Error(spec.diagnostics.map(({ what }) => what).join('; '));
  const config = {
    platform: 'pc',
    name: 'test',
    memoryBytes: 16 << 20,
    vcpus: 1,
    firmware: { bios: flash(code), biosKind: 'seabios' },
    disks: {},
    vga: 'stdvga',
    acpi: true,
    apic: true,
    boot: 'c',
    uuid: '00000000-0000-0000-0000-000000000000',
    rtcSeconds: 0,
    tscKhz: 1_000_000,
    domid: 1,
  } satisfies MachineConfig;
  const { input, milestones, never, expect: expectations, budget } = spec.spec;
  const limit = budget?.value;
  const file = { name: 'b', path: '/b', sha256: '', sizeBytes: 0x1_0000 };
  const plan: Plan = {
    specPath: 'test.yaml',
    specSha256: '',
    name: 't',
    tags: [],
    guest: {
      ...config,
      cpu: 'x86-64-v2',
      firmware: { bios: file, biosKind: 'seabios' },
      disks: {},
      cdroms: {},
      floppies: {},
      networks: [],
    },
    budget: {
      instructions: limit?.unit === 'instructions' ? limit.amount : 1e9,
      ns: limit?.unit === 'ns' ? limit.amount : 1e12,
      declared: limit,
    },
    input,
    milestones,
    never,
    expect: expectations,
  };
  const recorder = new Recorder(level);
  const machine = new PcMachine(config, recorder);
  recorder.stamp = {
    instructions: () => machine.core.instructions(),
    nowNs: () => machine.clock.nowNs(),
    vcpu: () => machine.core.current,
  };
  const consoles = new ConsoleLog(recorder);
  const faults = new FaultChain(recorder);
  const run = new GuestRun(plan, machine, recorder, { isOver: () => false, tick: () => undefined });
  const end = run.run();
  return collectResult({ plan, machine, recorder, run, end, consoles, faults, wallMs: 0 });
}

const AWAIT_SERIAL = 'budget: 60M instructions\nmilestones:\n  - serial: X\n';

test('milestones are met and the state after the last one is what expectations see', () => {
  const code = [...SET_DS_SS_0, ...store16(0x500, 0xbeef), ...out8(0x80, 0x11), ...PRINT('X'), CLI, HLT];
  const spec = `budget: 1M instructions
milestones:
  - memory-write: { at: 0x500, value: 0xbeef, width: 2 }
  - post: 0x11
  - serial: X
expect:
  memory:
    - { at: 0x500, value: 0xbeef, width: 2 }
  registers: { mode: real, dx: 0x3f8, al: 0x58 }
`;
  const result = boot(code, spec);
  expect(result.diagnostics).toEqual([]);
  expect(result.outcome).toBe('passed');
  expect(result.milestones.map(({ status }) => status)).toEqual(['met', 'met', 'met']);
  expect(result.consoles[0]?.text).toBe('X');
});

test('an unmet expectation says what was found', () => {
  const spec = `budget: 1M instructions\nmilestones:\n  - serial: X\nexpect:\n  registers: { al: 0x59 }\n  smbios.type1: { Manufacturer: Xen }\n`;
  const result = boot([...PRINT('X'), CLI, HLT], spec);
  expect(result.outcome).toBe('failed');
  expect(result.diagnostics.map(({ what }) => what)).toEqual([
    'al is 0x58, should be 0x59',
    'smbios.type1 is no SMBIOS entry point, should be present',
  ]);
});

test('a CPU that jumps to itself with interrupts off hangs, and is not run to its budget', () => {
  const result = boot([CLI, 0xeb, 0xfe], AWAIT_SERIAL);
  expect(result.outcome).toBe('hang');
  expect(result.end.hang?.verdict).toBe('1-instruction loop at F000:0001 repeats with the same registers and memory, interrupts off');
  expect(result.instructions).toBeLessThan(5_000_000);
  expect(result.milestones[0]?.status).toBe('missed');
  expect(result.diagnostics[0]?.code).toBe('hang');
});

test('an endless status poll is a hang after a declared amount, with the port and its value', () => {
  // MOV DX,1F7h / IN AL,DX / TEST AL,AL / JMP to IN
  const result = boot([...TICKING, 0xba, 0xf7, 0x01, 0xec, 0x84, 0xc0, 0xeb, 0xfb], AWAIT_SERIAL);
  expect(result.end.kind).toBe('hang');
  expect(result.end.hang?.verdict).toMatch(/^3-instruction loop at F000:[0-9A-F]{4} polls port 0x1F7, value 0x[0-9A-F]+, [0-9.]+M times$/);
  expect(result.end.hang?.loop.map(({ text }) => text)[0]).toBe('in al, dx');
  expect(result.atNs).toBeGreaterThan(2e9);
});

test('waiting for the tick counter that an interrupt handler advances is no hang', () => {
  // IN AL,64h (to pass time) / CMP WORD [46Ch],45 / JB
  const wait = [0xe4, 0x64, 0x83, 0x3e, ...word(0x46c), 45, 0x72, 0xf7];
  const result = boot([...TICKING, ...wait, ...PRINT('X'), CLI, HLT], AWAIT_SERIAL);
  expect(result.outcome).toBe('passed');
  expect(result.atNs).toBeGreaterThan(2.4e9);
});

test('sleeping between ticks is no hang; a sleep that nothing ends is', () => {
  const wait = [HLT, 0x83, 0x3e, ...word(0x46c), 100, 0x72, 0xf8];
  expect(boot([...TICKING, ...wait, ...PRINT('X'), CLI, HLT], AWAIT_SERIAL).outcome).toBe('passed');
  const dead = boot([...SET_DS_SS_0, CLI, HLT], AWAIT_SERIAL);
  expect(dead.outcome).toBe('hang');
  expect(dead.end.text).toMatch(/^halted at F000:[0-9A-F]{4}: interrupts are off, nothing can wake a CPU$/);
});

/** HLT / CMP WORD [46Ch],ticks / JB to HLT. */
const sleep = (ticks: number): number[] => [HLT, 0x81, 0x3e, ...word(0x46c), ...word(ticks), 0x72, 0xf7];

test('a guest that sleeps from tick to tick for ever hangs after a declared time, at its HLT', () => {
  // HLT / JMP to HLT
  const result = boot([...TICKING, ...PRINT('a'), HLT, 0xeb, 0xfd], AWAIT_SERIAL);
  expect(result.outcome).toBe('hang');
  expect(result.end.text).toMatch(
    /^idle wait at F000:[0-9A-F]{4} for 18[0-2] s: only interrupt 0x08 comes, 3\d\d\d times, and returns there$/,
  );
  expect(result.end.hang?.loop[0]?.text).toBe('hlt');
  expect(result.atNs).toBeLessThan(185e9);
  expect(result.diagnostics[0]?.notes.at(-2)?.text).toMatch(/within/);
});

test('a sleep of two minutes that ends by itself is no hang, nor is a longer one that the milestone allows', () => {
  expect(boot([...TICKING, ...sleep(2200), ...PRINT('X'), CLI, HLT], AWAIT_SERIAL).outcome).toBe('passed');
  const long = [...TICKING, ...sleep(6000), ...PRINT('X'), CLI, HLT];
  expect(boot(long, AWAIT_SERIAL).outcome).toBe('hang');
  const allowed = boot(long, 'budget: 60M instructions\nmilestones:\n  - serial: { text: X, within: 6min }\n');
  expect(allowed.outcome).toBe('passed');
  expect(allowed.atNs).toBeGreaterThan(320e9);
});

test('a sleeping guest that prints now and then is no hang', () => {
  // MOV BX,1000 / loop: HLT / CMP [46Ch],BX / JB loop / print a dot / ADD BX,1000 / JMP loop
  const dots = [0xbb, ...word(1000), HLT, 0x39, 0x1e, ...word(0x46c), 0x72, 0xf9, ...PRINT('.'), 0x81, 0xc3, ...word(1000), 0xeb, 0xed];
  const result = boot([...TICKING, ...dots], 'budget: 400s\nmilestones:\n  - serial: X\n');
  expect(result.outcome).toBe('budget');
  expect(result.consoles[0]?.text).toMatch(/^\.{5,}$/);
});

test('a budget that ends during a shorter idle wait tells of it', () => {
  const result = boot([...TICKING, HLT, 0xeb, 0xfd], 'budget: 30s\nmilestones:\n  - serial: X\n');
  expect(result.outcome).toBe('budget');
  expect(result.end.text).toMatch(/^budget of 30s spent in an idle wait at F000:[0-9A-F]{4} for [0-9.]+ s: only interrupt 0x08/);
});

test('waiting with interrupts off for memory that nothing changes is a hang', () => {
  // CMP BYTE [500h],1 / JNE
  const result = boot([...SET_DS_SS_0, CLI, 0x80, 0x3e, ...word(0x500), 1, 0x75, 0xf9], AWAIT_SERIAL);
  expect(result.end.hang?.verdict).toMatch(
    /^2-instruction loop at F000:[0-9A-F]{4} polls memory 0x500, value 0x00, which nothing can change/,
  );
});

test('counting down is no hang, and a budget that runs out says where the guest is', () => {
  // MOV ECX,80000000h / DEC ECX / JNZ
  const result = boot([CLI, 0x66, 0xb9, 0, 0, 0, 0x80, 0x66, 0x49, 0x75, 0xfc], 'budget: 5M instructions\nmilestones:\n  - serial: X\n');
  expect(result.outcome).toBe('budget');
  expect(result.instructions).toBeLessThan(5_002_000);
  expect(result.cpus[0]?.disassembly.length).toBe(5);
});

test('an undeclared triple fault is a crash with its chain; a declared one is a milestone', () => {
  // LIDT [600h], where memory is zero: limit 0 / INT3
  const code = [...SET_DS_SS_0, 0x0f, 0x01, 0x1e, ...word(0x600), 0xcc];
  const crash = boot(code, AWAIT_SERIAL);
  expect(crash.outcome).toBe('guest-crash');
  expect(crash.end.kind).toBe('triple-fault');
  expect(crash.end.faults.at(-1)?.name).toBe('triple fault');
  expect(boot(code, 'budget: 1M instructions\nmilestones:\n  - triple-fault\n').outcome).toBe('passed');
});

test('an exception whose handler returns to it for ever is a hang', () => {
  // DIV BL with BL = 0, vector 0 at an IRET of the flash
  const code = [...SET_DS_SS_0, ...store16(0, HANDLER + COUNT_TICK.length - 1), ...store16(2, 0xf000), 0x30, 0xdb, 0xf6, 0xf3];
  const result = boot(code, AWAIT_SERIAL);
  expect(result.outcome).toBe('hang');
  expect(result.end.text).toMatch(/^#DE at F000:[0-9A-F]{4} raised 50000 times in a row/);
});

test('a reset that a milestone declares starts the guest afresh', () => {
  const code = [...PRINT('R'), 0xba, 0xf9, 0x0c, 0xb0, 0x06, 0xee, CLI, HLT];
  expect(boot(code, AWAIT_SERIAL).end.text).toBe('undeclared reset by cf9');
  const spec = 'budget: 1M instructions\nmilestones:\n  - serial: R\n  - reset: cf9\n  - serial: R\n';
  expect(boot(code, spec).outcome).toBe('passed');
});

test('a reset that is to come several times is declared each time; a guest that resets for ever is held to the count', () => {
  const code = [...PRINT('R'), 0xba, 0xf9, 0x0c, 0xb0, 0x06, 0xee, CLI, HLT];
  const resets = (count: number): string => `budget: 1M instructions\nmilestones:\n  - reset: { source: cf9, count: ${count} }\n`;
  const result = boot(code, resets(3));
  expect(result.end.text).toBe('all milestones met');
  expect(result.consoles[0]?.text).toBe('RRR');
  const endless = boot(code, `${resets(2)}  - serial: X\n`);
  expect(endless.end.text).toBe('undeclared reset by cf9');
  expect(endless.consoles[0]?.text).toBe('RRR');
});

test('never ends the run where it came true', () => {
  const code = [...PRINT('R'), ...out8(0x80, 1), ...PRINT('X'), CLI, HLT];
  const result = boot(code, 'budget: 1M instructions\nmilestones:\n  - serial: X\nnever:\n  - port-write: 0x80\n');
  expect(result.outcome).toBe('failed');
  expect(result.never[0]?.violated).toBe(true);
  expect(result.consoles[0]?.text).toBe('R');
  expect(result.diagnostics[0]?.code).toBe('never-happened');
});

test('the same guest gives the same trace every time', () => {
  const code = [...TICKING, HLT, 0x83, 0x3e, ...word(0x46c), 20, 0x72, 0xf8, ...PRINT('X'), CLI, HLT];
  const [first, second] = [boot(code, AWAIT_SERIAL), boot(code, AWAIT_SERIAL)];
  expect(first.trace.hash).toBe(second.trace.hash);
  expect(first.trace.events).toBeGreaterThan(20);
  expect({ ...first, wallMs: 0 }).toEqual({ ...second, wallMs: 0 });
});

test('a guest that floods a port is held to its budget with bounded memory', () => {
  // MOV DX,3F8h / OUT DX,AL / JMP
  const result = boot([0xba, 0xf8, 0x03, 0xee, 0xeb, 0xfd], 'budget: 1M instructions\nmilestones:\n  - serial: X\n');
  expect(result.outcome).toBe('budget');
  expect(result.trace.counts['port-write']).toBeGreaterThan(490_000);
});

describe('input', () => {
  /** Keyboard interface on; then for ever: waits for a byte of the keyboard and sends it to COM1. */
  const ECHO_KEYS = [...out8(0x64, 0xae), 0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, 0xe4, 0x60, 0xba, 0xf8, 0x03, 0xee, 0xeb, 0xf2];
  const BREAK_A = 'serial: "/\\x1e\\x9e/"';

  test('keys are pressed at their time and when a milestone form is met, each once and in order', () => {
    const input = `input:\n  - { after: 3ms, type: a }\n  - { when: { ${BREAK_A} }, after: 20ms, type: "B<up>" }\n`;
    const { outcome, milestones } = boot(
      ECHO_KEYS,
      `${input}budget: 100ms\nmilestones:\n  - ${BREAK_A}\n  - serial: "\\x2a0\\xb0\\xaa\\xe0H\\xe0\\xc8"\n`,
    );
    expect(outcome).toBe('passed');
    const [first, second] = milestones.map(({ atNs }) => Math.round((atNs ?? 0) / 1e6));
    expect([first, second]).toEqual([4, 27]);
  });

  test('keys are held as long as the pace says, and the next one waits as long', () => {
    const input = 'input:\n  - { after: 3ms, type: ab, pace: 20ms }\n';
    const rest = '/\\x9e0\\xb0/';
    const { outcome, milestones } = boot(ECHO_KEYS, `${input}budget: 200ms\nmilestones:\n  - serial: "/\\x1e/"\n  - serial: "${rest}"\n`);
    expect(outcome).toBe('passed');
    const [down = 0, up = 0] = milestones.map(({ atNs }) => Math.round((atNs ?? 0) / 1e6));
    expect(up - down).toBeGreaterThanOrEqual(60);
  });

  test('a key that the pace holds down for long repeats', () => {
    const input = 'input:\n  - { after: 3ms, type: a, pace: 800ms }\n';
    const { outcome } = boot(ECHO_KEYS, `${input}budget: 2s\nmilestones:\n  - serial: "\\x1e\\x1e\\x1e\\x1e\\x1e\\x9e"\n`, 'needed');
    expect(outcome).toBe('passed');
  });

  test('the far end of COM1 sends when the guest has said something', () => {
    const code = [
      ...[0xba, 0xfc, 0x03, 0xb0, 0x02, 0xee], // RTS
      ...PRINT('>'),
      0xba,
      0xfd,
      0x03,
      0xec,
      0xa8,
      0x01,
      0x74,
      0xfb,
      0xba,
      0xf8,
      0x03,
      0xec,
      0xee,
      0xeb,
      0xf1,
    ];
    const result = boot(code, 'input:\n  - { when: { serial: ">" }, serial: "ok\\r" }\nbudget: 10ms\nmilestones:\n  - serial: ok\n');
    expect(result.outcome).toBe('passed');
    expect(result.trace.counts['serial-input']).toBe(3);
  });

  test('polling the keyboard is no hang while a key is on its way', () => {
    // in al, 64h / test al, 1 / jz: with interrupts off, nothing but the key ends it
    const input = 'input:\n  - { after: 3s, type: a }\n';
    const { outcome, milestones } = boot([CLI, ...ECHO_KEYS], `${input}budget: 5s\nmilestones:\n  - ${BREAK_A}\n`, 'needed');
    expect(outcome).toBe('passed');
    expect(milestones[0]?.atNs).toBeGreaterThan(3e9);
  });

  test('a guest that waits for input in vain is told what the input waits for', () => {
    const result = boot(ECHO_KEYS, 'input:\n  - { when: { screen: Press a key }, type: x }\nbudget: 10ms\nmilestones:\n  - serial: x\n');
    expect(result.outcome).not.toBe('passed');
    expect(result.diagnostics[0]?.notes.map(({ text }) => text)).toContain(
      'the input of line 5 was not given: it waits for screen Press a key',
    );
  });
});
