import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDiagnostics } from '../diagnostics/render';
import { readSpec } from './read-spec';

const DIR = join(__dirname, 'testdata', 'bad');
const CASES = readdirSync(DIR).filter((name) => name.endsWith('.yaml'));

function rendered(name: string): string {
  const bytes = readFileSync(join(DIR, name));
  const result = readSpec(new TextDecoder('utf-8').decode(bytes), name, (path) => {
    try {
      return { path, text: readFileSync(join(DIR, path), 'utf8') };
    } catch {
      return undefined;
    }
  });
  return result.ok ? 'the spec was accepted\n' : `${renderDiagnostics(result.diagnostics)}\n`;
}

test('there are at least thirty bad specs', () => expect(CASES.length).toBeGreaterThanOrEqual(30));

/** UPDATE_GOLDEN=1 rewrites the expected texts; read the difference before committing it. */
test.each(CASES)('%s gives the diagnostics beside it', (name) => {
  const golden = join(DIR, name.replace(/\.yaml$/, '.txt'));
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, rendered(name));
  expect(rendered(name)).toBe(readFileSync(golden, 'utf8'));
});
