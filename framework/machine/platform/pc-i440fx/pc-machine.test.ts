import type { EventKind } from '../../../trace/events';
import type { TraceSink } from '../../../trace/sink';
import type { Machine, MachineConfig } from '../../types';
import { PcMachine } from './pc-machine';

const FLASH_BYTES = 0x10000;
const CLI = [0xfa];
const HLT = [0xf4];
/** JMP to itself. */
const SPIN = [0xeb, 0xfe];

const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
const dword = (value: number): number[] => [...word(value & 0xffff), ...word(value >>> 16)];
/** MOV DX, port / MOV AL, value / OUT DX, AL. */
const out8 = (port: number, value: number): number[] => [0xba, ...word(port), 0xb0, value, 0xee];
const out16 = (port: number, value: number): number[] => [0xba, ...word(port), 0xb8, ...word(value), 0xef];
const out32 = (port: number, value: number): number[] => [0xba, ...word(port), 0x66, 0xb8, ...dword(value), 0x66, 0xef];
const pciWrite8 = (devfn: number, register: number, value: number): number[] => [
  ...out32(0xcf8, 0x8000_0000 + devfn * 0x100 + (register & 0xfc)),
  ...out8(0xcfc + (register & 3), value),
];
/** MOV AX, segment / MOV DS, AX. */
const setDs = (segment: number): number[] => [0xb8, ...word(segment), 0x8e, 0xd8];
/** MOV BYTE [offset], value. */
const store8 = (offset: number, value: number): number[] => [0xc6, 0x06, ...word(offset), value];
/** MOV AL, [offset] of DS / MOV ES:[to], AL with ES = 0. */
const copy8 = (offset: number, to: number): number[] => [0xa0, ...word(offset), 0x26, 0xa2, ...word(to)];
/** INC WORD [offset]. */
const inc16 = (offset: number): number[] => [0xff, 0x06, ...word(offset)];

/** A flash image whose reset vector jumps to `code` at F000:0000. */
function flash(code: readonly number[], handler: readonly number[] = []): Uint8Array {
  const image = new Uint8Array(FLASH_BYTES).fill(0x90);
  image.set(code, 0);
  image.set(handler, 0x8000);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  return image;
}

function machine(
  bios: Uint8Array,
  more: Partial<MachineConfig> = {},
  wanted: readonly EventKind[] = [],
  isFollowed = true,
): { pc: Machine; events: [EventKind, ...unknown[]][] } {
  const events: [EventKind, ...unknown[]][] = [];
  const kinds: EventKind[] = ['serial', 'halted', 'reset', 'shutdown', 'triple-fault', ...wanted];
  const trace: TraceSink = {
    wants: (kind) => kinds.includes(kind),
    isFollowed: (kind) => isFollowed && kinds.includes(kind),
    record: (kind, ...row) => void events.push([kind, ...row]),
  };
  const config: MachineConfig = {
    platform: 'pc',
    name: 'test',
    memoryBytes: 16 << 20,
    vcpus: 1,
    firmware: { bios, biosKind: 'seabios' },
    disks: {},
    vga: 'stdvga',
    acpi: true,
    apic: true,
    boot: 'c',
    uuid: '00000000-0000-0000-0000-000000000000',
    rtcSeconds: 0,
    tscKhz: 1_000_000,
    domid: 1,
    ...more,
  };
  return { pc: new PcMachine(config, trace), events };
}

test('the first instructions come from the flash below 4 GiB; CLI HLT ends the machine', () => {
  const { pc, events } = machine(flash([...out8(0x3f8, 0x41), ...CLI, ...HLT]));
  expect(pc.core.cs).toBe(0xf000);
  expect(pc.run(1)).toEqual({ kind: 'budget' });
  expect(pc.run(1000)).toEqual({ kind: 'halted' });
  expect(pc.core.instructions()).toBe(6);
  expect(events[0]).toEqual(['serial', 0, 0x41]);
  expect(events[1]?.[0]).toBe('halted');
  expect(pc.run(1000)).toEqual({ kind: 'halted' });
  expect(events).toHaveLength(2);
});

