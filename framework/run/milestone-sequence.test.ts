import type { Machine } from '../machine/types';
import type { MatchContext } from '../milestones/matcher';
import { BiosScanner } from '../milestones/scan/bios-scanner';
import { TableScanner } from '../milestones/scan/table-scanner';
import { UefiScanner } from '../milestones/scan/uefi-scanner';
import { readSpec } from '../spec/read-spec';
import type { MilestoneSpec } from '../spec/types';
import { Recorder } from '../trace/recorder';
import { MilestoneSequence } from './milestone-sequence';
import { NeverWatch } from './never-watch';

function milestones(yaml: string): readonly MilestoneSpec[] {
  const lines = yaml
    .trim()
    .split('\n')
    .map((line) => `  ${line.trim()}`);
  const text = `version: 1\nname: t\nguest: { machine: pc, memory: 16MiB, firmware: { bios: ./b.bin } }\nbudget: 1M instructions\nmilestones:\n${lines.join('\n')}\n`;
  const read = readSpec(text, 'test.yaml', () => undefined);
  if (!read.ok) throw new Error(read.diagnostics.map(({ what }) => what).join('; '));
  return read.spec.milestones;
}

/** A list fed by hand: time moves with `at`, memory and screen are plain values. */
function guest(yaml: string, neverYaml?: string) {
  const now = { instructions: 0, atNs: 0, vcpu: 0 };
  const recorder = new Recorder('needed');
  recorder.stamp = { instructions: () => now.instructions, nowNs: () => now.atNs, vcpu: () => 0 };
  const memory = new Uint8Array(0x10_0000);
  const read = (gpa: number, length: number) => memory.slice(gpa, gpa + length);
  const dirty = new Set<number>();
  const written = () => {
    const pages = [...dirty];
    dirty.clear();
    return pages;
  };
  const screen: string[] = [];
  const armed = new Map<number, bigint>();
  const core = {
    mode: 'real',
    paging: false,
    instructions: () => now.instructions,
    cs: 0x1234,
    ip: 5n,
    lastFar: { cs: 0, ip: 0n },
    readLinear: () => new Uint8Array(2),
  };
  const machine = { core, textScreen: () => [...screen], config: { disks: {}, firmware: {} } } as unknown as Machine;
  const watch = (first: bigint) => {
    const id = armed.size + 1;
    armed.set(id, first);
    return { id, remove: () => armed.delete(id) };
  };
  const tables = new TableScanner(read, written, () => ({ ...now, cs: 0x10, ip: 0x10_1234n, linear: 0x10_1234n }));
  const context: MatchContext = {
    machine,
    tables,
    bios: new BiosScanner(new Uint8Array(0x2000).fill(7), read, () => [0xfe, 0xff]),
    uefi: new UefiScanner(read, () => [], false),
    watchExecution: watch,
    watchWrites: (first) => watch(BigInt(first)),
  };
  let moves = 0;
  const sequence = new MilestoneSequence(
    milestones(yaml),
    context,
    recorder,
    () => now,
    () => moves++,
  );
  const never = new NeverWatch(
    neverYaml === undefined ? [] : milestones(neverYaml),
    context,
    recorder,
    () => now,
    () => moves++,
  );
  never.begin();
  sequence.begin();
  return {
    recorder,
    sequence,
    never,
    memory,
    dirty,
    screen,
    armed,
    now,
    context,
    at(instructions: number, atNs = instructions) {
      Object.assign(now, { instructions, atNs });
      return recorder;
    },
    say(text: string, port?: number) {
      for (const byte of Buffer.from(text, 'latin1')) {
        if (port === undefined) recorder.record('serial', 0, byte);
        else recorder.record('debug-console', port, byte);
      }
    },
    scan() {
      tables.scan();
      context.bios.scan();
      sequence.poll();
    },
  };
}

const metAt = ({ sequence }: ReturnType<typeof guest>) => sequence.met.map(({ instructions }) => instructions);

test('milestones are met in their order; each begins to look after the one before', () => {
  const g = guest('- post: 0x10\n- post: 0x20\n- serial: go');
  g.at(1).record('post', 0x80, 0x20);
  g.at(2).record('post', 0x80, 0x10);
  g.say('go');
  g.at(3).record('post', 0x80, 0x20);
  g.at(4);
  g.say('ready, go');
  expect(metAt(g)).toEqual([2, 3, 4]);
  expect(g.sequence.isComplete).toBe(true);
});

