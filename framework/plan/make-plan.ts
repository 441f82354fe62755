import { createHash } from 'node:crypto';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { formatBytes } from '../quantities/bytes';
import type { Cost } from '../quantities/cost';
import { MIB } from '../quantities/units';
import type { DiskPosition, FloppyPosition, GuestSpec, Located, Spec, VirtioPosition } from '../spec/types';
import { DEFAULT_INSTRUCTIONS, DEFAULT_NS, DEFAULTS, HALTED_NS, VIDEO_BYTES } from './defaults';
import { resolveDisk } from './disk/resolve-disk';
import { resolveDiskette } from './disk/resolve-diskette';
import type { PlanContext } from './file-access';
import { resolveFirmware } from './firmware/resolve';
import { EMPTY_DRIVE, resolveInputs } from './resolve-inputs';
import { resolveNetworks } from './resolve-networks';
import { resolveKernel } from './kernel/resolve-kernel';
import type { DiskContent, GuestPlan, Plan, Planned } from './types';

/** RAM that hvmloader and a BIOS need beside the video RAM. */
const MIN_USABLE = 4 * MIB;

const NO_INPUTS = { input: [], spareDiskettes: [], spareDiscs: [] } as const;

/** Spec -> plan: defaults, names and paths resolved, everything fixed by hash. Reads files only through the context. */
export function makePlan(spec: Spec, specText: string, context: PlanContext): Planned {
  const problems: Diagnostic[] = [];
  const guest = planGuest(spec.guest, context, problems);
  const { input, spareDiskettes, spareDiscs } = guest ? resolveInputs(spec, guest, context, problems) : NO_INPUTS;
  if (!guest || problems.length > 0) return { ok: false, diagnostics: problems };
  const plan: Plan = {
    specPath: spec.file,
    specSha256: createHash('sha256').update(specText).digest('hex'),
    name: spec.name,
    tags: spec.tags,
    guest: { ...guest, ...(spareDiskettes.length > 0 && { spareDiskettes }), ...(spareDiscs.length > 0 && { spareDiscs }) },
    budget: budgetOf(spec.budget?.value),
    input,
    milestones: spec.milestones,
    never: spec.never,
    expect: spec.expect,
    ...(spec.description !== undefined && { description: spec.description }),
    ...(spec.skip && { skip: spec.skip }),
  };
  return { ok: true, plan, warnings: [] };
}

function planGuest(spec: GuestSpec, context: PlanContext, problems: Diagnostic[]): GuestPlan | undefined {
  const platform = spec.machine.value;
  const vga = platform === 'xen-pvh' ? 'none' : (spec.vga?.value ?? DEFAULTS.vga);
  if (platform === 'xen-pvh') checkPvh(spec, problems);
  if (spec.cpu?.value === 'amd' && (platform === 'xen-hvm' || platform === 'xen-pvh'))
    problems.push(
      diagnostic('not-supported', 'Xen runs on Intel hardware here', { span: spec.cpu.span, fixme: 'take another cpu, intel' }),
    );
  const memoryBytes = spec.memory?.value ?? DEFAULTS.memoryBytes;
  const usable = memoryBytes - (platform === 'xen-hvm' ? VIDEO_BYTES[vga] : 0);
  if (usable < MIN_USABLE) {
    const taken = platform === 'xen-hvm' ? `: ${vga} takes ${formatBytes(VIDEO_BYTES[vga])} of it` : '';
    const what = `${formatBytes(memoryBytes)} of memory leave too little to boot in${taken}`;
    problems.push(diagnostic('bad-value', what, { span: (spec.memory ?? spec.machine).span, fixme: 'give the guest 32MiB or more' }));
  }
  if (spec.hdtype && platform !== 'xen-hvm') {
    const fixme = 'take it out: pc has IDE disks, q35 AHCI disks';
    problems.push(diagnostic('bad-value', `hdtype is for xen-hvm, not ${platform}`, { span: spec.hdtype.span, fixme }));
  }
  checkPcOnly(spec, problems);
  const firmware = resolveFirmware(spec, vga, context, problems);
  const kernel = resolveKernel(spec, context, problems);
  const disks = resolveAll(spec.disks, false, context, problems);
  const virtioDisks = spec.virtioDisks && resolveVirtio(spec.virtioDisks, platform, context, problems);
  const { full, empty } = splitCdroms(spec.cdroms);
  const cdroms = resolveAll(full, true, context, problems);
  const floppies = resolveFloppies(spec.floppies, context, problems);
  const networks = resolveNetworks(spec, context, problems);
  if (!firmware) return undefined;
  return {
    platform,
    name: spec.name?.value ?? DEFAULTS.name,
    memoryBytes,
    vcpus: spec.vcpus?.value ?? DEFAULTS.vcpus,
    cpu: spec.cpu?.value ?? DEFAULTS.cpu,
    ...(spec.rdrand && { rdrand: spec.rdrand.value }),
    ...(spec.uarts && { uarts: spec.uarts.value }),
    ...(spec['pci-bridge']?.value === true && { pciBridge: true as const }),
    ...(spec.printer?.value === true && { printer: true as const }),
    firmware,
    ...(kernel && { kernel }),
    disks,
    ...(spec.hdtype?.value === 'ahci' && { hdtype: 'ahci' as const }),
    ...(virtioDisks && { virtioDisks }),
    cdroms,
    ...(empty.length > 0 && { emptyDrives: empty }),
    floppies,
    networks,
    vga,
    acpi: spec.acpi?.value ?? DEFAULTS.acpi,
    apic: spec.apic?.value ?? DEFAULTS.apic,
    boot: spec.boot?.value ?? DEFAULTS.boot,
    uuid: spec.uuid?.value ?? DEFAULTS.uuid,
    rtcSeconds: spec.rtc?.value ?? DEFAULTS.rtcSeconds,
    tscKhz: DEFAULTS.tscKhz,
    domid: DEFAULTS.domid,
  };
}

