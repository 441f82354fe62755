/**
 * Builds dist/: TypeScript, then the generated interpreter, then the AssemblyScript runtime. Each step is skipped when its inputs
 * have not changed since it last ran (dist/.build.json holds a hash per step).
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const stampFile = 'dist/.build.json';
const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};

function files(dir, accept) {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && accept(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

async function step(name, inputs, outputs, run, also = '') {
  const hash = createHash('sha256').update(also);
  for (const file of inputs) hash.update(file).update(readFileSync(file));
  const digest = hash.digest('hex');
  if (stamps[name] === digest && outputs.every((file) => existsSync(file))) return;
  const started = Date.now();
  await run();
  stamps[name] = digest;
  mkdirSync('dist', { recursive: true });
  writeFileSync(`${stampFile}.${process.pid}`, JSON.stringify(stamps, null, 1));
  renameSync(`${stampFile}.${process.pid}`, stampFile);
  if (process.stdout.isTTY) console.log(`built ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

function command(...args) {
  const result = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (result.status !== 0) {
    console.error(`build failed: node ${args.join(' ')}`);
    process.exit(1);
  }
}

const isSource = (file) => file.endsWith('.ts') && !file.endsWith('.d.ts');
const coreDir = join('framework', 'machine', 'core');
const layoutDir = join(coreDir, 'layout');
const isLayout = (file) => file.startsWith(layoutDir + sep);
const coreSources = files(coreDir, (name) => isSource(name) && !name.endsWith('.test.ts'));
const hostSources = files('framework', isSource).filter((file) => !coreSources.includes(file) || isLayout(file));
const wasm = join('dist', 'wasm');

await step('typescript', [...hostSources, 'tsconfig.json', 'package.json'], ['dist/framework/machine/translate/build.js'], () => {
  command('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noCheck');
  // In a clone, npx runs the package's own command from here; npm makes only installed ones executable.
  chmodSync('dist/framework/cli/main.js', 0o755);
});
const specSources = hostSources.filter((file) => /framework.(quantities|diagnostics|spec|plan|inspect)./.test(file));
const validators = join('dist', 'validators');
await step('validators', [...specSources, 'package-lock.json'], [join(validators, 'index.js')], () =>
  command('dist/framework/plan/build-validators.js', validators),
);
const isaSources = hostSources.filter((file) => /machine.(isa|translate)./.test(file) || isLayout(file));
await step('interpreter', isaSources, [join(wasm, 'interpreter.wasm')], () => {
  mkdirSync(wasm, { recursive: true });
  command('dist/framework/machine/translate/build.js', join(wasm, 'interpreter.wasm'));
});
await step('core', coreSources, [join(wasm, 'core.wasm')], () => {
  const base = /RUNTIME_STATICS = (0x[0-9a-f]+)/.exec(readFileSync(join(layoutDir, 'memory-map.ts'), 'utf8'));
  command(
    'node_modules/assemblyscript/bin/asc.js',
    join(coreDir, 'entry.ts'),
    ...['--outFile', join(wasm, 'core.wasm'), '--runtime', 'stub', '--importMemory', '--noExportMemory'],
    ...['--memoryBase', String(Number(base[1])), '--enable', 'bulk-memory', '-O2', '--noAssert'],
  );
});

const bundle = join('dist', 'milepost.js');
const withValidators = {
  name: 'validators',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/compiled$/ }, () => ({ path: resolve(validators, 'index.js') })),
};
await step('bundle', [...hostSources, 'tsconfig.json', 'package-lock.json', 'scripts/build.mjs'], [bundle], async () => {
  const { outputFiles } = await build({
    entryPoints: ['framework/bundle/contents.ts'],
    outfile: bundle,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The one that the user's jest has loaded.
    external: ['jest-html-reporters'],
    plugins: [withValidators],
  });
  const text = outputFiles[0].text;
  writeFileSync(bundle, `// ${createHash('sha256').update(text).digest('hex')}\n${text}`);
});
const codeCache = join('dist', 'code-cache');
const engine = `${process.version} ${process.arch}`;
await step(
  'code-cache',
  [bundle, join(wasm, 'interpreter.wasm'), join(wasm, 'core.wasm')],
  [codeCache],
  () => {
    rmSync(codeCache, { recursive: true, force: true });
    // Without it all is the same, only slower.
    spawnSync(process.execPath, ['dist/framework/bundle/keep-code.js'], { stdio: 'ignore' });
    mkdirSync(codeCache, { recursive: true });
  },
  engine,
);
