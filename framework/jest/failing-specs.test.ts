import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Planned } from '../plan/types';
import { failureText } from '../report/failure/failure-text';
import { specTests } from '../report/spec-tests';
import { planSpecFile } from '../run/plan-spec-file';
import { runPlan } from '../run/run-plan';
import type { Outcome } from '../run/result';
import { isCi, skipReason } from './outline';

const ROOT = join(__dirname, '..', '..');

/** Spec, how it ends, the first test that fails, and words that the failure must say. */
type Row = readonly [file: string, outcome: Outcome, failed: string, ...words: (string | RegExp)[]];

const FAILING: readonly Row[] = [
  ['smbios-checksum', 'budget', 'table-placed smbios', /checksum/],
  ['no-reset-jump', 'hang', 'reset-jump', /\d+-instruction loop at/],
  ['null-jump', 'guest-crash', 'reset-jump', '#GP', 'triple fault'],
  ['mbr-address', 'hang', 'mbr-read', '0x7e00'],
  ['ata-poll', 'hang', 'mbr-read', /polls port 0x1f7/i],
  ['wrong-text', 'hang', 'serial MBR reeched', 'MBR reached'],
  ['no-signature', 'hang', 'mbr entry', /booting from drive|55aa|No bootable disk/i],
  ['no-disk', 'hang', 'mbr-read', 'No bootable disk', /idle wait at F000:[0-9A-F]{4} for 18\d s: only interrupt 0x08/],
  ['wrong-disk', 'hang', 'mbr-read hdb', 'hda'],
  ['within', 'failed', 'mbr-read', '100 instructions'],
  ['budget', 'budget', 'table-placed', '10k instructions'],
  ['never', 'failed', 'never serial', 'MBR reached'],
  ['expectation', 'failed', 'expect smbios.type1', 'Manufacturer', 'Zen', 'Milepost'],
  ['no-acpi', 'budget', 'table-placed acpi.rsdp'],
  [
    'kernel-entry',
    'hang',
    'kernel-entry',
    'entry by linux64 at 0x10_0200',
    'cmdline "console=ttyS0 quiet", should be "console=ttyS0 debug"',
  ],
];

/** The same for the distribution's firmware. */
const FAILING_REAL: readonly Row[] = [
  ['xen-no-signature', 'budget', 'executed 0000:7c00', 'Boot failed: not a bootable disk', 'nothing ran at 0000:7c00'],
  ['xen-no-disk', 'budget', 'mbr-read hda', 'No bootable device', 'no disk was read'],
  ['xen-no-acpi', 'budget', 'table-placed acpi.rsdp', 'placed were: hvm-info'],
  ['xen-vcpus', 'budget', 'debug-console CPU3', /nearest line: " - CPU[01] \.\.\./],
  ['xen-memory', 'failed', 'expect e820', '0x10_0000..0x2ff_efff ram, should be 0x10_0000..0x6ff_efff ram'],
  ['pc-far-read', 'hang', 'disk-read hda', 'far reads OK', /idle wait/],
  ['pc-no-uefi', 'budget', 'uefi-phase sec', 'the image at the reset vector has no firmware volume'],
  ['pc-rom-variable', 'budget', 'uefi-variable BootOrder', 'the machine has no flash chip for variables'],
  ['pc-other-efi-file', 'budget', 'efi-file /EFI/BOOT/BOOTAA64.EFI', 'only these files were read: EFI/BOOT/BOOTX64.EFI'],
  ['pc-wrong-place', 'budget', 'mbr-read hda', 'to 0x7c00, should be 0x8000'],
];

function plan(file: string): Planned {
  return planSpecFile(join(__dirname, 'testdata', 'failing', `${file}.yaml`), { root: ROOT });
}

/** Its spec and its failure stand in the README. */
const SHOWN = 'ata-poll';

function failsAsSaid([file, outcome, failed, ...words]: Row): void {
  const planned = plan(file);
  if (!planned.ok) throw new Error(planned.diagnostics.map(({ what }) => what).join('\n'));
  const { result } = runPlan(planned.plan);
  const context = { cwd: ROOT };
  const text = failureText(result, context);
  expect({ outcome: result.outcome, text }).toMatchObject({ outcome });
  expect(specTests(result, context).find(({ message }) => message === text)?.name).toMatch(failed);
  for (const word of words) expect(text).toMatch(word);
  expect(text).toMatch(new RegExp(`--> framework/jest/testdata/failing/${file}\\.yaml:\\d+:\\d+`));
  if (file === SHOWN) expectShown(text);
}

function expectShown(text: string): void {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const path = `framework/jest/testdata/failing/${SHOWN}.yaml`;
  expect(readme).toContain(readFileSync(join(ROOT, path), 'utf8'));
  // What follows depends on where the run leaves its files.
  const [told = ''] = text.replaceAll(path, 'specs/my-bios.yaml').split('\ndebug:');
  expect(readme).toContain(told);
}

const title = ([file, outcome, failed]: Row): string => `${file}: ends as ${outcome} at "${failed}", and says why`;

for (const row of FAILING) test(title(row), () => failsAsSaid(row), 60_000);

const reason = skipReason(plan('xen-no-disk'), isCi());
for (const row of FAILING_REAL) {
  if (reason === undefined) test(title(row), () => failsAsSaid(row), 60_000);
  else test.skip(`${title(row)} (skipped: ${reason})`, () => undefined);
}
