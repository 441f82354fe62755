import type { Span } from '../../diagnostics/diagnostic';
import { notSupported } from '../validation/check';
import type { ReadContext, TopLevelKey } from '../context';
import type { Fields, JsonSchema } from '../fields/field';
import { objectSchema, readFields, readScalar, scalarSchema } from '../fields/read-fields';
import {
  DISK_FIELDS,
  FIRMWARE_FIELDS,
  GUEST_FIELDS,
  KERNEL_FIELDS,
  LATER_GUEST_KEYS,
  LATER_MACHINES,
  MODULE_FIELDS,
  NETWORK_FIELDS,
} from '../guest-fields';
import type { GuestSpec, Located } from '../types';
import type { MapEntry } from '../yaml/tree';
import { declareSchema } from '../validation/declared';

const FIRMWARE = declareSchema('guest.firmware', objectSchema(FIRMWARE_FIELDS, { noun: 'firmware', later: ['option-roms'] }));
const DISKS = declareSchema('guest.disks', objectSchema(DISK_FIELDS, { noun: 'disks' }));
const KERNEL = declareSchema('guest.kernel', objectSchema(KERNEL_FIELDS, { noun: 'kernel' }));
const KERNEL_OR_IMAGE = { anyOf: [scalarSchema(KERNEL_FIELDS.image.type, KERNEL_FIELDS.image.doc), KERNEL] };
const NETWORK = declareSchema('guest.network', objectSchema(NETWORK_FIELDS, { noun: 'a network card' }));
const MAX_NETWORKS = 4;
const NETWORKS: JsonSchema = { type: 'array', items: NETWORK, maxItems: MAX_NETWORKS };
const NETWORK_LIST = declareSchema('guest.networks', {
  type: 'array',
  maxItems: MAX_NETWORKS,
  'x-expected': `a list of at most ${MAX_NETWORKS} network cards`,
});
const MODULE = declareSchema('guest.module', objectSchema(MODULE_FIELDS, { noun: 'a module' }));
const MAX_MODULES = 16;
const MODULES: JsonSchema = { type: 'array', items: MODULE, maxItems: MAX_MODULES };
const MODULE_LIST = declareSchema('guest.modules', {
  type: 'array',
  maxItems: MAX_MODULES,
  'x-expected': `a list of at most ${MAX_MODULES} modules`,
});
const NESTED = ['firmware', 'disks'];
const LISTS = ['networks', 'modules'];
const OWN = declareSchema(
  'guest',
  objectSchema(GUEST_FIELDS, {
    noun: 'guest',
    later: LATER_GUEST_KEYS,
    extra: { firmware: {}, disks: {}, kernel: {}, modules: {}, networks: {} },
  }),
);