/** PIC at 08h, PIT at 1000 Hz, an IRQ0 handler at F000:8000 that counts at 0:500, then STI, HLT for ever. */
const ticking = (): Uint8Array =>
  flash(
    [
      ...setDs(0),
      0x8e, 0xd0, 0xbc, 0x00, 0x70, // SS = 0, SP = 7000h
      0xc7, 0x06, ...word(0x20), ...word(0x8000),
      0xc7, 0x06, ...word(0x22), ...word(0xf000),
      ...[[0x20, 0x11], [0x21, 8], [0x21, 4], [0x21, 1], [0x21, 0xfe], [0x43, 0x34], [0x40, 0xa9], [0x40, 0x04]].flatMap(([port, value]) => out8(port!, value!)),
      0xfb, 0xf4, 0xeb, 0xfd, // STI, HLT, JMP to HLT
    ],
    [...inc16(0x500), 0xb0, 0x20, 0xe6, 0x20, 0xcf],
  ); // prettier-ignore

test('HLT jumps to the next timer: a thousand ticks cost a few thousand instructions', () => {
  const { pc } = machine(ticking());
  while (pc.clock.nowNs() < 1e9) expect(pc.run(100).kind).toBe('budget');
  const [low, high] = pc.readPhysical(0x500, 2);
  const milliseconds = pc.clock.nowNs() / 1e6;
  expect(Math.abs(low! + high! * 256 - milliseconds)).toBeLessThan(3);
  expect(pc.core.instructions()).toBeLessThan(10_000);
});

test('the same guest in slices of any size, and from a snapshot, is the same to the last bit', () => {
  const straight = machine(ticking()).pc;
  straight.run(5000);
  const sliced = machine(ticking()).pc;
  for (let done = 0; done < 5000; done += 7) sliced.run(Math.min(7, 5000 - done));
  expect(sliced.save()).toEqual(straight.save());
  const first = machine(ticking()).pc;
  first.run(1234);
  const saved = first.save();
  first.run(2000);
  const second = machine(ticking()).pc;
  second.restore(saved);
  second.run(5000 - 1234);
  expect(second.save()).toEqual(straight.save());
});

test('PAM: writes reach DRAM behind the flash, then reads do, then neither changes it', () => {
  const { pc } = machine(
    flash([
      0x31, 0xc0, 0x8e, 0xc0, // ES = 0
      ...setDs(0xc000),
      ...store8(0, 0x11), // lost: nothing decodes it
      ...copy8(0, 0x500),
      ...pciWrite8(0, 0x5a, 0x02),
      ...store8(0, 0x22),
      ...copy8(0, 0x501),
      ...pciWrite8(0, 0x5a, 0x01),
      ...store8(0, 0x33),
      ...copy8(0, 0x502),
      ...pciWrite8(0, 0x5a, 0x03),
      ...store8(0, 0x44),
      ...copy8(0, 0x503),
      ...setDs(0xe000),
      ...copy8(0x8000, 0x504),
      ...CLI, ...HLT,
    ]),
  ); // prettier-ignore
  pc.run(1000);
  expect([...pc.readPhysical(0x500, 5)]).toEqual([0xff, 0xff, 0x22, 0x44, 0xff]);
});

test.each([
  ['8042', out8(0x64, 0xfe)],
  ['port92', out8(0x92, 0x01)],
  ['cf9', [...out8(0xcf9, 0x02), ...out8(0xcf9, 0x06)]],
])('reset by %s stops the machine; it goes on at the reset vector with its RAM kept', (source, request) => {
  const { pc, events } = machine(flash([...setDs(0), ...inc16(0x500), ...request, ...SPIN]));
  const stopped = pc.run(100);
  expect(stopped).toEqual({ kind: 'reset', source });
  expect(events).toEqual([['reset', source]]);
  pc.run(100);
  expect(pc.readPhysical(0x500, 1)[0]).toBe(2);
});

