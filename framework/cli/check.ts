import { renderDiagnostics } from '../diagnostics/render';
import { formatBytes } from '../quantities/bytes';
import { shownPath } from '../report/commands';
import { nodeFiles } from '../run/node-files';
import type { DiskContent, FileRef, Plan } from '../plan/types';
import { parseFlags } from './arguments';
import type { Command } from './command';
import { exitOfAll, overallExit } from './run/exit-code';
import { planSelected, SELECT_FLAGS, selectionOf } from './select';

export const CHECK: Command = {
  name: 'check',
  usage: 'check [paths] [-t TEXT] [--tag NAME] [--plan]',
  summary: 'read specs and find their firmware and disks, without a boot',
  help: '  --plan   print what each run would be: the guest with all defaults, every file with its hash',
  run: (args, terminal) => {
    const { values, positionals } = parseFlags(args, { ...SELECT_FLAGS, plan: { type: 'boolean' } });
    const specs = planSelected(positionals, selectionOf(values), terminal.cwd, nodeFiles());
    const codes: number[] = [];
    for (const { file, planned } of specs) {
      const shown = shownPath(file, terminal.cwd);
      codes.push(planned.ok ? 0 : exitOfAll(planned.diagnostics));
      if (planned.ok) terminal.out(`ok   ${shown}  ${planned.plan.name}\n${values.plan === true ? planText(planned.plan) : ''}`);
      else terminal.err(`${renderDiagnostics(planned.diagnostics, { colour: terminal.isTty, relativeTo: terminal.cwd })}\n\n`);
    }
    terminal.out(`\n${codes.filter((code) => code === 0).length} of ${specs.length} specs can run\n`);
    return Promise.resolve(overallExit(codes, specs.length));
  },
};

function planText({ guest, budget, milestones, never, expect }: Plan): string {
  const { firmware, networks } = guest;
  const files: readonly (readonly [string, FileRef | undefined])[] = [
    ['loader', firmware.loader],
    [firmware.flash ? 'code' : 'bios', firmware.bios],
    ['vars', firmware.flash?.variables],
    ['vga rom', firmware.vgaRom],
    ...networks.map(({ rom }, index) => [`net${index} rom`, rom] as const),
  ];
  const disks = [guest.disks, guest.cdroms, guest.floppies].flatMap((images) => Object.entries(images));
  const spares = [...(guest.spareDiskettes ?? []), ...(guest.spareDiscs ?? [])].map(
    (content, index) => [`spare ${index + 1}`, content] as const,
  );
  const lines = [
    `machine  ${guest.platform}, ${formatBytes(guest.memoryBytes)}, ${guest.vcpus} vCPU, ${guest.vga}, ACPI ${guest.acpi ? 'on' : 'off'}, boot ${guest.boot}`,
    ...files.flatMap(([role, file]) => (file ? [`${role.padEnd(8)} ${fileText(file)}`] : [])),
    ...[...disks, ...spares].map(([position, content]) => `${position.padEnd(8)} ${diskText(content)}`),
    ...networks.map(({ model, mac, link }, index) => `net${index}     ${model} ${mac}, link ${link ? 'up' : 'down'}`),
    `budget   ${budget.instructions} instructions, ${budget.ns / 1e9} s of virtual time`,
    ...milestones.map(({ expected }, index) => `${String(index + 1).padStart(3)}.     ${expected}`),
    ...never.map(({ expected }) => `never    ${expected}`),
    ...expect.map(({ label }) => `expect   ${label}`),
  ];
  return `${lines.map((line) => `     ${line}`).join('\n')}\n\n`;
}

function fileText({ name, path, sha256 }: FileRef): string {
  return `${name}  ${path}  ${sha256}`;
}

function diskText(content: DiskContent): string {
  return content.kind === 'file'
    ? fileText(content.file)
    : `${content.name}  ${formatBytes(content.sizeBytes)} by recipe  ${content.sha256}`;
}
