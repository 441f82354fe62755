import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { renderDiagnostics } from '../diagnostics/render';
import { FirmwareStore } from '../plan/firmware/store';
import type { Planned } from '../plan/types';
import { nodeFiles } from '../run/node-files';
import { planSpecFile } from '../run/plan-spec-file';
import { isSpec, PAGES, ROOT, snippetsOf, type Snippet } from './pages.test-support';

const CLI = join(ROOT, 'dist', 'framework', 'cli', 'main.js');

/** What stands for the files that a reader's own build makes: images by name, or files of this repository. */
const OWN_IMAGES: Readonly<Record<string, string>> = {
  'out/bios.bin': 'seabios-1.16.2',
  'out/rom.bin': 'u-boot-2023.01',
  'out/OVMF_CODE.fd': 'ovmf-2022.11-code-4m',
  'out/OVMF_VARS.fd': 'ovmf-2022.11-vars-4m',
  'out/bzImage': 'linux-6.1-cloud',
  'out/hvmloader': 'hvmloader-4.17',
};
const OWN_FILES: Readonly<Record<string, string>> = {
  'out/app.efi': 'disk-images/efi-hello/hello-x64.efi',
  'out/disk.img': 'disk-images/mbr-hello/mbr-hello.bin',
  'out/initrd.img': 'ramdisks/greeting/greeting.txt',
  'out/init': 'ramdisks/shell/init',
  'disk-images/big/mbr.bin': 'disk-images/mbr-hello/mbr-hello.bin',
  'disk-images/boot-partition/grub.cfg': 'disk-images/linux-shim/grub.cfg',
  'disk-images/rescue-cd/isolinux.cfg': 'disk-images/isolinux-cd/isolinux.cfg',
  'disk-images/boot-ext2/extlinux.conf': 'disk-images/linux-extlinux/extlinux.conf',
};

const pathOf = (snippet: Snippet): string => snippet.path ?? `specs/line-${snippet.line}.yaml`;

/** A project with every file that a page shows, and stand-ins for those that it only names. */
function projectOf(page: string): string {
  const project = mkdtempSync(join(tmpdir(), 'milepost-docs-'));
  const place = (path: string): string => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    return join(project, path);
  };
  const store = new FirmwareStore(nodeFiles(), [ROOT]);
  for (const [path, name] of Object.entries(OWN_IMAGES)) {
    const listed = store.named(name);
    const found = listed && store.find(listed, undefined);
    if (found && 'path' in found) symlinkSync(found.path, place(path));
  }
  for (const [path, file] of Object.entries(OWN_FILES)) symlinkSync(join(ROOT, file), place(path));
  symlinkSync(join(ROOT, 'firmware', 'cache'), place('firmware/cache'));
  writeFileSync(place('package.json'), '{}');
  mkdirSync(join(project, 'specs'));
  for (const snippet of snippetsOf(page)) {
    if (snippet.path !== undefined || isSpec(snippet)) writeFileSync(place(pathOf(snippet)), snippet.text);
  }
  return project;
}

/** Whether what a spec lacks is only firmware of others that was not fetched; CI has all of it. */
function lacksFirmware(planned: Planned): boolean {
  if (planned.ok || process.env['CI'] === 'true') return false;
  const isOurs = (what: string): boolean => Object.keys(OWN_IMAGES).some((name) => what.includes(name));
  return planned.diagnostics.every(({ code, what }) => code === 'firmware-missing' || (code === 'file-missing' && isOurs(what)));
}

/** As a spec that names it: a recipe by its folder, anything else as keys of `guest`. */
function specAround({ path = '', text }: Snippet): string {
  const [, folder, name] = /^(disk-images|ramdisks)\/([^/]+)\/recipe\.yaml$/.exec(path) ?? [];
  const keys =
    folder === undefined
      ? text.trim()
      : folder === 'ramdisks'
        ? `kernel: kernel-report-elf\n  ramdisk: ${name}`
        : /^iso:/m.test(text)
          ? `cdrom: ${name}`
          : `disks: { hda: ${name} }`;
  return `version: 1\nname: x\nguest:\n  machine: pc\n  ${keys}\nmilestones: [ halted ]\n`;
}

describe.each(PAGES.filter((page) => snippetsOf(page).some(({ language }) => language === 'yaml')))('%s', (page) => {
  const project = projectOf(page);
  afterAll(() => rmSync(project, { recursive: true }));
  const snippets = snippetsOf(page).filter(({ language }) => language === 'yaml');

  for (const snippet of snippets.filter(isSpec)) {
    const file = join(project, pathOf(snippet));
    const planned = planSpecFile(file, { root: project });
    const leftOut = !existsSync(CLI)
      ? ' (not run: `npm run build` first)'
      : lacksFirmware(planned)
        ? ' (not run: firmware is missing)'
        : '';
    // The spec that shows a failure says so in its firmware's name.
    const outcome = snippet.text.includes('reference-broken-ata-poll') ? 'hang' : 'passed';
    test(`line ${snippet.line}: ${pathOf(snippet)}: ${outcome}${leftOut}`, () => {
      expect(planned.ok || lacksFirmware(planned) ? '' : renderDiagnostics(planned.diagnostics)).toBe('');
      if (leftOut !== '') return;
      const { stdout } = spawnSync(process.execPath, [CLI, 'run', '--json', '--trace', 'off', file], { cwd: project, encoding: 'utf8' });
      expect(JSON.parse(stdout)).toMatchObject({ specs: [{ outcome }] });
    });
  }

  for (const snippet of snippets.filter((other) => !isSpec(other))) {
    const { line, path, text } = snippet;
    test(`line ${line}: ${path ?? text.split('\n')[0]}`, () => {
      const isOfCi = path !== undefined && /^\.git/.test(path);
      if (isOfCi) return expect(Object.keys(parse(text) as object)).not.toEqual([]);
      writeFileSync(join(project, 'specs', 'part.yaml'), specAround(snippet));
      const planned = planSpecFile(join(project, 'specs', 'part.yaml'), { root: project });
      expect(planned.ok || lacksFirmware(planned) ? '' : renderDiagnostics(planned.diagnostics)).toBe('');
    });
  }
});
