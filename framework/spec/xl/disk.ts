import type { DiskPosition } from '../types';

/** One `disk` entry of an xl.cfg, as far as the guest sees it. */
export interface XlDisk {
  readonly position: DiskPosition;
  /** Empty: there is no disc in the CD-ROM drive. */
  readonly target: string;
  readonly isCdrom: boolean;
}

const POSITIONS: readonly DiskPosition[] = ['hda', 'hdb', 'hdc', 'hdd'];
const POSITIONAL = ['target', 'format', 'vdev', 'access'] as const;
const OLD_PREFIXES = /^(file|phy|raw|tap2?:aio|tap2?:raw|aio):/;

/**
 * `target, format, vdev, access`, with `key=value` anywhere, or the older `file:target,vdev,access`
 * (xl-disk-configuration(5)). A string says why the disk cannot be had.
 */
export function parseXlDisk(text: string): XlDisk | string {
  const values = new Map<string, string>();
  const parts = splitTarget(text);
  let position = 0;
  const old = OLD_PREFIXES.exec(parts[0] ?? '');
  const order = old ? (['target', 'vdev', 'access'] as const) : POSITIONAL;
  for (const part of parts) {
    const pair = /^(target|format|vdev|access|devtype|backendtype|backend|script|discard|no-discard|direct-io-safe|cdrom)(?:=(.*))?$/.exec(
      part,
    );
    if (pair?.[2] !== undefined) values.set(pair[1] ?? '', pair[2].trim());
    else if (pair && /^(cdrom|discard|no-discard|direct-io-safe)$/.test(part)) values.set(part, 'yes');
    else {
      const name = order[position++];
      if (name === undefined) return `${JSON.stringify(part)} is one part too many`;
      if (part !== '') values.set(name, part);
    }
  }
  return fromValues(values);
}

/** `target=` takes the rest of the line, commas and all. */
function splitTarget(text: string): string[] {
  const target = /(?:^|,)\s*target=/.exec(text);
  if (!target) return text.split(',').map((part) => part.trim());
  const before = text
    .slice(0, target.index)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...before, `target=${text.slice(target.index + target[0].length)}`];
}

function fromValues(values: ReadonlyMap<string, string>): XlDisk | string {
  const format = values.get('format') ?? 'raw';
  if (format !== 'raw') return `the image format ${format} is not supported: only raw is`;
  if (values.has('script') || values.has('backend')) return 'a disk from another domain or through a script is not supported';
  const [vdev = '', suffix] = (values.get('vdev') ?? '').split(':');
  const letter = /^(?:hd|xvd)([a-d])$/.exec(vdev)?.[1];
  if (letter === undefined)
    return vdev === '' ? 'it has no vdev (hda to hdd)' : `vdev ${vdev} is not supported: hda to hdd (or xvda to xvdd) are`;
  const target = (values.get('target') ?? '').replace(OLD_PREFIXES, '');
  const access = values.get('access') ?? 'rw';
  if (!/^(r|ro|w|rw)$/.test(access)) return `access ${JSON.stringify(access)} is not r, ro, w or rw`;
  const isCdrom = suffix === 'cdrom' || values.has('cdrom') || values.get('devtype') === 'cdrom';
  if (target === '' && !isCdrom) return 'it has no target';
  return { position: POSITIONS['abcd'.indexOf(letter)] ?? 'hda', target, isCdrom };
}
