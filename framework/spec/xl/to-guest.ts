import { diagnostic, type Diagnostic, type Span } from '../../diagnostics/diagnostic';
import { closest } from '../../diagnostics/did-you-mean';
import type { Parsed } from '../../quantities/parsed';
import { BOOT_ORDER, UUID_TEXT } from '../fields/guest-scalars';
import { HARD_DISK_TYPE, MEMORY_SIZE, VCPUS } from '../guest-fields';
import type { DiskPosition, GuestSpec, Located } from '../types';
import { parseXlDisk } from './disk';
import { parseXlVif } from './vif';
import type { XlSetting, XlValue } from './parse';
import { FIXED, HOST_ONLY, UNSUPPORTED } from './settings';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Default video memory of libxl by adapter, in MiB. */
const VIDEO_MIB: Readonly<Record<string, number>> = { stdvga: 16, cirrus: 8, none: 0 };

const TRANSLATED = [
  ...['type', 'builder', 'name', 'memory', 'maxmem', 'vcpus', 'maxvcpus', 'bios', 'firmware', 'firmware_override', 'bios_path_override'],
  ...[
    'kernel',
    'ramdisk',
    'cmdline',
    'root',
    'extra',
    'disk',
    'hdtype',
    'vif',
    'boot',
    'vga',
    'stdvga',
    'videoram',
    'acpi',
    'apic',
    'uuid',
  ],
];

/** An xl.cfg -> the guest that xl would build from it, or what of it cannot be had. */
export function guestFromXl(settings: readonly XlSetting[], whole: Span): GuestSpec | readonly Diagnostic[] {
  return new Translation(settings, whole).run();
}

class Translation {
  private readonly found: Diagnostic[] = [];
  private readonly byName: ReadonlyMap<string, XlSetting>;

  constructor(
    settings: readonly XlSetting[],
    private readonly whole: Span,
  ) {
    this.byName = new Map(settings.map((setting) => [setting.name, setting]));
    for (const setting of settings) this.checkSetting(setting);
  }

  run(): GuestSpec | readonly Diagnostic[] {
    this.checkType();
    const vga = this.vga();
    const guest: Partial<Mutable<GuestSpec>> = {
      span: this.whole,
      machine: { value: this.isPvh ? 'xen-pvh' : 'xen-hvm', span: this.whole },
      firmware: this.firmware(),
      ...(!this.isPvh && { vga: { value: vga, span: this.byName.get('vga')?.value.span ?? this.whole } }),
      ...this.disks(),
      ...this.kernel(),
      networks: this.networks(),
    };
    this.copy(guest, 'name', (text) => ({ ok: true, value: text }));
    this.copy(guest, 'memory', (text) => MEMORY_SIZE.parse(`${/^0x[0-9a-f]+$/i.test(text) ? Number(text) : text}MiB`));
    this.copy(guest, 'vcpus', (text) => VCPUS.parse(text));
    this.copy(guest, 'uuid', (text) => UUID_TEXT.parse(text));
    this.copy(guest, 'boot', (text) => BOOT_ORDER.parse(text));
    this.copy(guest, 'hdtype', (text) => HARD_DISK_TYPE.parse(text));
    this.copy(guest, 'acpi', parseFlag);
    this.copy(guest, 'apic', parseFlag);
    this.checkSame('maxmem', 'memory', 'memory that is populated on demand is not modelled');
    this.checkSame('maxvcpus', 'vcpus', 'vCPUs that are plugged in later are not modelled');
    this.checkVideoMemory(vga);
    return this.found.length > 0 ? this.found : (guest as GuestSpec);
  }

  private get isPvh(): boolean {
    const value = (this.byName.get('type') ?? this.byName.get('builder'))?.value;
    return value?.kind === 'text' && value.text === 'pvh';
  }

  private text(name: string): Located<string> | undefined {
    const value = this.byName.get(name)?.value;
    if (!value) return undefined;
    if (value.kind === 'text') return { value: value.text, span: value.span };
    this.refuse('xl-syntax', `${name} is not a list`, value.span);
    return undefined;
  }

  private copy(guest: Partial<Mutable<GuestSpec>>, name: keyof GuestSpec, parse: (text: string) => Parsed<unknown>): void {
    const text = this.text(name);
    if (!text) return;
    const parsed = parse(text.value);
    if (parsed.ok) Object.assign(guest, { [name]: { value: parsed.value, span: text.span } });
    else this.refuse('bad-value', parsed.what, text.span, parsed.fixme);
  }

  private checkSetting({ name, nameSpan, value }: XlSetting): void {
    if (TRANSLATED.includes(name) || HOST_ONLY.includes(name)) return;
    const fixed = FIXED[name];
    if (fixed) {
      const given = value.kind === 'text' ? value.text : '[…]';
      if (!fixed.includes(given)) this.refuse('xl-unsupported', `${name} = ${given} is not modelled; ${fixed.join(' or ')} is`, value.span);
      return;
    }
    const why = UNSUPPORTED[name];
    if (why !== undefined) {
      const isEmpty = value.kind === 'list' ? value.items.length === 0 : value.text === '';
      if (!isEmpty) this.refuse('xl-unsupported', `${name} cannot be honoured`, nameSpan, why);
      return;
    }
    const near = closest(name, [...TRANSLATED, ...HOST_ONLY, ...Object.keys(FIXED), ...Object.keys(UNSUPPORTED)]);
    this.refuse(
      'unknown-key',
      `xl.cfg has no setting ${JSON.stringify(name)} that Milepost knows`,
      nameSpan,
      near && `did you mean ${near}?`,
    );
  }

