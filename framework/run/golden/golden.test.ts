import { createHash } from 'node:crypto';
import { createMachine } from '../../machine/create-machine';
import type { Machine, MachineConfig } from '../../machine/types';
import type { EventFields, EventKind } from '../../trace/events';
import type { TraceSink } from '../../trace/sink';
import { CHIPS, CPU_AFTER, STALE_PAGES, VMCALL, VMMCALL, XENSTORE, hashedWorkAreas, memoryAfter } from './exceptions.test-support';
import type { MemoryException } from './exceptions.test-support';
import { GoldenGuest, goldenGuests, goldenRoot } from './guest.test-support';
import type { MemoryDump, Moment } from './guest.test-support';
import { chipRegisters, cpuRegisters, recordedChips, recordedCpu } from './hvm-context.test-support';
import type { Registers } from './hvm-context.test-support';
import { mappedLines, paramLines, totalPages, xenstoreLines } from './machine-view.test-support';

const SLICE = 100_000;
const MOST_INSTRUCTIONS = 100e6;
const PAGE = 4096;
const GAP = 8;
/** Where the recorded MBR keeps the SP that it was given. */
const MBR_SAVED_SP = 0x7c66;

/** Keeps what the guest says. */
class Ears implements TraceSink {
  console = '';
  serial = '';

  wants(kind: EventKind): boolean {
    return kind === 'debug-console' || kind === 'serial';
  }

  record<K extends EventKind>(kind: K, ...fields: EventFields<K>[keyof EventFields<K>][]): void {
    if (kind === 'debug-console') this.console += String.fromCharCode(Number(fields[1]));
    else if (kind === 'serial') this.serial += String.fromCharCode(Number(fields[1]));
  }
}

/** Runs until the guest has said on its serial line all that it said on the real Xen. */
function runUntil(machine: Machine, ears: Ears, text: string): void {
  const wanted = text.replaceAll('\r', '').trimEnd();
  while (machine.core.instructions() < MOST_INSTRUCTIONS) {
    if (ears.serial.replaceAll('\r', '').includes(wanted)) break;
    if (machine.run(SLICE).kind !== 'budget') break;
  }
  machine.run(SLICE);
}

function isExcepted(address: number, exceptions: readonly MemoryException[]): boolean {
  return exceptions.some(({ first, last }) => address >= first && address <= last);
}

