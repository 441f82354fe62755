/** Small guests in machine code: each makes hypercalls one after the other, as an ELF that the domain builder loads. */
import { MIB } from '../../../quantities/units';
import type { EventKind } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import type { Machine, MachineConfig, MachineStop } from '../../types';
import { createXenHvm } from './create';

const CODE = 0x10_0000;
/** Where a program's structures lie, and where the results of its calls go. */
export const DATA = 0x20_0000;
const RESULTS = 0x30_0000;
/** A guest-physical address where nothing is. */
export const HOLE = 0xe000_0000;

export type Call = readonly [nr: number, ...args: number[]];

const MOV_IMMEDIATE = { eax: 0xb8, ebx: 0xbb, ecx: 0xb9, edx: 0xba, esi: 0xbe, edi: 0xbf } as const;
const ARGUMENTS = ['ebx', 'ecx', 'edx', 'esi', 'edi'] as const;
const MOV_TO_MEMORY = 0xa3;
const VMCALL = [0x0f, 0x01, 0xc1] as const;
const HLT = 0xf4;

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, (value >>> 24) & 0xff];
}

/** Little-endian dwords as bytes. */
export function dwords(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => u32(value)));
}

function code(calls: readonly Call[]): number[] {
  const bytes = calls.flatMap(([nr, ...args], index) => [
    MOV_IMMEDIATE.eax,
    ...u32(nr),
    ...ARGUMENTS.flatMap((register, position) => [MOV_IMMEDIATE[register], ...u32(args[position] ?? 0)]),
    ...VMCALL,
    MOV_TO_MEMORY,
    ...u32(RESULTS + index * 4),
  ]);
  return [...bytes, HLT];
}

export function elf(segments: readonly { address: number; bytes: Uint8Array }[]): Uint8Array {
  const header = 52 + 32 * segments.length;
  const total = segments.reduce((sum, { bytes }) => sum + bytes.length, header);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 3, true);
  view.setUint32(24, CODE, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, segments.length, true);
  let offset = header;
  segments.forEach(({ address, bytes }, index) => {
    const at = 52 + index * 32;
    [1, offset, address, address, bytes.length, bytes.length, 7].forEach((value, field) => view.setUint32(at + field * 4, value, true));
    file.set(bytes, offset);
    offset += bytes.length;
  });
  return file;
}

export interface Recorded {
  readonly kind: EventKind;
  readonly fields: readonly unknown[];
}

export interface Guest {
  readonly machine: Machine;
  readonly events: Recorded[];
  /** Runs to the end of the program; signed results of its calls. */
  readonly run: () => { results: number[]; stop: MachineStop };
}

/** Bytes at DATA, at the given offsets. */
export type Structures = Readonly<Record<number, Uint8Array>>;

export function guest(calls: readonly Call[], data: Structures = {}, changes: Partial<MachineConfig> = {}): Guest {
  const events: Recorded[] = [];
  const trace: TraceSink = {
    wants: (kind) => kind !== 'vmexit' && kind !== 'vmentry',
    record: (kind, ...fields) => void events.push({ kind, fields }),
  };
  const segments = [
    { address: CODE, bytes: Uint8Array.from(code(calls)) },
    ...Object.entries(data).map(([offset, bytes]) => ({ address: DATA + Number(offset), bytes })),
  ];
  const config: MachineConfig = {
    platform: 'xen-hvm',
    name: 'test',
    memoryBytes: 32 * MIB,
    vcpus: 1,
    firmware: { loader: elf(segments), bios: Uint8Array.of(0xf4), biosKind: 'seabios' },
    disks: {},
    vga: 'none',
    acpi: true,
    apic: true,
    boot: 'c',
    uuid: '5d4d6c35-5b29-4a7c-953e-a834623515cd',
    rtcSeconds: 1_700_000_000,
    tscKhz: 2_000_000,
    domid: 3,
    ...changes,
  };
  const machine = createXenHvm(config, trace);
  return {
    machine,
    events,
    run() {
      let stop = machine.run(1_000_000);
      while (stop.kind === 'budget' && machine.core.instructions() < 5_000_000) stop = machine.run(1_000_000);
      const results = new DataView(machine.readPhysical(RESULTS, calls.length * 4).buffer);
      return { results: calls.map((_, index) => results.getInt32(index * 4, true)), stop };
    },
  };
}
