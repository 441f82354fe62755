import { diagnostic } from '../diagnostics/diagnostic';
import type { Planned } from '../plan/types';
import { planSpecFile } from '../run/plan-spec-file';
import { join } from 'node:path';
import { outlineOf } from './outline';

const ROOT = join(__dirname, '..', '..');
const missing: Planned = { ok: false, diagnostics: [diagnostic('firmware-missing', 'the firmware hvmloader-4.17 is not on this machine')] };
const wrong: Planned = { ok: false, diagnostics: [...missing.diagnostics, diagnostic('unknown-key', 'no such key')] };

test('missing firmware skips with its reason in the name, and fails in CI', () => {
  expect(outlineOf(missing, 'specs/x.yaml', false)).toMatchObject({
    title: 'specs/x.yaml (skipped: the firmware hvmloader-4.17 is not on this machine)',
    skipped: true,
  });
  expect(outlineOf(missing, 'specs/x.yaml', true)).toMatchObject({ title: 'specs/x.yaml', skipped: false });
});

test('a spec that is wrong is never skipped, even where its firmware is missing too', () => {
  expect(outlineOf(wrong, 'specs/x.yaml', false)).toEqual({ title: 'specs/x.yaml', skipped: false, tests: ['the spec can be booted'] });
});

test('tests are the milestones, then what must never happen, then the expectations, named as in the spec', () => {
  const { title, tests } = outlineOf(
    planSpecFile(join(ROOT, 'specs/reference/xen.yaml'), { root: ROOT }),
    'specs/reference/xen.yaml',
    true,
  );
  expect(title).toBe('the reference loader and BIOS boot the MBR on Xen');
  expect(tests.slice(0, 2)).toEqual(['hvmloader-entry protected', 'hypercall-page 0x80000']);
  expect(tests).toContain('mbr entry');
  expect(tests.slice(-4)).toEqual(['never triple-fault', 'never port-write 0xcf9', 'expect acpi.facp', 'expect smbios.type1']);
});