test('within counts from the milestone before, or from the one that `from` names', () => {
  const g = guest('- post: { code: 0x10, as: first }\n- post: 0x20\n- post: { code: 0x30, from: first, within: 50 instructions }');
  g.at(100).record('post', 0x80, 0x10);
  g.at(120).record('post', 0x80, 0x20);
  expect(g.sequence.instructionsLeft()).toBe(31);
  g.at(151).record('post', 0x80, 0x30);
  expect(g.sequence.timedOut).toBe(2);
  expect(metAt(g)).toEqual([100, 120]);
});

test('a limit in virtual time runs out between two slices too', () => {
  const g = guest('- serial: { text: login, within: 2ms }');
  g.at(10, 2_000_000);
  g.sequence.checkTime();
  expect(g.sequence.timedOut).toBeUndefined();
  g.at(10, 2_000_001);
  g.sequence.checkTime();
  expect(g.sequence.timedOut).toBe(0);
});

test('count is met at the nth occurrence', () => {
  const g = guest('- port-write: { port: 0x20, value: 0x20, count: 3 }');
  for (let i = 1; i <= 3; i++) g.at(i).record('port-write', 0x20, 1, i === 2 ? 0x0b : 0x20, 1);
  expect(g.sequence.isComplete).toBe(false);
  g.at(9).record('port-write', 0x20, 1, 0x20, 1);
  expect(metAt(g)).toEqual([9]);
});

test('a miss says which event came closest and in what it differed', () => {
  const g = guest('- mbr-read: { disk: hda, to: 0x7c00 }');
  g.at(5).record('disk-read', 'hdb', 0, 1, 0x7c00, 'ide0');
  g.at(6).record('disk-read', 'hda', 0, 1, 0x7e00, 'ide0');
  g.at(7).record('disk-read', 'hda', 63, 1, 0x7e00, 'ide0');
  expect(g.sequence.explanation?.closest).toBe(
    'read of hda sector 0 at instruction 6: to 0x7e00, should be 0x7c00 (2 more that do not match)',
  );
});

test('writes to a disk are a milestone of their own', () => {
  const g = guest('- disk-write: { disk: hda, lba: 8..15, source: 0x9000 }');
  g.at(5).record('disk-read', 'hda', 8, 1, 0x9000, 'ide0');
  g.at(6).record('disk-write', 'hda', 4, 4, 0x9000, 'ide0');
  expect(g.sequence.explanation?.closest).toBe('write of hda sector 4..7 at instruction 6: lba 0x4..0x7, should be 0x8..0xf');
  g.at(7).record('disk-write', 'hda', 4, 5, 0x9000, 'ide0');
  expect(g.sequence.isComplete).toBe(true);
});

test('hypercalls and xenstore keys: what the guest did instead', () => {
  const calls = guest('- hypercall: { name: hvm_op, sub: get_param, arg1: 0..0x7fff }');
  calls.recorder.record('hypercall', 17, 'xen_version', 1, 'extraversion', 0, 1, 2, 3);
  expect(calls.sequence.explanation?.closest).toBe('the guest made only these hypercalls: xen_version.extraversion');
  calls.recorder.record('hypercall', 34, 'hvm_op', 1, 'get_param', 0, 1, 0x1000, 0);
  expect(calls.sequence.isComplete).toBe(true);
  const keys = guest('- xenstore-read: { path: hvmloader/bios, value: seabios }');
  keys.at(3).record('xenstore', 'read', '/local/domain/7/hvmloader/bios', 'ovmf', '');
  expect(keys.sequence.explanation?.closest).toContain('value "ovmf", should be "seabios"');
  keys.recorder.record('xenstore', 'read', 'hvmloader/bios', 'seabios', '');
  expect(keys.sequence.isComplete).toBe(true);
});

test('text is found where it is complete, across lines only when the pattern says so, and a near line is shown', () => {
  const g = guest('- serial: /^E820 .*RAM$/\n- serial: done\n- debug-console: { text: Invoking, port: 0xe9 }');
  g.at(1);
  g.say('xE820 a RAM\r\nE820 map: RAM and more\r\nE820 b RAM');
  expect(metAt(g)).toEqual([]);
  g.at(2);
  g.say('\r\n');
  expect(metAt(g)).toEqual([2]);
  g.say('don');
  g.say('e');
  g.say('Invoking', 0x402);
  g.say('Invoked SeaBIOS ...\n', 0xe9);
  expect(metAt(g)).toHaveLength(2);
  expect(g.sequence.explanation?.closest).toContain('nearest line: "Invoked SeaBIOS ..."');
});

