import type { Machine } from '../machine/types';
import type { MatchContext } from '../milestones/matcher';
import { UefiScanner } from '../milestones/scan/uefi-scanner';
import { readSpec } from '../spec/read-spec';
import { Recorder } from '../trace/recorder';
import { MilestoneSequence } from './milestone-sequence';

const IMAGE_BYTES = 0x10000;
const IMAGE = 2 ** 32 - IMAGE_BYTES;
const VECTOR = 0xffff_fff0;
const VOLUME = 0x82_0000;
const CORE = VOLUME + 0x48;
const SYSTEM_TABLE = 0x50_0018;
const BOOT_SERVICES = 0x50_1000;
const RUNTIME_SERVICES = 0x50_2000;
const FOUNDATION = 0x60_0000;
const BDS_GUID = [0xf6, 0x3f, 0x5e, 0x66, 0xcc, 0x46, 0xd4, 0x11, 0x9a, 0x38, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d];
const INTERFACE = 0x70_0000;
const GUID = 0x70_0100;
const ENTRY = 0x71_0000;

/** A machine with memory and registers only; code "runs" when the test says so. */
class Guest {
  readonly recorder = new Recorder('needed');
  readonly sequence: MilestoneSequence;
  readonly uefi: UefiScanner;
  readonly #memory = new Map<number, number>();
  readonly #armed = new Map<number, readonly [bigint, bigint]>();
  readonly #written = new Set<number>();
  readonly gpr = new Array<bigint>(16).fill(0n);
  #linear = BigInt(VECTOR);