/** Runs of bytes that differ and are no exception, as text with both sides. */
function differences(machine: Machine, dump: MemoryDump, exceptions: readonly MemoryException[]): string[] {
  const ours = machine.readPhysical(dump.first, dump.bytes.length);
  const runs: { first: number; last: number }[] = [];
  dump.bytes.forEach((byte, offset) => {
    if (byte === ours[offset] || isExcepted(dump.first + offset, exceptions)) return;
    const previous = runs.at(-1);
    if (previous && offset - previous.last <= GAP) previous.last = offset;
    else runs.push({ first: offset, last: offset });
  });
  const hex = (bytes: Uint8Array, first: number, last: number): string => Buffer.from(bytes.slice(first, last + 1)).toString('hex');
  return runs.map(({ first, last }) => {
    const [golden, own] = [hex(dump.bytes, first, last), hex(ours, first, last)];
    return `${(dump.first + first).toString(16)}: golden ${golden}, ours ${own}`;
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Addresses of hashed pages that are mapped, differ, and are no exception. */
function differingPages(guest: GoldenGuest, machine: Machine, moment: Moment, exceptions: readonly MemoryException[]): string[] {
  return guest.lines(moment, 'pages.sha256').flatMap((line) => {
    const [address = '', hash = ''] = line.split(/\s+/);
    const gpa = Number(address);
    if (machine.core.memory.kind(gpa / PAGE) === 'hole' || isExcepted(gpa, exceptions)) return [];
    return sha256(machine.readPhysical(gpa, PAGE)) === hash ? [] : [address];
  });
}

/** Our hypercall pages with the recording's instruction. */
function withVmmcall(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  for (let at = 0; at + VMCALL.length <= copy.length; at++) {
    if (VMCALL.every((byte, index) => copy[at + index] === byte)) copy.set(VMMCALL, at);
  }
  return copy;
}

/** Only what both sides have, with the exceptions left out. */
function common(golden: Registers, ours: Registers, isException: (name: string) => boolean): [object, object] {
  const names = [...golden.keys()].filter((name) => ours.has(name) && !isException(name));
  return [
    Object.fromEntries(names.map((name) => [name, ours.get(name)])),
    Object.fromEntries(names.map((name) => [name, golden.get(name)])),
  ];
}

function expectSameCpu(guest: GoldenGuest, machine: Machine, moment: Moment, except: readonly { readonly name: string }[]): void {
  const golden = recordedCpu(guest.text(moment, 'hvmctx.txt'));
  const [ours, theirs] = common(golden, cpuRegisters(machine.core.saveCpu(0)), (name) => except.some((entry) => entry.name === name));
  expect(Object.keys(theirs).length).toBeGreaterThan(30);
  expect(ours).toEqual(theirs);
}

function expectSameChips(guest: GoldenGuest, machine: Machine, moment: Moment): void {
  const isException = (name: string): boolean => CHIPS.some((entry) => entry.name.test(name));
  const [ours, theirs] = common(recordedChips(guest.text(moment, 'hvmctx.txt')), chipRegisters(machine), isException);
  expect(Object.keys(theirs).length).toBeGreaterThan(130);
  expect(ours).toEqual(theirs);
}

function expectSameDomain(guest: GoldenGuest, machine: Machine, moment: Moment): void {
  const recorded = guest.text(moment, 'hvmparams.txt');
  const params = [...recorded.matchAll(/^HVM_PARAM\s+(\d+)[^=]*= (\S+)$/gm)].map(([, index, value]) => `${index ?? ''} = ${value ?? ''}`);
  expect(paramLines(machine)).toEqual(params);
  expect(`nr_pages=${String(totalPages(machine))}`).toBe(/nr_pages=\d+/.exec(recorded)?.[0]);
  expect(mappedLines(machine)).toEqual(guest.lines(moment, 'pmap.txt').filter((line) => / mapped \d+ pages$/.test(line)));
}

function expectSameXenstore(guest: GoldenGuest, machine: Machine, moment: Moment): void {
  const isException = (line: string): boolean => XENSTORE.some(({ path }) => path.test(line.split(' = ')[0] ?? ''));
  const golden = guest.lines(moment, 'xenstore-guest.txt').filter((line) => !isException(line));
  const paths = new Set(golden.map((line) => line.split(' = ')[0]));
  const isWanted = (path: string): boolean =>
    paths.has(path) || /^\/(local\/domain\/[1-9]|vm\/)/.test(path) || /^\/local\/domain\/0\/(backend|device-model)/.test(path);
  const ours = xenstoreLines(machine, isWanted).filter((line) => !isException(line));
  expect(ours.sort()).toEqual(golden.sort());
}

const guests = goldenGuests();
if (guests.length === 0) {
  test(`no recordings of real guests at ${goldenRoot}: nothing is compared`, () => expect(guests).toEqual([]));
}

for (const name of guests)
  describe(name, () => {
    const guest = new GoldenGuest(name);
    let config: MachineConfig | undefined;
    let ears: Ears;
    let machine: Machine;

    beforeAll(() => {
      config = guest.config();
      if (config === undefined) console.log(`${name}: its firmware is not on this machine (npm run firmware); nothing is compared`);
    });

    const compare = (title: string, check: () => void): void => {
      test(title, () => {
        if (config !== undefined) check();
      });
    };

    describe('before its first instruction', () => {
      beforeAll(() => {
        ears = new Ears();
        if (config !== undefined) machine = createMachine(config, ears);
      });

      compare('the boot processor has the recorded registers', () => expectSameCpu(guest, machine, 'before', []));
      compare('p2m, HVM parameters and page counts are the recorded ones', () => expectSameDomain(guest, machine, 'before'));
      compare('xenstore has the recorded nodes, values and permissions', () => expectSameXenstore(guest, machine, 'before'));
      compare('dumped memory is the same byte by byte', () => {
        expect(guest.dumps('before').flatMap((dump) => differences(machine, dump, []))).toEqual([]);
      });
      compare('hashed pages are the same', () => expect(differingPages(guest, machine, 'before', [STALE_PAGES])).toEqual([]));
      compare('the chips of the hypervisor are as recorded', () => expectSameChips(guest, machine, 'before'));
    });

    describe('when it has said its last word', () => {
      beforeAll(() => {
        ears = new Ears();
        if (config === undefined) return;
        machine = createMachine(config, ears);
        runUntil(machine, ears, guest.text('serial.log'));
      });

      /** An address that the recorded debug console tells. */
      const place = (pattern: RegExp): number => Number.parseInt(pattern.exec(guest.consoleLines().join('\n'))?.[1] ?? '0', 16);
      const exceptions = (): readonly MemoryException[] => {
        const low = guest.dumps('after').find((dump) => dump.first === 0)?.bytes;
        return memoryAfter({
          stackPointer: low ? new DataView(low.buffer, low.byteOffset).getUint16(MBR_SAVED_SP, true) : 0,
          smbiosTable: 0xfc10_0000,
          smbiosEntry: place(/Copying SMBIOS from \w+ to 0x(\w+)/),
          hypercallPage: place(/hypercall page at (\w+)/),
        });
      };

      compare('its serial line says the same', () => {
        expect(ears.serial.replaceAll('\r', '').trimEnd()).toBe(guest.text('serial.log').replaceAll('\r', '').trimEnd());
      });
      compare('its debug console says the same, line by line', () => {
        expect(ears.console.split('\n').slice(0, -1)).toEqual(guest.consoleLines());
      });
      compare('the boot processor has the recorded registers', () => expectSameCpu(guest, machine, 'after', CPU_AFTER));
      compare('p2m, HVM parameters and page counts are the recorded ones', () => expectSameDomain(guest, machine, 'after'));
      compare('xenstore has the recorded nodes, values and permissions', () => expectSameXenstore(guest, machine, 'after'));
      compare(
        'hvm_info, info structures, MP table, $PIR, SMBIOS and IVT are the same byte by byte, but for the declared exceptions',
        () => {
          const decoded = guest.decodedBytes('after');
          expect(decoded.length).toBeGreaterThan(100);
          expect(decoded.flatMap((dump) => differences(machine, dump, exceptions()))).toEqual([]);
        },
      );
      compare('ACPI tables are the same byte by byte', () => {
        expect(guest.acpiTables().flatMap((table) => differences(machine, table, []))).toEqual([]);
      });
      compare('dumped memory is the same byte by byte, but for the declared exceptions', () => {
        expect(guest.dumps('after').flatMap((dump) => differences(machine, dump, exceptions()))).toEqual([]);
      });
      compare('hashed pages, video RAM among them, are the same, but for working memory and the declared exceptions', () => {
        const pages = [...exceptions(), ...hashedWorkAreas(place(/Relocating init from \w+ to 0x(\w+)/))].map((entry) => ({
          ...entry,
          first: entry.first - (entry.first % PAGE),
        }));
        expect(differingPages(guest, machine, 'after', [STALE_PAGES, ...pages])).toEqual([]);
      });
      compare("SeaBIOS' hypercall page has the recorded stubs, but for the instruction of the other maker", () => {
        for (const line of guest.lines('after', 'pages.sha256')) {
          const [address = '', hash = ''] = line.split(/\s+/);
          const page = machine.readPhysical(Number(address), PAGE);
          const isHypercallPage = page[0] === 0xb8 && VMCALL.every((byte, index) => page[5 + index] === byte);
          if (isHypercallPage) expect(sha256(withVmmcall(page))).toBe(hash);
        }
      });
      compare('the chips of the hypervisor are as recorded', () => expectSameChips(guest, machine, 'after'));
    });
  });
