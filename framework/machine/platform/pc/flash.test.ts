import type { TraceSink } from '../../../trace/sink';
import { createMachine } from '../../create-machine';
import type { Machine, MachineConfig } from '../../types';

const CODE_BYTES = 0x10000;
const VARIABLES_BYTES = 0x2000;
/** Below the code's chip, which ends at 4 GiB. */
const VARIABLES = 0xfffe_e000;

const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff];
const dword = (value: number): number[] => [...word(value & 0xffff), ...word(value >>> 16)];
/** MOV BYTE [address], value with a 32-bit address. */
const store = (address: number, value: number): number[] => [0x67, 0xc6, 0x05, ...dword(address), value];
/** MOV AL, [address] / OUT DX, AL. */
const send = (address: number): number[] => [0x67, 0xa0, ...dword(address), 0xee];
/** Port CF9h: a full reset. */
const RESET = [0xba, ...word(0xcf9), 0xb0, 0x06, 0xee];
const HLT = [0xfa, 0xf4];

/** Firmware that loads a flat DS and runs `code`, with the debug console's port in DX. */
function firmware(code: readonly number[]): Uint8Array {
  const image = new Uint8Array(CODE_BYTES).fill(0x90);
  const enter = [
    0x2e, 0x0f, 0x01, 0x16, 0x00, 0x90, // LGDT CS:[9000h]
    0x0f, 0x20, 0xc0, 0x0c, 0x01, 0x0f, 0x22, 0xc0, // CR0.PE
    0xb8, 0x08, 0x00, 0x8e, 0xd8, 0xba, 0x02, 0x04,
  ]; // prettier-ignore
  image.set([...enter, ...code, ...HLT], 0);
  image.set([15, 0, ...dword(0xf_9008)], 0x9000);
  image.set([0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0], 0x9008);
  image.set([0xea, 0x00, 0x00, 0x00, 0xf0], 0xfff0);
  return image;
}

function machine(platform: 'pc' | 'q35', code: readonly number[], file?: Uint8Array): { machine: Machine; sent: number[] } {
  const sent: number[] = [];
  const trace: TraceSink = {
    wants: (kind) => kind === 'debug-console',
    record: (kind, ...row) => {
      if (kind === 'debug-console') sent.push(row[1] as number);
    },
  };
  const config: MachineConfig = {
    platform,
    name: 'flash',
    memoryBytes: 16 << 20,
    vcpus: 1,
    firmware: { bios: firmware(code), biosKind: 'ovmf', flash: file ? { variables: file } : {} },
    disks: {},
    vga: 'none',
    acpi: true,
    apic: true,
    boot: 'c',
    uuid: '00000000-0000-0000-0000-000000000000',
    rtcSeconds: 0,
    tscKhz: 1_000_000,
    domid: 1,
  };
  return { machine: createMachine(config, trace), sent };
}

test.each(['pc', 'q35'] as const)('%s: a byte is programmed in the variables’ chip, not in the file it came from', (platform) => {
  const file = new Uint8Array(VARIABLES_BYTES).fill(0xff);
  file[1] = 0x42;
  const guest = machine(
    platform,
    [
      ...[...send(VARIABLES + 1), ...store(VARIABLES, 0x10), ...store(VARIABLES, 0x5a), ...send(VARIABLES)],
      ...[...store(VARIABLES, 0xff), ...send(VARIABLES)],
    ],
    file,
  );
  expect(guest.machine.run(1000)).toEqual({ kind: 'halted' });
  expect(guest.sent).toEqual([0x42, 0x80, 0x5a]);
  expect(Array.from(guest.machine.variableStore!()!.subarray(0, 3))).toEqual([0x5a, 0x42, 0xff]);
  expect([file[0], file.length]).toEqual([0xff, VARIABLES_BYTES]);
});

test('the code’s chip refuses writes; without a variables’ chip nothing lies below it', () => {
  const code = 0xffff_0000;
  const guest = machine('pc', [
    ...[...store(code, 0x40), ...store(code, 0), ...send(code), ...store(code, 0xff), ...send(code), ...send(VARIABLES)],
  ]);
  expect(guest.machine.run(1000)).toEqual({ kind: 'halted' });
  expect(guest.sent).toEqual([0x90, 0x2e, 0xff]);
  expect(guest.machine.variableStore!()).toBeUndefined();
});

test('q35: once SMRAM is locked, a CPU outside of SMM programs no variables', () => {
  const file = new Uint8Array(VARIABLES_BYTES).fill(0xff);
  /** MOV DX, CF8h / MOV EAX, 8000_009Ch / OUT DX, EAX / MOV DX, CFDh / MOV AL, 1Ah (D_LCK, G_SMRAME) / OUT DX, AL / MOV DX, 402h */
  const lock = [
    ...[0xba, ...word(0xcf8), 0x66, 0xb8, ...dword(0x8000_009c), 0x66, 0xef, 0xba, ...word(0xcfd), 0xb0, 0x1a, 0xee],
    ...[0xba, ...word(0x402)],
  ];
  const program = (at: number) => [...store(at, 0x10), ...store(at, 0x5a), ...store(at, 0xff), ...send(at)];
  const guest = machine('q35', [...program(VARIABLES), ...lock, ...program(VARIABLES + 1)], file);
  expect(guest.machine.run(1000)).toEqual({ kind: 'halted' });
  expect(guest.sent).toEqual([0x5a, 0xff]);
});

test('a reset leads back to the array and keeps what was programmed', () => {
  const flash = new Uint8Array(VARIABLES_BYTES).fill(0xff);
  const guest = machine('pc', [...send(VARIABLES), ...store(VARIABLES, 0x10), ...store(VARIABLES, 0x5a), ...RESET], flash);
  expect(guest.machine.run(1000)).toMatchObject({ kind: 'reset' });
  guest.machine.run(24);
  expect(guest.sent).toEqual([0xff, 0x5a]);
});

test('a snapshot in the middle of a command goes on with it', () => {
  const program = [...store(VARIABLES, 0x10), ...store(VARIABLES, 0x5a), ...send(VARIABLES), ...store(VARIABLES, 0xff), ...send(VARIABLES)];
  const flash = new Uint8Array(VARIABLES_BYTES).fill(0xff);
  const first = machine('pc', program, flash);
  first.machine.run(9);
  expect(first.machine.readPhysical(VARIABLES + 1, 1)[0]).toBe(0xff);
  const saved = first.machine.save();
  const second = machine('pc', program, flash);
  second.machine.restore(saved);
  for (const { machine, sent } of [first, second]) {
    expect(machine.run(1000)).toEqual({ kind: 'halted' });
    expect(sent).toEqual([0x80, 0x5a]);
  }
  expect(second.machine.save()).toEqual(first.machine.save());
});
