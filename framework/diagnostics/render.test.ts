import { diagnostic } from './diagnostic';
import { closest } from './did-you-mean';
import { renderDiagnostic } from './render';
import { SourceText } from './source-text';

const source = new SourceText('/project/specs/a.yaml', 'version: 1\r\n  - serail: MBR\n' + 'x'.repeat(500) + 'HERE' + 'y'.repeat(500));

test('says where, what, what is closest and how to fix it', () => {
  const found = diagnostic('unknown-key', 'there is no milestone "serail"', {
    span: source.span(16, 22),
    notes: [
      { kind: 'closest', text: 'serial' },
      { kind: 'guest', text: 'at f000:e2c3\nsince 12M instructions' },
    ],
    fixme: 'did you mean serial?',
  });
  expect(renderDiagnostic(found, { relativeTo: '/project' })).toBe(
    [
      'error[unknown-key]: there is no milestone "serail"',
      ' --> specs/a.yaml:2:5',
      '  |',
      '2 |   - serail: MBR',
      '  |     ^^^^^^',
      '  = closest: serial',
      '  = guest: at f000:e2c3',
      '           since 12M instructions',
      '  = fixme: did you mean serial?',
    ].join('\n'),
  );
});

test('a very long line is shown around its column', () => {
  const [, , , line = '', caret = ''] = renderDiagnostic(diagnostic('bad-value', 'x', { span: source.span(528, 532) }))
    .split('\n')
    .slice(-5);
  expect(line.length).toBeLessThan(200);
  expect(caret.indexOf('^')).toBe(line.indexOf('HERE'));
});

test('the end of a file without a last newline has a place', () => {
  const short = new SourceText('a', 'ab');
  expect(short.span(2, 9)).toEqual({ file: 'a', line: 1, column: 3, length: 1, text: 'ab' });
});

test('control characters of a spec never reach the terminal', () => {
  const evil = new SourceText('a', 'x\u001b[2Jy\u202e');
  expect(renderDiagnostic(diagnostic('bad-value', 'bell \u0007', { span: evil.span(0, 1) }))).not.toMatch(/[\u0007\u001b\u202e]/);
});

test('near words are found, far ones are not', () => {
  const words = ['serial', 'screen', 'hvmloader-4.17'];
  expect([closest('serail', words), closest('SERIAL', words), closest('hvmloader', words), closest('memory', words)]).toEqual([
    'serial',
    'serial',
    'hvmloader-4.17',
    undefined,
  ]);
});
