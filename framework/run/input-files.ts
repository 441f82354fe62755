import type { DiskContent, FileRef, GuestPlan } from '../plan/types';
import type { InputFile } from './result';

/** Every file that decided the run, by role. A generated disk counts by its recipe's hash. */
export function inputFiles(guest: GuestPlan): InputFile[] {
  const { firmware, kernel, networks, disks, virtioDisks = {}, cdroms, floppies, spareDiskettes = [], spareDiscs = [] } = guest;
  const files: InputFile[] = [];
  const add = (role: string, file: FileRef | undefined): void => {
    if (file !== undefined) files.push({ role, name: file.name, path: file.path, sha256: file.sha256, bytes: file.sizeBytes });
  };
  add('loader', firmware.loader);
  add('bios', firmware.bios);
  add('vars', firmware.flash?.variables);
  add('vga-rom', firmware.vgaRom);
  for (const [index, { rom }] of networks.entries()) add(`net${index}-rom`, rom);
  add('kernel', kernel?.image);
  add('option-rom', kernel?.rom);
  for (const [index, { file }] of (kernel?.modules ?? []).entries()) add(`module${index}`, file);
  const { ramdisk } = kernel ?? {};
  if (ramdisk?.kind === 'file') add('ramdisk', ramdisk.file);
  else if (ramdisk) files.push({ role: 'ramdisk', name: ramdisk.name, path: '', sha256: ramdisk.sha256, bytes: 0 });
  for (const [role, content] of [disks, virtioDisks, cdroms, floppies].flatMap((images) => Object.entries(images)))
    files.push(diskFile(role, content));
  for (const [index, content] of spareDiskettes.entries()) files.push(diskFile(`fda-spare${index + 1}`, content));
  for (const [index, content] of spareDiscs.entries()) files.push(diskFile(`hdc-spare${index + 1}`, content));
  return files;
}

function diskFile(role: string, content: DiskContent): InputFile {
  if (content.kind === 'recipe') return { role, name: content.name, path: '', sha256: content.sha256, bytes: content.sizeBytes };
  const { name, path, sha256, sizeBytes } = content.file;
  return { role, name, path, sha256, bytes: sizeBytes };
}
