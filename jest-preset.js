/**
 * For projects that keep specs of their own: `preset: "milepost"` in the jest configuration makes every specs/**\/*.yaml a test
 * file. Reports go to reports/ (MILEPOST_OUTPUT puts them elsewhere).
 */
const { tmpdir } = require('node:os');
const { join, resolve } = require('node:path');

const built = join(__dirname, 'dist', 'framework', 'jest');
const reports = resolve(process.env.MILEPOST_OUTPUT || 'reports');

// Files that `--watch` follows: specs and recipes, an xl.cfg, firmware.
const watched = ['yaml', 'cfg', 'bin', 'elf', 'rom', 'fd', 'efi', 'img', 'iso'];

// Attachments of the HTML report go through a directory; one for each run keeps runs at the same time apart.
process.env.JEST_HTML_REPORTERS_TEMP_DIR_PATH ||= join(tmpdir(), `milepost-html-${process.pid}`);

module.exports = {
  testEnvironment: join(built, 'environment.js'),
  testRunner: join(built, 'runner.js'),
  testMatch: ['**/specs/**/*.yaml', '**/?(*.)+(spec|test).?([mc])[jt]s?(x)'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx', 'json', 'node', ...watched],
  dependencyExtractor: join(built, 'dependencies.js'),
  transform: { '\\.yaml$': join(built, 'transform.js') },
  // What a run writes must not start the next one.
  watchPathIgnorePatterns: [reports.replace(/[^A-Za-z0-9/_-]/g, '\\$&')],
  reporters: [
    'default',
    [join(built, 'html-reporter.js'), { publicPath: reports, filename: 'report.html', pageTitle: 'Milepost', expand: true }],
    join(built, 'reporter.js'),
  ],
};
