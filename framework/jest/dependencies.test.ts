import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dependencies from './dependencies';

test('a spec depends on the recipe, the build and the xl.cfg that it names, whatever else its words look like', () => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'milepost-dependencies-')));
  try {
    const files = ['disk-images/ours/recipe.yaml', 'out/bzImage', 'guests/a.cfg'].map((path) => join(project, path));
    for (const directory of ['disk-images/ours', 'out', 'guests', 'specs']) mkdirSync(join(project, directory), { recursive: true });
    for (const file of files) writeFileSync(file, 'x');
    const spec = 'xl: ../guests/a.cfg\nkernel: ../out/bzImage\ndisks: { hda: ours, hdb: blank }\nserial: ../../out/bzImage/x//.. /\n';
    const found = dependencies.extract(spec, join(project, 'specs', 'a.yaml'), () => []);
    expect([...found].sort()).toEqual([...files].sort());
  } finally {
    rmSync(project, { recursive: true });
  }
});