test('watches are armed when their turn comes and disarmed when it is over', () => {
  const g = guest('- post: 1\n- executed: { at: 0000:7c00 }\n- memory-write: 0x472');
  expect(g.armed.size).toBe(0);
  g.recorder.record('post', 0x80, 1);
  expect([...g.armed.values()]).toEqual([0x7c00n]);
  const [id = 0] = g.armed.keys();
  g.at(2).record('executed', id, 0x7c00n, 0x07c0, 0n, 0xf000, 0x1234n, 'real');
  expect(g.sequence.explanation?.closest).toContain('at 07c0:0000, should be 0000:7c00');
  g.at(3).record('executed', id, 0x7c00n, 0, 0x7c00n, 0xf000, 0x1234n, 'real');
  expect(metAt(g)).toEqual([0, 3]);
  expect([...g.armed.values()]).toEqual([0x472n]);
});

test('a table is placed when its checksum is valid, even before its turn came', () => {
  const g = guest('- post: 1\n- table-placed: { table: pir, inside: 0xf0000..0xfffff }\n- table-placed: pir');
  const pir = new Uint8Array(48);
  pir.set(Buffer.from('$PIR\0\x01\x30\0', 'latin1'));
  g.memory.set(pir, 0x1_0040);
  g.dirty.add(0x10);
  g.scan();
  g.recorder.record('post', 0x80, 1);
  g.scan();
  expect(g.sequence.explanation?.closest).toMatch(/^pir found at 0x1_0040, checksum 0x[0-9a-f]{2}, should sum to 0$/);
  pir[31] = (0x100 - pir.reduce((sum, byte) => (sum + byte) & 0xff, 0)) & 0xff;
  g.memory.set(pir, 0x1_0040);
  g.at(50);
  g.scan();
  expect(g.sequence.explanation?.closest).toBe('pir found at 0x1_0040: place 0x1_0040..0x1_006f, should be inside 0xf_0000..0xf_ffff');
  g.memory.set(pir, 0xf_5000);
  g.dirty.add(0xf5);
  g.at(90);
  g.scan();
  expect(metAt(g)).toEqual([0, 90, 90]);
});

test('the firmware image is placed when its last page is right', () => {
  const g = guest('- bios-placed: { inside: 0xf0000..0xfffff }');
  g.memory.fill(7, 0xf_e000, 0xf_ffff);
  g.scan();
  expect(g.sequence.explanation?.closest).toBe('1 of 2 pages match at 0xf_e000; the first that does not is 0xf_f000');
  g.memory[0xf_ffff] = 7;
  g.scan();
  expect(g.sequence.isComplete).toBe(true);
});

test('a power-on at the reset vector is no reset jump', () => {
  const g = guest('- reset-jump: { by: 0x0..0xfff }');
  const [low = 0] = [...g.armed].find(([, linear]) => linear === 0xf_fff0n) ?? [];
  g.at(0).record('executed', low, 0xf_fff0n, 0xf000, 0xfff0n, 0, 0n, 'real');
  g.at(70).record('executed', low, 0xf_fff0n, 0xf000, 0xfff0n, 0, 0x21n, 'real');
  expect(metAt(g)).toEqual([70]);
});

test('the screen is asked at scans', () => {
  const g = guest('- screen: Booting from Hard Disk');
  g.screen.push('', 'Booting from DVD...');
  g.scan();
  expect(g.sequence.explanation?.closest).toContain('"Booting from DVD..."');
  g.screen.push('Booting from Hard Disk...');
  g.scan();
  expect(g.sequence.isComplete).toBe(true);
});

test('never is watched from the first instruction, whatever milestone is awaited', () => {
  const g = guest('- post: 1\n- post: 2', '- port-write: 0xcf9\n- serial: /panic/i');
  g.at(7);
  g.say('Kernel PANIC');
  g.at(8).record('port-write', 0xcf9, 1, 6, 1);
  expect(g.never.violation).toMatchObject({ index: 1, instructions: 7 });
});
