import { emptyVariableChip, variableBytes } from '../inspect/uefi/variable-store.test-support';
import type { Machine } from '../machine/types';
import type { MatchContext } from '../milestones/matcher';
import { readRecipe } from '../plan/disk/recipe';
import { recipeSource } from '../plan/disk/recipe-source';
import type { FileAccess } from '../plan/file-access';
import { FirmwareStore } from '../plan/firmware/store';
import { readSpec } from '../spec/read-spec';
import { Recorder } from '../trace/recorder';
import { MilestoneSequence } from './milestone-sequence';

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const FIRST = 0x64;

/** Milestones over a machine of which only what they look at exists. */
function guest(yaml: string, machine: Partial<Machine>): { recorder: Recorder; sequence: MilestoneSequence } {
  const text = `version: 1\nname: t\nguest: { machine: pc }\nmilestones:\n  - ${yaml}\n`;
  const read = readSpec(text, 'test.yaml', () => undefined);
  if (!read.ok) throw new Error(read.diagnostics.map(({ what }) => what).join('; '));
  const recorder = new Recorder('needed');
  recorder.stamp = { instructions: () => 1, nowNs: () => 1, vcpu: () => 0 };
  const context = { machine } as unknown as MatchContext;
  const sequence = new MilestoneSequence(
    read.spec.milestones,
    context,
    recorder,
    () => ({ instructions: 1, atNs: 1, vcpu: 0 }),
    () => undefined,
  );
  sequence.begin();
  return { recorder, sequence };
}

/** Programs a variable as firmware does: all but the state, then the state. */
function variables(yaml: string, ...written: (readonly [name: string, data: readonly number[], state: number])[]) {
  const chip = emptyVariableChip(0x2000);
  const { recorder, sequence } = guest(yaml, { variableStore: () => chip });
  let at = FIRST;
  for (const [name, data, state] of written) {
    const bytes = variableBytes(name, GLOBAL, data);
    for (const [index, byte] of [...bytes.entries(), [2, state] as const]) {
      chip[at + index] = byte;
      recorder.record('flash-write', 'flash-variables', at + index, 1, byte);
    }
    at += Math.ceil(bytes.length / 4) * 4;
  }
  return sequence;
}

test.each([
  'uefi-variable',
  'uefi-variable: BootOrder',
  `uefi-variable: { name: BootOrder, guid: ${GLOBAL.toUpperCase()}, attributes: 7, size: 2, data: "01 3f" }`,
])('%s is met when a variable has its state', (yaml) => {
  expect(variables(yaml, ['BootOrder', [1, 0x3f], 0x3f]).isComplete).toBe(true);
  expect(variables(yaml, ['BootOrder', [1, 0x3f], 0x7f]).isComplete).toBe(false);
});

test('a deleted variable is another one than a written one', () => {
  expect(variables('uefi-variable: { name: A, deleted: on }', ['A', [], 0x3f]).isComplete).toBe(false);
  expect(variables('uefi-variable: { name: A, deleted: on }', ['A', [], 0x3d]).isComplete).toBe(true);
  expect(variables('uefi-variable: A', ['A', [], 0x3d]).isComplete).toBe(false);
});

test('a miss says which variables were written, or in what the one differs', () => {
  const other = variables('uefi-variable: BootOrdre', ['BootOrder', [1, 0], 0x3f], ['Timeout', [0], 0x3f]);
  expect(other.explanation?.closest).toBe('only these variables were written: BootOrder, Timeout');
  const data = variables('uefi-variable: { name: BootOrder, data: "00 00" }', ['BootOrder', [1, 0], 0x3f]);
  expect(data.explanation?.closest).toBe('variable BootOrder at instruction 1: data 01 00, should be 00 00');
  expect(variables('uefi-variable: A').explanation?.closest).toBe('no variable was written');
  expect(guest('uefi-variable: A', {}).sequence.explanation?.closest).toMatch(/no flash chip/);
});

const PROGRAM_LBA = 2048 + 1 + 2 * 12 + 32 + 2;

/** A disk with one program on its EFI system partition, and what is read of it. */
function efiFile(yaml: string, type: string, ...reads: (readonly [disk: string, lba: number, count: number])[]) {
  const table = type === 'none' ? '' : `partitions: [ { first: 2048, sectors: 4096, type: ${type} } ]\n`;
  const volume = `fat-file-systems: [ { lba: 2048, sectors: 4096, files: [ { path: EFI/BOOT/BOOTX64.EFI, file: a.efi }, { path: EFI/o.txt, file: a.efi } ] } ]\n`;
  const files: FileAccess = {
    size: () => 700,
    read: (_path, _offset, length) => new Uint8Array(length),
    sha256: () => '',
    list: () => [],
  };
  const recipe = readRecipe(`description: x\nsize: 4MiB\n${table}${volume}`, '/r/recipe.yaml', files, new FirmwareStore(files, []));
  if (!('pieces' in recipe)) throw new Error(recipe.map(({ what }) => what).join('; '));
  const hda = recipeSource(recipe.sizeBytes, recipe.pieces, files);
  const { recorder, sequence } = guest(yaml, { config: { disks: { hda } } as unknown as Machine['config'] });
  for (const [disk, lba, count] of reads) recorder.record('disk-read', disk, lba, count, 0, 'ide0');
  return sequence;
}

test.each(['efi-file', 'efi-file: \\efi\\boot\\bootx64.efi', 'efi-file: { path: /EFI/BOOT/BOOTX64.EFI, disk: hda, partition: 1 }'])(
  '%s is met by the transfer that holds the file’s first sector',
  (yaml) => {
    expect(efiFile(yaml, '0xef', ['hda', 0, 1], ['hda', PROGRAM_LBA - 4, 4], ['hda', PROGRAM_LBA + 1, 1]).isComplete).toBe(false);
    expect(efiFile(yaml, '0xef', ['hda', PROGRAM_LBA - 2, 3]).isComplete).toBe(true);
  },
);

test('a file that was not read: what was, what there is, or that there is no EFI system partition', () => {
  const yaml = 'efi-file: EFI/BOOT/BOOTIA32.EFI';
  expect(efiFile(yaml, '0xef', ['hda', PROGRAM_LBA, 1]).explanation?.closest).toBe('only these files were read: EFI/BOOT/BOOTX64.EFI');
  expect(efiFile(yaml, '0xef', ['hda', 0, 1]).explanation?.closest).toBe(
    'no file was read; there are: EFI/o.txt on hda, EFI/BOOT/BOOTX64.EFI on hda',
  );
  expect(efiFile(yaml, '0x0c', ['hda', 0, 1]).explanation?.closest).toMatch(/has an EFI system partition/);
  expect(efiFile(yaml, '0xef').explanation?.closest).toBe('no disk was read');
  expect(efiFile('efi-file: { path: EFI/BOOT/BOOTX64.EFI, partition: 2 }', '0xef', ['hda', PROGRAM_LBA, 1]).explanation?.closest).toMatch(
    /read of EFI\/BOOT\/BOOTX64.EFI on hda at instruction 1: partition 1, should be 2/,
  );
});
