import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');
export const GUIDE = join(__dirname, 'guide');

/** README and the like, and the guides: paths below ROOT. */
export const PAGES: readonly string[] = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  ...readdirSync(GUIDE).map((name) => join('framework', 'docs', 'guide', name)),
];

export function pageText(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A fenced block. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  /** What the line before says that the file is called: `` `specs/a.yaml`: ``. */
  readonly path?: string;
}

export function snippetsOf(page: string): readonly Snippet[] {
  const text = pageText(page);
  return [...text.matchAll(/(?:`([^`\s]+)`[^`\n]*:\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ({ index, 0: whole, 1: path, 2: language = '', 3: body = '' }) => ({
      language,
      text: body,
      line: text.slice(0, index + whole.indexOf('```')).split('\n').length,
      ...(path !== undefined && { path }),
    }),
  );
}

export function isSpec({ language, text }: Snippet): boolean {
  return language === 'yaml' && /^version: 1$/m.test(text);
}
