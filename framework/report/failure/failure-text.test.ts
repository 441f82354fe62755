import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  expect(text).toContain('error[guest-crash]: mbr-read was not reached');
});

test('a violated `never` is shown at its own line', () => {
  const span = { file: '/project/specs/xen/mbr.yaml', line: 4, column: 1, endColumn: 7 };
  const never = [
    {
      key: 'serial',
      name: 'serial: /panic/',
      expected: 'serial: /panic/',
      span,
      violated: true,
      details: [['seen', 'kernel panic']] as const,
    },
  ];
  const text = failureText(hangingRun({ outcome: 'failed', summary: 'never: serial: /panic/ happened', never }), EXAMPLE_CONTEXT);
  expect(text).toContain('expected:   never serial: /panic/');
  expect(text).toContain('4 | budget: 60M instructions\n  | ^^^^^^');
  expect(text).toContain('= closest: seen kernel panic');
});

test('nothing booted: the error and how to mend it, no CPU', () => {
  const error = { code: 'firmware-missing', message: 'seabios-1.16.2 is not here', fixme: 'npx milepost firmware fetch' };
  const text = failureText(
    hangingRun({
      outcome: 'could-not-run',
      summary: 'could-not-run: seabios-1.16.2 is not here',
      error,
      cpus: [],
      milestones: [],
      lastEvents: [],
    }),
    EXAMPLE_CONTEXT,
  );
  expect(text).toContain('error[firmware-missing]: seabios-1.16.2 is not here\n  = fixme: npx milepost firmware fetch');
  expect(text).not.toContain('cpu:');
});