  private checkType(): void {
    const type = this.text('type') ?? this.text('builder');
    if (type?.value === 'hvm' || type?.value === 'pvh') return;
    const what = type ? `a guest of type ${JSON.stringify(type.value)} is not modelled` : 'without type = "hvm" xl builds a PV guest';
    this.refuse('xl-unsupported', what, type?.span ?? this.whole, 'write type = "hvm" or "pvh"');
  }

  private vga(): 'stdvga' | 'cirrus' | 'none' {
    const given = this.text('vga');
    if (!given) return this.text('stdvga')?.value === '1' ? 'stdvga' : 'cirrus';
    if (given.value === 'stdvga' || given.value === 'cirrus' || given.value === 'none') return given.value;
    this.refuse(
      'xl-unsupported',
      `the adapter ${JSON.stringify(given.value)} is not modelled`,
      given.span,
      'adapters: stdvga, cirrus, none',
    );
    return 'stdvga';
  }

  private checkVideoMemory(vga: string): void {
    const given = this.text('videoram');
    const usual = VIDEO_MIB[vga] ?? 0;
    if (given && Number(given.value) !== usual) {
      this.refuse('xl-unsupported', `videoram = ${given.value} is not modelled; ${vga} has ${usual}`, given.span);
    }
  }

  private checkSame(name: string, other: string, why: string): void {
    const [given, base] = [this.text(name), this.text(other)];
    if (given && Number(given.value) !== Number(base?.value ?? (other === 'vcpus' ? 1 : 128)))
      this.refuse('xl-unsupported', why, given.span, `make ${name} equal to ${other}`);
  }

  private firmware(): GuestSpec['firmware'] {
    const bios = this.text('bios');
    if (bios && bios.value !== 'seabios' && bios.value !== 'ovmf') {
      this.refuse('xl-unsupported', `bios = ${JSON.stringify(bios.value)} is not modelled`, bios.span, 'write "seabios" or "ovmf"');
    }
    const [loader, image] = [this.text('firmware_override'), this.text('bios_path_override')];
    const biosFile = image ? asPath(image) : bios?.value === 'ovmf' ? { ...bios, value: 'ovmf-2022.11' } : undefined;
    return { ...(loader && { loader: asPath(loader) }), ...(biosFile && { bios: biosFile }) };
  }

  /** `kernel = ".../hvmloader"` is what old files say for an HVM guest. */
  private kernel(): Pick<GuestSpec, 'kernel' | 'ramdisk' | 'cmdline'> {
    const [kernel, ramdisk, cmdline] = [this.text('kernel'), this.text('ramdisk'), this.commandLine()];
    if (kernel && !/(^|\/)hvmloader$/.test(kernel.value)) {
      return { kernel: { image: asPath(kernel) }, ...(ramdisk && { ramdisk: asPath(ramdisk) }), ...(cmdline && { cmdline }) };
    }
    const loose = ramdisk ?? cmdline;
    if (loose) this.refuse('bad-value', 'a ramdisk or command line is for a kernel, and there is none', loose.span, 'add kernel =');
    return {};
  }

  /** cmdline, or what xl makes of root and extra. */
  private commandLine(): Located<string> | undefined {
    const [cmdline, root, extra] = [this.text('cmdline'), this.text('root'), this.text('extra')];
    const first = root ?? extra;
    if (cmdline || !first) return cmdline;
    const words = [...(root ? [`root=${root.value}`] : []), ...(extra ? [extra.value] : [])];
    return { value: words.join(' '), span: first.span };
  }

  private disks(): Pick<GuestSpec, 'disks' | 'cdroms' | 'floppies'> {
    const disks: Partial<Record<DiskPosition, Located<string>>> = {};
    const cdroms: Partial<Record<DiskPosition, Located<string>>> = {};
    for (const item of itemsOf(this.byName.get('disk')?.value)) {
      const disk = item.kind === 'text' ? parseXlDisk(item.text) : 'it is not text';
      if (typeof disk === 'string') {
        this.refuse('xl-unsupported', `this disk cannot be had: ${disk}`, item.span);
        continue;
      }
      if (disks[disk.position] ?? cdroms[disk.position]) this.refuse('bad-value', `there are two disks ${disk.position}`, item.span);
      const image = { value: disk.target, span: item.span };
      (disk.isCdrom ? cdroms : disks)[disk.position] = disk.target === '' ? { ...image, value: 'none' } : asPath(image);
    }
    return { disks, cdroms, floppies: {} };
  }

  private networks(): GuestSpec['networks'] {
    return itemsOf(this.byName.get('vif')?.value).flatMap((item) => {
      const card = parseXlVif(item.kind === 'text' ? item.text : '');
      if (card.ok) {
        const located = Object.entries(card.value).map(([name, value]) => [name, { value: value as string, span: item.span }]);
        return [Object.fromEntries(located) as GuestSpec['networks'][number]];
      }
      this.refuse('xl-unsupported', `this network card cannot be had: ${card.what}`, item.span);
      return [];
    });
  }

  private refuse(code: Diagnostic['code'], what: string, span: Span, fixme?: string): void {
    this.found.push(diagnostic(code, what, { span, fixme }));
  }
}

function parseFlag(text: string): Parsed<boolean> {
  if (text === '0' || text === '1') return { ok: true, value: text === '1' };
  return { ok: false, what: `${JSON.stringify(text)} is neither 0 nor 1` };
}

function itemsOf(value: XlValue | undefined): readonly XlValue[] {
  if (!value) return [];
  return value.kind === 'list' ? value.items : [value];
}

/** Paths in an xl.cfg are never names of manifests. */
function asPath(text: Located<string>): Located<string> {
  return text.value.includes('/') ? text : { ...text, value: `./${text.value}` };
}
