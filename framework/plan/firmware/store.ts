import { join } from 'node:path';
import { diagnostic, type Diagnostic, type Note, type Span } from '../../diagnostics/diagnostic';
import { closest } from '../../diagnostics/did-you-mean';
import { readText, type FileAccess } from '../file-access';
import type { FileRef } from '../types';
import { parseManifest, type FirmwareImage, type FirmwareManifest, type KnownBuild } from './manifest';

const MAX_MANIFEST = 256 * 1024;

/** An image that some manifest lists. */
export interface ListedImage {
  readonly image: FirmwareImage;
  readonly manifest: FirmwareManifest;
  /** Directory of the manifest. */
  readonly directory: string;
}

/** A file that holds the image: where, and which build it is. */
export interface FoundImage {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly build: KnownBuild | undefined;
  readonly origin: 'cache' | 'installed' | 'committed';
}

/** The firmware that manifests describe: those of the user's project first, then the ones that come with Milepost. */
export class FirmwareStore {
  readonly images: readonly ListedImage[];
  /** Manifests that cannot be read. */
  readonly problems: readonly Diagnostic[];

  /** `roots`: directories that hold firmware/; the first is the project, whose firmware/cache keeps fetched files. */
  constructor(
    private readonly files: FileAccess,
    readonly roots: readonly string[],
  ) {
    const problems: Diagnostic[] = [];
    const seen = new Map<string, ListedImage>();
    for (const root of new Set(roots)) {
      for (const name of files.list(join(root, 'firmware'))) {
        const directory = join(root, 'firmware', name);
        const path = join(directory, 'manifest.json');
        const text = readText(files, path, MAX_MANIFEST);
        if (text === undefined) continue;
        const manifest = parseManifest(text, path);
        if ('code' in manifest) problems.push(manifest);
        else for (const image of manifest.images) if (!seen.has(image.name)) seen.set(image.name, { image, manifest, directory });
      }
    }
    this.images = [...seen.values()];
    this.problems = problems;
  }

  named(name: string): ListedImage | undefined {
    return this.images.find(({ image }) => image.name === name);
  }

  /** Where a fetched or added file is kept. */
  cachePath(image: FirmwareImage): string {
    return join(this.roots[0] ?? '.', 'firmware', 'cache', image.name, image.file);
  }

  /** Every file on this machine that could be the image, the preferred one first. */
  candidates({ image, directory }: ListedImage): FoundImage[] {
    if (image.committed === true) return this.inspect(join(directory, image.file), 'committed', image);
    const cached = this.inspect(this.cachePath(image), 'cache', image);
    return [...cached, ...(image.installed ?? []).flatMap((path) => this.inspect(path, 'installed', image))];
  }

  /** The file to boot with, or why there is none. A file whose hash no manifest lists is never used. */
  find(listed: ListedImage, span: Span | undefined): FoundImage | Diagnostic {
    const candidates = this.candidates(listed);
    const good = candidates.find(({ build, origin }) => origin === 'committed' || build !== undefined);
    if (good) return good;
    const [wrong] = candidates;
    // Another version that the distribution has installed is as good as none; a file that was put into the cache is meant.
    if (wrong?.origin === 'cache') return hashMismatch(listed.image, wrong, span);
    return missing(listed.image, wrong, span);
  }

  /** The diagnostic for a name that no manifest lists. */
  unknown(name: string, span: Span | undefined): Diagnostic {
    const names = this.images.map(({ image }) => image.name);
    const near = closest(name, names);
    const notes: Note[] = near ? [{ kind: 'closest', text: near }] : [];
    const fixme = near ? `did you mean ${near}?` : 'milepost firmware list shows the names; a path needs a slash';
    return diagnostic('firmware-unknown', `no firmware is called ${JSON.stringify(name)}`, { span, notes, fixme });
  }

  private inspect(path: string, origin: FoundImage['origin'], image: FirmwareImage): FoundImage[] {
    const sizeBytes = this.files.size(path);
    if (sizeBytes === undefined) return [];
    const sha256 = this.files.sha256(path);
    return [{ path, origin, sizeBytes, sha256, build: image.known?.find((known) => known.sha256 === sha256) }];
  }
}

export function fileRefOf(name: string, found: FoundImage): FileRef {
  return { name, path: found.path, sha256: found.sha256, sizeBytes: found.sizeBytes };
}

/** A file is there, but it is none of the builds that the manifest lists. Names both hashes. */
export function hashMismatch(image: FirmwareImage, found: { readonly path: string; readonly sha256: string }, span?: Span): Diagnostic {
  const known = image.known ?? [];
  return diagnostic('firmware-hash', `${found.path} is no build of ${image.name} that its manifest lists`, {
    span,
    notes: [
      { kind: 'note', text: `its SHA-256: ${found.sha256}` },
      ...known.map(({ version, sha256 }): Note => ({ kind: 'note', text: `listed:      ${sha256} (${version})` })),
    ],
    fixme: `if that build is meant, record it: milepost firmware add ${image.name} ${found.path}`,
  });
}

function missing(image: FirmwareImage, other: FoundImage | undefined, span: Span | undefined): Diagnostic {
  const notes: Note[] = other ? [{ kind: 'note', text: `${other.path} is another build: ${other.sha256}` }] : [];
  const fetch = image.debian ? `milepost firmware fetch ${image.name}, or ` : '';
  return diagnostic('firmware-missing', `the firmware ${image.name} is not on this machine`, {
    span,
    notes,
    fixme: `${fetch}milepost firmware add ${image.name} <file>`,
  });
}