test('a fault without an IDT is a triple fault, seen where it happened, and a reset', () => {
  const lidt = [0x2e, 0x0f, 0x01, 0x1e, ...word(0x4000)];
  const image = flash([...lidt, 0x0f, 0x0b]);
  image.fill(0, 0x4000, 0x4006);
  const { pc, events } = machine(image);
  expect(pc.run(100)).toEqual({ kind: 'triple-fault' });
  expect(events.map(([kind]) => kind)).toEqual(['triple-fault', 'reset']);
  expect(events[0]?.[3]).toBe(6);
  expect([pc.core.cs, pc.core.ip]).toEqual([0xf000, 6n]);
  expect(pc.run(1)).toEqual({ kind: 'budget' });
});

test('SLP_EN with the soft-off type powers the machine off', () => {
  const { pc } = machine(flash([...pciWrite8(0x0b, 0x41, 0xb0), ...pciWrite8(0x0b, 0x80, 1), ...out16(0xb004, 0x2000), ...SPIN]));
  expect(pc.run(100)).toEqual({ kind: 'shutdown', source: 'acpi-s5', reason: 0 });
});

test('sizes that no pc has are refused with words', () => {
  expect(() => machine(new Uint8Array(0))).toThrow(/flash image/);
  expect(() => machine(flash(SPIN), { memoryBytes: 2 ** 60 })).toThrow(/GiB of RAM/);
  expect(() => machine(flash(SPIN), { vcpus: 0 })).toThrow(/vCPUs/);
});

test('REP STOS to video memory costs, leaves and records the same whether its writes are followed one by one or not', () => {
  // The frame buffer decodes, so that each page of video memory that comes into being is mapped while the instruction goes on.
  const code = [
    // Text mode: memory enabled, odd and even at B8000h, planes 0 and 1.
    ...out8(0x3c2, 0x67),
    ...out16(0x3ce, 0x0e06),
    ...out16(0x3ce, 0x1005),
    ...out16(0x3c4, 0x0302),
    ...out16(0x3c4, 0x0204),
    ...out32(0xcf8, 0x8000_1010),
    ...out32(0xcfc, 0xfd00_0000),
    ...out32(0xcf8, 0x8000_1004),
    ...out32(0xcfc, 0x0000_0003),
    // MOV AX, B800h / MOV ES, AX / XOR DI, DI / MOV CX, 4000h / MOV AX, 1F41h / CLD / REP STOSW
    ...[0xb8, ...word(0xb800), 0x8e, 0xc0, 0x31, 0xff, 0xb9, ...word(0x4000), 0xb8, ...word(0x1f41), 0xfc, 0xf3, 0xab],
    ...CLI,
    ...HLT,
  ];
  const run = (kinds: readonly EventKind[], isFollowed: boolean) => {
    const { pc, events } = machine(flash(code), {}, kinds, isFollowed);
    expect(pc.run(100_000).kind).toBe('halted');
    const { core, clock } = pc;
    const writes = events.filter(([kind]) => kind === 'mmio-write');
    return { instructions: core.instructions(), ns: clock.nowNs(), text: pc.readPhysical(0xfd00_0000, 0x8000), writes };
  };
  const followed = run(['mmio-write'], true);
  expect(followed.writes).toHaveLength(0x4000);
  expect(followed.writes[1]).toEqual(['mmio-write', 0xb8002, 2, 0x1f41, 1]);
  expect(run(['mmio-write'], false)).toEqual(followed);
  expect(run([], false)).toEqual({ ...followed, writes: [] });
  expect(followed.text[0]).toBe(0x41);
});

test('COM2 to COM4 are there when asked for; a byte written to one comes out of it, and none without', () => {
  const code = [...out8(0x2f8, 0x42), ...out8(0x3e8, 0x43), ...out8(0x2e8, 0x44), ...CLI, ...HLT];
  const serial = (uarts?: number): unknown[] => {
    const { pc, events } = machine(flash(code), uarts === undefined ? {} : { uarts });
    pc.run(1000);
    return events.filter(([kind]) => kind === 'serial');
  };
  expect(serial(4)).toEqual([['serial', 1, 0x42], ['serial', 2, 0x43], ['serial', 3, 0x44]]); // prettier-ignore
  expect(serial(2)).toEqual([['serial', 1, 0x42]]);
  expect(serial()).toEqual([]);
});
