import { diagnostic, type Span } from '../../diagnostics/diagnostic';
import type { MilestoneResult, RunResult } from '../../run/result';
import type { ReportContext } from '../context';

const FILE = '/project/specs/xen/mbr.yaml';

/** The spec that the example run is of. */
const EXAMPLE_SPEC = `version: 1
name: SeaBIOS boots the MBR
guest: { machine: xen-hvm, memory: 128MiB, disks: { hda: mbr-hello } }
budget: 60M instructions
milestones:
  - reset-jump: { to: f000:fff0, mode: real }
  - mbr-read: { disk: hda, to: 0x7c00, within: 5M instructions }
  - serial: MBR reached
`;

export const EXAMPLE_CONTEXT: ReportContext = {
  cwd: '/project',
  artefacts: { directory: '/project/reports/specs/xen/mbr', names: ['serial.log', 'events.jsonl', 'result.json'] },
};

const CLOSEST = 'disk-read hda lba 1, to 0x8000';
const FIXME = 'is the disk image attached as hda?';

function spanOf(line: number, word: string): Span {
  const text = EXAMPLE_SPEC.split('\n')[line - 1]!;
  return { file: FILE, line, column: text.indexOf(word) + 1, length: word.length, text };
}

function milestone(index: number, name: string, line: number, rest: Partial<MilestoneResult>): MilestoneResult {
  const span = spanOf(line, name);
  return { index, key: name, name, expected: name, span, status: 'not-reached', spentInstructions: 0, spentNs: 0, details: [], ...rest };
}

/** A guest that polls an ATA disk for ever: met one milestone, misses the second, never looks for the third. */
export function hangingRun(changes: Partial<RunResult> = {}): RunResult {
  const disassembly = [
    { cs: 0xf000, ip: 'e2c3', bytes: 'ec', text: 'in al,dx' },
    { cs: 0xf000, ip: 'e2c4', bytes: 'a8 80', text: 'test al,80h' },
    { cs: 0xf000, ip: 'e2c6', bytes: '75 fb', text: 'jne short e2c3h' },
    { cs: 0xf000, ip: 'e2c8', bytes: 'c3', text: 'ret' },
    { cs: 0xf000, ip: 'e2c9', bytes: '90', text: 'nop' },
  ];
  const stamp = { seq: 41, instructions: 4_200_000, atNs: 5_100_000, vcpu: 0 };
  return {
    name: 'SeaBIOS boots the MBR',
    file: FILE,
    tags: ['xen'],
    outcome: 'hang',
    exitClass: 6,
    summary: 'hang: 3-instruction loop at F000:E2C3 polls port 0x1F7, value 0xD0, 1.4M times',
    milestones: [
      milestone(0, 'reset-jump', 6, {
        status: 'met',
        expected: 'reset-jump: { to: f000:fff0, mode: real }',
        instructions: 146_031,
        atNs: 2_100_000,
        spentInstructions: 146_031,
        spentNs: 2_100_000,
        details: [['from', '0010:0010_7abc']],
      }),
      milestone(1, 'mbr-read', 7, {
        status: 'missed',
        expected: 'mbr-read: { disk: hda, to: 0x7c00, within: 5M instructions }',
        spentInstructions: 4_053_969,
        spentNs: 3_000_000,
        allowed: { instructions: 5_000_000 },
        explanation: { closest: CLOSEST, fixme: FIXME },
      }),
      milestone(2, 'serial', 8, { expected: 'serial: MBR reached' }),
    ],
    never: [],
    expectations: [
      {
        key: 'acpi.facp',
        name: 'acpi.facp',
        span: spanOf(8, 'serial'),
        status: 'not-checked',
        differences: [],
        details: [],
      },
    ],
    end: {
      kind: 'hang',
      text: 'the guest can never get on',
      hang: {
        verdict: '3-instruction loop at F000:E2C3 polls port 0x1F7, value 0xD0, 1.4M times',
        kind: 'port-poll',
        vcpu: 0,
        loopInstructions: 3,
        rounds: 1_400_000,
        loop: disassembly.slice(0, 3),
      },
      faults: [],
    },
    cpus: [
      {
        vcpu: 0,
        activity: 'running',
        mode: 'real',
        paging: false,
        cs: 0xf000,
        ip: 'e2c3',
        linear: '0xfe2c3',
        at: 'f000:e2c3',
        disassembly,
        registers: [
          ['rax', '0xd0'],
          ['rdx', '0x1f7'],
          ['r8', '0x0'],
          ['cs', 'f000 base 0xf_0000'],
        ],
      },
    ],
    lastEvents: [
      { event: { kind: 'post', port: 0x80, code: 0x31, ...stamp }, text: 'post port=0x80 code=0x31', times: 1, atLeast: false },
      {
        event: { kind: 'port-read', port: 0x1f7, size: 1, value: 0xd0, claimed: 1, ...stamp, seq: 42 },
        text: 'port-read port=0x1f7 size=1 value=0xd0',
        times: 12_000_000,
        atLeast: false,
      },
    ],
    consoles: [
      { name: 'serial', bytes: new Uint8Array(0), text: '', dropped: 0 },
      { name: 'debug-console', bytes: Buffer.from('HVM Loader\n\x1b[31mBooting\r\n'), text: 'HVM Loader\n\x1b[31mBooting\r\n', dropped: 0 },
    ],
    screen: ['SeaBIOS (version 1.16.2)', '', 'Booting from Hard Disk...'],
    tables: [
      {
        table: 'acpi.facp',
        gpa: 0xfc00a2f0,
        length: 4,
        checksum: 'valid',
        sum: 0,
        oemId: 'Xen   ',
        revision: 4,
        bytes: Buffer.from('FACP'),
      },
    ],
    e820: { gpa: 0x100f0, source: 'hvmloader', entries: [{ first: 0, last: 0x9ffff, type: 'ram' }] },
    memory: [{ first: 0, last: 0x7ffffff, kind: 'ram' }],
    budget: { instructions: 60_000_000 },
    instructions: 4_200_000,
    atNs: 5_100_000,
    wallMs: 120,
    trace: { hash: 'ab'.repeat(32), events: 43, dropped: 0, counts: { post: 3, 'port-read': 40 } },
    inputs: [{ role: 'bios', name: 'seabios-1.16.2', path: '/usr/share/seabios/bios-256k.bin', sha256: 'cd'.repeat(32), bytes: 262144 }],
    diagnostics: [
      diagnostic('hang', 'mbr-read was not reached', {
        span: spanOf(7, 'mbr-read'),
        fixme: FIXME,
        notes: [
          { kind: 'closest', text: CLOSEST },
          { kind: 'guest', text: 'vCPU 0 at f000:e2c3 since instruction 146,031' },
        ],
      }),
    ],
    ...changes,
  };
}