  constructor(yaml: string, place?: (guest: Guest) => void) {
    place?.(this);
    const text = `version: 1\nname: t\nguest: { machine: pc }\nmilestones: [ ${yaml} ]\n`;
    const read = readSpec(text, 'test.yaml', () => undefined);
    if (!read.ok) throw new Error(read.diagnostics.map(({ what }) => what).join('; '));
    const memory = (gpa: number, length: number): Uint8Array =>
      Uint8Array.from({ length }, (_, index) => this.#memory.get(gpa + index) ?? 0xff);
    const guest = { gpr: this.gpr, linear: () => this.#linear };
    const core = {
      mode: 'long',
      get ip() {
        return guest.linear();
      },
      gpr: (index: number) => guest.gpr[index],
      saveCpu: () => ({ segments: { cs: { base: 0n } } }),
      current: 0,
      readLinear: (linear: bigint, length: number) => memory(Number(linear), length),
    };
    const machine = { core, readPhysical: memory, config: { firmware: { bios: new Uint8Array(IMAGE_BYTES) } } } as unknown as Machine;
    this.recorder.stamp = { instructions: () => 1, nowNs: () => 1, vcpu: () => 0 };
    this.uefi = new UefiScanner(memory, () => [...this.#written], true);
    const watchExecution = (first: bigint, last: bigint): { id: number; remove: () => boolean } => {
      const id = this.#armed.size + 1;
      this.#armed.set(id, [first, last]);
      return { id, remove: () => this.#armed.set(id, [1n, 0n]).has(id) };
    };
    this.sequence = new MilestoneSequence(
      read.spec.milestones,
      { machine, uefi: this.uefi, watchExecution } as unknown as MatchContext,
      this.recorder,
      () => ({ instructions: 1, atNs: 1, vcpu: 0 }),
      () => undefined,
    );
    this.sequence.begin();
  }

  put(gpa: number, bytes: Iterable<number>): this {
    for (const [index, byte] of [...bytes].entries()) this.#memory.set(gpa + index, byte);
    this.#written.add(Math.floor(gpa / 4096));
    return this;
  }

  pointers(gpa: number, ...values: readonly number[]): this {
    const bytes = new Uint8Array(values.length * 8);
    for (const [index, value] of values.entries()) new DataView(bytes.buffer).setBigUint64(index * 8, BigInt(value), true);
    return this.put(gpa, bytes);
  }

  runs(...places: readonly number[]): this {
    for (const place of places) {
      this.#linear = BigInt(place);
      for (const [id, [first, last]] of [...this.#armed]) {
        if (first <= this.#linear && this.#linear <= last)
          this.recorder.record('executed', id, this.#linear, 0, this.#linear, 0, 0n, 'long');
      }
    }
    return this;
  }

  get met(): number {
    return this.sequence.met.length;
  }

  get miss(): string | undefined {
    return this.sequence.explanation?.closest;
  }
}

/** A volume of one file. */
function volume(guest: Guest, gpa: number, type: number): void {
  guest.put(gpa + 32, [0, 0x40, 0, 0, 0, 0, 0, 0, ...Buffer.from('_FVH'), 0, 0, 0, 0, 0x48, 0, 0, 0, 0, 0]);
  guest.put(gpa + 0x48 + 18, [type, 0, 0, 0x20, 0]);
}

/** System table, services with the foundation's code, and the BDS protocol's interface. */
function dxe(guest: Guest): void {
  const services = Array.from({ length: 44 }, (_, index) => FOUNDATION + 0x10 * index);
  guest.put(BOOT_SERVICES, Buffer.from('BOOTSERV')).pointers(BOOT_SERVICES + 24, ...services);
  guest.put(RUNTIME_SERVICES, Buffer.from('RUNTSERV'));
  guest.put(SYSTEM_TABLE, [...Buffer.from('IBI SYST'), 0, 0, 0, 0, 120, 0, 0, 0]);
  guest.pointers(SYSTEM_TABLE + 88, RUNTIME_SERVICES, BOOT_SERVICES);
  guest.put(GUID, BDS_GUID).pointers(INTERFACE, ENTRY);
}

test('sec is the reset vector of an image with firmware volumes', () => {
  const uefi = new Guest('uefi-phase: sec', (guest) => volume(guest, IMAGE, 0x07));
  expect([uefi.met, uefi.miss]).toEqual([0, 'the reset vector did not run']);
  expect(uefi.runs(VECTOR).met).toBe(1);
  const bios = new Guest('uefi-phase: sec').runs(VECTOR);
  expect([bios.met, bios.miss]).toEqual([0, 'the image at the reset vector has no firmware volume']);
});

test('pei is the first code of a PEI core, in memory or in the image', () => {
  const unpacked = new Guest('uefi-phase: pei', (guest) => volume(guest, VOLUME, 0x04));
  expect(unpacked.runs(IMAGE + 0x100, 0xf_0000).met).toBe(0);
  expect(unpacked.runs(CORE + 0x40).met).toBe(1);
  expect(new Guest('uefi-phase: pei', (guest) => volume(guest, IMAGE, 0x04)).runs(IMAGE + 0x100).met).toBe(1);
});

test('code before the reset vector is a loader’s, and other code is no PEI core', () => {
  const loader = new Guest('uefi-phase: pei', (guest) => volume(guest.runs(0x10_0000), VOLUME, 0x04));
  expect(loader.runs(0x10_0100, CORE + 0x40).miss).toBe('the reset vector did not run');
  expect(loader.runs(0xf_fff0, CORE + 0x40).met).toBe(1);
  const other = new Guest('uefi-phase: pei', (guest) => volume(guest, VOLUME, 0x07)).runs(CORE + 0x40);
  expect([other.met, other.miss]).toEqual([0, 'code outside of the image ran, at 0x82_0088, but in no PEI core']);
});

test('dxe is code of the foundation, once the system table leads to both services', () => {
  const guest = new Guest('uefi-phase: dxe').put(SYSTEM_TABLE, Buffer.from('IBI SYST'));
  guest.uefi.scan();
  expect([guest.runs(FOUNDATION + 0x20).met, guest.miss]).toEqual([0, 'no EFI system table came to stand in memory']);
  dxe(guest);
  guest.uefi.scan();
  expect(guest.runs(FOUNDATION - 1).met).toBe(0);
  expect(guest.runs(FOUNDATION + 0x20).met).toBe(1);
});

test('dxe that was entered before its turn is missed', () => {
  const guest = new Guest('post: 1, uefi-phase: dxe');
  dxe(guest);
  guest.uefi.scan();
  guest.recorder.record('post', 0x80, 1);
  expect(guest.runs(FOUNDATION + 0x20).miss).toMatch(/there was an EFI system table already/);
});

test.each([
  ['InstallProtocolInterface', 13, [GUID, 0, INTERFACE]],
  ['InstallMultipleProtocolInterfaces', 38, [GUID, INTERFACE, 0]],
] as const)('bds is the entry of the protocol that %s was given', (_name, service, [rdx, r8, r9]) => {
  const guest = new Guest('uefi-phase: bds', dxe);
  guest.uefi.scan();
  expect(guest.miss).toBe('no driver installed the BDS architectural protocol');
  guest.gpr[2] = BigInt(rdx);
  guest.gpr[8] = BigInt(r8);
  guest.gpr[9] = BigInt(r9);
  expect(guest.runs(FOUNDATION + 0x10 * service).miss).toMatch(/was installed, and its entry not called/);
  expect(guest.runs(ENTRY).met).toBe(1);
});

test('bds after a protocol that is the third of one call: its arguments are on the stack', () => {
  const guest = new Guest('uefi-phase: bds', dxe);
  guest.uefi.scan();
  const stack = 0x40_0000;
  guest.gpr[2] = BigInt(RUNTIME_SERVICES);
  guest.gpr[9] = BigInt(BOOT_SERVICES);
  guest.gpr[4] = BigInt(stack);
  guest.pointers(stack, 0, 0, 0, 0, 0, 0, GUID, INTERFACE, 0);
  expect(guest.runs(FOUNDATION + 0x10 * 38, ENTRY).met).toBe(1);
});