export const GUEST: TopLevelKey<GuestSpec> = {
  key: 'guest',
  doc: 'The machine that boots. A firmware or disk is a name from a manifest, or a path relative to the spec.',
  example:
    'guest:\n  machine: xen-hvm\n  memory: 128MiB\n  firmware: { loader: hvmloader-4.17, bios: seabios-1.16.2 }\n  disks: { hda: mbr-hello }',
  schema: objectSchema(GUEST_FIELDS, {
    noun: 'guest',
    later: LATER_GUEST_KEYS,
    extra: { firmware: FIRMWARE, disks: DISKS, kernel: KERNEL_OR_IMAGE, modules: MODULES, networks: NETWORKS },
  }),
  read: (entry, context) => {
    const { value, keySpan } = entry;
    if (value.kind !== 'map') {
      context.fits(value, { type: 'object', 'x-expected': 'a map with machine:, memory:, firmware:, disks:' }, keySpan);
      return undefined;
    }
    const machine = value.entries.find((candidate) => candidate.key === 'machine')?.value;
    if (machine?.kind === 'scalar' && LATER_MACHINES.includes(machine.text))
      return context.report(notSupported(machine.text, machine.span));
    const own = readFields(value.entries, GUEST_FIELDS, OWN, keySpan, context);
    const [firmware, disks] = NESTED.map((key) => value.entries.find((candidate) => candidate.key === key));
    const roms = readNested(firmware, FIRMWARE_FIELDS, FIRMWARE, context);
    const images = readNested(disks, DISK_FIELDS, DISKS, context);
    const kernelEntry = value.entries.find((candidate) => candidate.key === 'kernel');
    const kernel = readKernel(kernelEntry, context);
    const [networkEntry, moduleEntry] = LISTS.map((key) => value.entries.find((candidate) => candidate.key === key));
    const networks = readList(networkEntry, NETWORK_FIELDS, NETWORK, NETWORK_LIST, context) as GuestSpec['networks'] | undefined;
    const modules = readList(moduleEntry, MODULE_FIELDS, MODULE, MODULE_LIST, context) as GuestSpec['modules'];
    if (!own || !roms || !images || !networks || !modules || (kernelEntry && !kernel)) return undefined;
    const { cdrom, floppy, ...scalars } = locate(own.values, own.spans);
    const loose = kernel ? undefined : (scalars.ramdisk?.span ?? scalars.cmdline?.span ?? moduleEntry?.keySpan);
    if (loose) return context.error('bad-value', 'a ramdisk, cmdline or module is for a kernel, and there is none', loose, 'add kernel:');
    if (cdrom && images.hdc)
      return context.error('bad-value', 'cdrom is the drive hdc, and disks has an hdc too', cdrom.span, 'keep one of them');
    return {
      span: keySpan,
      ...scalars,
      firmware: roms,
      ...(kernel && { kernel }),
      ...(modules.length > 0 && { modules }),
      ...splitDisks(images),
      cdroms: cdrom ? { hdc: cdrom } : {},
      floppies: floppy ? { fda: floppy } : {},
      networks,
    } as GuestSpec;
  },
};

/** Virtio block devices are no positions on a cable. */
function splitDisks({
  vda,
  vdb,
  ...disks
}: LocatedValues<Record<keyof typeof DISK_FIELDS, string>>): Pick<GuestSpec, 'disks' | 'virtioDisks'> {
  const virtioDisks = { ...(vda && { vda }), ...(vdb && { vdb }) };
  return { disks, ...(Object.keys(virtioDisks).length > 0 && { virtioDisks }) };
}

type LocatedValues<V> = { readonly [K in keyof V]?: Located<NonNullable<V[K]>> };

function readNested<F extends Fields>(entry: MapEntry | undefined, fields: F, schema: JsonSchema, context: ReadContext) {
  if (!entry) return {} as LocatedValues<{ [K in keyof F]: string }>;
  if (entry.value.kind !== 'map') {
    context.fits(entry.value, schema, entry.keySpan);
    return undefined;
  }
  const read = readFields(entry.value.entries, fields, schema, entry.keySpan, context);
  return read && (locate(read.values as object, read.spans) as LocatedValues<{ [K in keyof F]: string }>);
}

/** A list of maps; none when absent. */
function readList(entry: MapEntry | undefined, fields: Fields, schema: JsonSchema, list: JsonSchema, context: ReadContext) {
  if (!entry) return [];
  if (!context.fits(entry.value, list, entry.keySpan) || entry.value.kind !== 'list') return undefined;
  const items = entry.value.items.map((item) => readNested({ key: entry.key, keySpan: item.span, value: item }, fields, schema, context));
  return items.includes(undefined) ? undefined : (items as unknown);
}

/** `kernel: name`, or `kernel: { image: name, entry: … }`. */
function readKernel(entry: MapEntry | undefined, context: ReadContext): GuestSpec['kernel'] {
  if (!entry) return undefined;
  const { value, keySpan } = entry;
  if (value.kind !== 'map') {
    const image = readScalar(value, KERNEL_FIELDS.image.type, context);
    return image === undefined ? undefined : { image: { value: image, span: value.span } };
  }
  const read = readFields(value.entries, KERNEL_FIELDS, KERNEL, keySpan, context);
  return read && (locate(read.values, read.spans) as GuestSpec['kernel']);
}

/** Values with their places; absent ones are left out. */
function locate<V extends object>(values: V, spans: Readonly<Record<string, Span>>): LocatedValues<V> {
  const present = Object.entries(values).flatMap(([name, value]) => {
    const span = spans[name];
    return value === undefined || !span ? [] : [[name, { value: value as unknown, span }]];
  });
  return Object.fromEntries(present) as LocatedValues<V>;
}
