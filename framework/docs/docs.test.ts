import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GUIDE, PAGES, pageText, ROOT } from './pages.test-support';

test.each(PAGES)('links in %s lead somewhere', (page) => {
  const targets = [...pageText(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target));
  expect(targets.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

describe('deviations.md explains', () => {
  const page = read(join(GUIDE, 'deviations.md'));
  const literals = (file: string, start: string, end: string): string[] => {
    const text = read(join(__dirname, '..', file));
    const body = text.slice(text.indexOf(start), text.indexOf(end, text.indexOf(start)));
    return [...body.matchAll(/(?:return|reason:)\s+'([^']+)'/g)].map(([, reason = '']) => reason);
  };

  test.each([
    ['conformance/old-chips.ts', 'export function oldChipOnly', '\n}'],
    ['conformance/decode-vectors.test.ts', 'function leftOut', '\n}'],
    ['conformance/silicon/allowances.ts', 'const WHOLE', '\n];'],
  ])('every reason for leaving out a case in %s', (file, start, end) => {
    const reasons = literals(file, start, end);
    expect(reasons.length).toBeGreaterThan(3);
    expect(reasons.filter((reason) => !page.includes(reason))).toEqual([]);
  });

  test('every file of the machine that leaves something out', () => {
    const machine = join(__dirname, '..', 'machine');
    const sources = readdirSync(machine, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test)\.ts$/.test(name));
    const leaving = sources.filter((name) => /not[\s*]+modelled/i.test(read(join(machine, name))));
    expect(leaving.length).toBeGreaterThan(10);
    expect(leaving.filter((name) => !page.includes(basename(name)))).toEqual([]);
  });
});