/** What only the machines pc and q35 have. */
function checkPcOnly(spec: GuestSpec, problems: Diagnostic[]): void {
  const platform = spec.machine.value;
  if (platform === 'pc' || platform === 'q35') return;
  const refuse = (given: Located<unknown> | undefined, what: string): void => {
    if (given) problems.push(diagnostic('not-supported', what, { span: given.span, fixme: 'take it out' }));
  };
  const on = (given: Located<boolean> | undefined): Located<boolean> | undefined => (given?.value === true ? given : undefined);
  refuse(spec.uarts, `${platform} has COM1 alone, or none`);
  refuse(on(spec.printer), `${platform} has no parallel port`);
  refuse(on(spec['pci-bridge']), `${platform} has no PCI bridge`);
}

/** A PVH guest has a kernel, and no device that is emulated. */
function checkPvh({ machine, kernel, vga, disks, cdroms, floppies, networks }: GuestSpec, problems: Diagnostic[]): void {
  if (!kernel) {
    problems.push(
      diagnostic('bad-value', 'a xen-pvh guest needs a kernel', { span: machine.span, fixme: 'add kernel:, an ELF file with a PVH note' }),
    );
  }
  const given = [...Object.values(disks), ...Object.values(cdroms), ...Object.values(floppies)][0];
  if (given)
    problems.push(
      diagnostic('not-supported', 'a xen-pvh guest has no emulated disks, and PV disks are not modelled', { span: given.span }),
    );
  const card = networks[0]?.model;
  if (card) problems.push(diagnostic('not-supported', 'a xen-pvh guest has no emulated network cards', { span: card.span }));
  if (vga && vga.value !== 'none')
    problems.push(diagnostic('bad-value', 'a xen-pvh guest has no graphics adapter', { span: vga.span, fixme: 'take vga out' }));
}

type Images = Readonly<Partial<Record<DiskPosition, Located<string>>>>;

function resolveAll(
  images: Images,
  areCdroms: boolean,
  context: PlanContext,
  problems: Diagnostic[],
): Partial<Record<DiskPosition, DiskContent>> {
  const resolved: Partial<Record<DiskPosition, DiskContent>> = {};
  for (const position of ['hda', 'hdb', 'hdc', 'hdd'] as const) {
    const image = images[position];
    if (!image) continue;
    const content = resolveDisk(image, areCdroms ? 'cdrom' : 'disk', context.files, context.roots);
    if ('kind' in content) resolved[position] = content;
    else problems.push(...content);
  }
  return resolved;
}

/** Drives with a disc, and those without. */
function splitCdroms(cdroms: GuestSpec['cdroms']): { readonly full: Images; readonly empty: readonly DiskPosition[] } {
  const drives = Object.entries(cdroms) as [DiskPosition, Located<string>][];
  const isEmpty = ([, { value }]: [DiskPosition, Located<string>]): boolean => value === EMPTY_DRIVE;
  return {
    full: Object.fromEntries(drives.filter((drive) => !isEmpty(drive))),
    empty: drives.filter(isEmpty).map(([position]) => position),
  };
}

function resolveVirtio(
  images: NonNullable<GuestSpec['virtioDisks']>,
  platform: GuestPlan['platform'],
  context: PlanContext,
  problems: Diagnostic[],
): Partial<Record<VirtioPosition, DiskContent>> {
  const resolved: Partial<Record<VirtioPosition, DiskContent>> = {};
  for (const [position, image] of Object.entries(images) as [VirtioPosition, Located<string>][]) {
    if (platform !== 'pc' && platform !== 'q35') {
      const what = `the machine ${platform} has no virtio devices`;
      problems.push(diagnostic('not-supported', what, { span: image.span, fixme: 'use hda to hdd, or machine: pc' }));
      continue;
    }
    const content = resolveDisk(image, 'disk', context.files, context.roots);
    if ('kind' in content) resolved[position] = content;
    else problems.push(...content);
  }
  return resolved;
}

function resolveFloppies(
  { fda }: GuestSpec['floppies'],
  context: PlanContext,
  problems: Diagnostic[],
): Partial<Record<FloppyPosition, DiskContent>> {
  if (!fda) return {};
  const content = resolveDiskette(fda, context.files, context.roots);
  if ('kind' in content) return { fda: content };
  problems.push(...content);
  return {};
}

/** Virtual time passes at 1 ns an instruction at least, so a limit in time bounds instructions too; the reverse needs its own limit. */
function budgetOf(declared: Cost | undefined): Plan['budget'] {
  if (!declared) return { instructions: DEFAULT_INSTRUCTIONS, ns: DEFAULT_NS, declared };
  if (declared.unit === 'ns') return { instructions: declared.amount, ns: declared.amount, declared };
  return { instructions: declared.amount, ns: HALTED_NS, declared };
}
