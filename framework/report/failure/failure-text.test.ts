import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnostic } from '../../diagnostics/diagnostic';
import { EXAMPLE_CONTEXT, hangingRun } from '../testdata/example-run';
import { failureText } from './failure-text';

test('a hang: the eight parts of a failure, in order', () => {
  const golden = readFileSync(join(__dirname, '..', 'testdata', 'hang.txt'), 'utf8');
  expect(`${failureText(hangingRun(), EXAMPLE_CONTEXT)}\n`).toBe(golden);
});

test('a triple fault: the chain of faults with its error codes', () => {
  const faults = [
    { vector: 13, name: '#GP', errorCode: 8, at: '0010:7c12', instructions: 4_199_999, text: '#GP(0x0008) at 0010:7c12' },
    { vector: 8, name: '#DF', errorCode: 0, at: '0010:7c12', instructions: 4_199_999, text: '#DF(0x0000)' },
    { vector: 8, name: 'triple fault', at: '0010:7c12', instructions: 4_199_999, text: 'triple fault' },
  ];
  const text = failureText(
    hangingRun({
      outcome: 'guest-crash',
      summary: 'guest-crash: triple fault',
      end: { kind: 'triple-fault', text: 'triple fault', faults },
    }),
    EXAMPLE_CONTEXT,
  );
  expect(text).toContain('faults:     #GP(0x0008) at 0010:7c12 -> #DF(0x0000) -> triple fault');
});

test('a violated `never` is what was expected, whatever milestone was awaited', () => {
  const span = { file: '/project/specs/xen/mbr.yaml', line: 4, column: 1, length: 6, text: 'never: [{ serial: /panic/ }]' };
  const never = [{ key: 'serial', name: 'serial: /panic/', expected: 'serial: /panic/', span, violated: true, details: [] }];
  const text = failureText(hangingRun({ outcome: 'failed', summary: 'never: serial: /panic/ happened', never }), EXAMPLE_CONTEXT);
  expect(text).toContain('failed: never: serial: /panic/ happened\n\nlast met:   reset-jump (1 of 3)');
  expect(text).toContain('expected:   never serial: /panic/');
});

test('nothing booted: the error and how to mend it, no CPU', () => {
  const missing = diagnostic('firmware-missing', 'seabios-1.16.2 is not here', { fixme: 'npx milepost firmware fetch' });
  const changes = { outcome: 'could-not-run', cpus: [], milestones: [], lastEvents: [], diagnostics: [missing] } as const;
  const text = failureText(hangingRun({ ...changes, summary: 'could-not-run: seabios-1.16.2 is not here' }), EXAMPLE_CONTEXT);
  expect(text).toContain('error[firmware-missing]: seabios-1.16.2 is not here\n  = fixme: npx milepost firmware fetch');
  expect(text).not.toContain('cpu:');
});
