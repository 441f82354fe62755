import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { renderDiagnostics } from '../diagnostics/render';
import type { Planned } from '../plan/types';
import { planSpecFile } from '../run/plan-spec-file';
import { runPlan } from '../run/run-plan';

const ROOT = join(__dirname, '..', '..');
const GUIDE = join(__dirname, 'guide');
const PAGES = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].map((name) => join(ROOT, name)),
  ...readdirSync(GUIDE).map((name) => join(GUIDE, name)),
];

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Fenced blocks of a language. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text = '']) => (name === language ? [text] : []));
}

function specsOf(page: string): string[] {
  return blocks(page, 'yaml').filter((text) => /^version: 1$/m.test(text));
}

/** A project with one spec, gone afterwards. */
function withProject(spec: string, use: (planned: Planned) => void): void {
  const project = mkdtempSync(join(tmpdir(), 'milepost-docs-'));
  try {
    mkdirSync(join(project, 'specs'));
    writeFileSync(join(project, 'specs', 'a.yaml'), spec);
    use(planSpecFile(join(project, 'specs', 'a.yaml'), { root: project }));
  } finally {
    rmSync(project, { recursive: true });
  }
}

const everySpec = PAGES.flatMap((page) => specsOf(page).map((spec) => [page.slice(ROOT.length + 1), spec] as const));

test.each(everySpec)('a spec that %s shows is valid', (_page, spec) => {
  withProject(spec, (planned) => {
    const wrong = planned.ok ? [] : planned.diagnostics.filter(({ code }) => code !== 'firmware-missing');
    expect(renderDiagnostics(wrong)).toBe('');
  });
});

/** The README's spec is about a failure, which failing-specs.test.ts compares. */
const bootable = everySpec.filter(([page, spec]) => page !== 'README.md' && /bios: reference-/.test(spec));

test.each(bootable)('a spec on the reference firmware that %s shows passes', (_page, spec) => {
  withProject(spec, (planned) => expect(planned.ok && runPlan(planned.plan).result.summary).toMatch(/^passed/));
});

test.each(PAGES.map((page) => [page.slice(ROOT.length + 1), page]))('links in %s lead somewhere', (_name, page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target));
  expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
});

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
