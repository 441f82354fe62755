import { EXAMPLE_CONTEXT, hangingRun } from '../testdata/example-run';
import { reportBlocks } from './blocks';
import { runPage } from './page';
import { timelineSvg } from './timeline';

test('a page shows everything about a boot, and nothing that a guest prints can become markup', () => {
  const text = '<script>alert(1)</script>\u001b[2J';
  const html = runPage(
    hangingRun({ name: '<b>', consoles: [{ name: 'serial', bytes: Buffer.from(text), text, dropped: 0 }] }),
    EXAMPLE_CONTEXT,
  );
  expect(html).not.toContain('<script>');
  expect(html).not.toContain('\u001b');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[2J');
  for (const title of ['Failure', 'Boot timeline', 'Serial', 'Screen', 'Tables found', 'Memory map', 'Physical memory'])
    expect(html).toContain(`<h2>${title}`);
  expect(html).toContain('<a href="events.jsonl">');
  const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.length).toBeGreaterThan(8);
  for (const id of targets) expect(html).toContain(`<section id="${id}">`);
});

test('cost per milestone: instructions, virtual time, and a bar', () => {
  const block = reportBlocks(hangingRun(), EXAMPLE_CONTEXT).find(({ title }) => title.startsWith('Boot timeline'));
  expect(block?.text.split('\n').map((line) => line.replace(/█+/, '#'))).toEqual([
    '   milestone   instructions  virtual time    cost     time',
    '✓  reset-jump       146,031        2.1 ms   +146k  +2.1 ms  #',
    '✗  mbr-read                                +4.05M    +3 ms  #',
    '·  serial',
  ]);
});

test('the timeline has a row for each milestone and a bar for each that was looked for', () => {
  const svg = timelineSvg(hangingRun());
  expect(svg.match(/<rect x=/g)).toHaveLength(2);
  expect(svg).toContain('not reached');
  expect(timelineSvg(hangingRun({ milestones: [], atNs: 0 }))).toContain('</svg>');
});
