import { join } from 'node:path';
import { failureText } from '../report/failure/failure-text';
import { specTests } from '../report/spec-tests';
import { planSpecFile } from '../run/plan-spec-file';
import { runPlan } from '../run/run-plan';
import type { Outcome } from '../run/result';

const ROOT = join(__dirname, '..', '..');

/** Spec, how it ends, the first test that fails, and words that the failure must say. */
const FAILING: readonly (readonly [file: string, outcome: Outcome, failed: string, ...words: (string | RegExp)[]])[] = [
  ['smbios-checksum', 'budget', 'table-placed smbios', /checksum/],
  ['no-reset-jump', 'hang', 'reset-jump', /\d+-instruction loop at/],
  ['null-jump', 'guest-crash', 'reset-jump', '#GP', 'triple fault'],
  ['mbr-address', 'budget', 'mbr-read', '0x7e00'],
  ['ata-poll', 'hang', 'mbr-read', /polls port 0x1f7/i],
  ['wrong-text', 'budget', 'serial MBR reeched', 'MBR reached'],
  ['no-signature', 'budget', 'mbr entry', /booting from drive|55aa|No bootable disk/i],
  ['no-disk', 'budget', 'mbr-read', 'No bootable disk'],
  ['wrong-disk', 'budget', 'mbr-read hdb', 'hda'],
  ['within', 'failed', 'mbr-read', '100 instructions'],
  ['budget', 'budget', 'table-placed', '10k instructions'],
  ['never', 'failed', 'never serial', 'MBR reached'],
  ['expectation', 'failed', 'expect smbios.type1', 'Manufacturer', 'Zen', 'Milepost'],
  ['no-acpi', 'budget', 'table-placed acpi.rsdp'],
];

test.each(FAILING)('%s: ends as %s at "%s", and says why', (file, outcome, failed, ...words) => {
  const planned = planSpecFile(join(__dirname, 'testdata', 'failing', `${file}.yaml`), { root: ROOT });
  if (!planned.ok) throw new Error(planned.diagnostics.map(({ what }) => what).join('\n'));
  const { result } = runPlan(planned.plan);
  const context = { cwd: ROOT };
  const text = failureText(result, context);
  expect({ outcome: result.outcome, text }).toMatchObject({ outcome });
  expect(specTests(result, context).find(({ message }) => message === text)?.name).toMatch(failed);
  for (const word of words) expect(text).toMatch(word);
  expect(text).toMatch(new RegExp(`--> framework/jest/testdata/failing/${file}\\.yaml:\\d+:\\d+`));
});
