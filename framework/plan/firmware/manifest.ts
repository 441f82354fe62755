import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import type { Bytes } from '../../quantities/units';
import { schemaErrors } from '../../spec/validation/check';
import { declareSchema } from '../../spec/validation/declared';

/** A published build of an image. */
export interface KnownBuild {
  /** Version of the distribution's package, or what `firmware add` was told. */
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: Bytes;
}

export const IMAGE_KINDS = ['loader', 'bios', 'vars', 'vgarom', 'optionrom', 'kernel', 'ramdisk', 'file'] as const;
export type ImageKind = (typeof IMAGE_KINDS)[number];

/** One firmware file that specs may name. */
export interface FirmwareImage {
  readonly name: string;
  /** `file`: a disk image, or a part that recipes take of disks and RAM disks. */
  readonly kind: ImageKind;
  /** Which protocol between hvmloader and firmware it speaks. */
  readonly biosKind?: 'seabios' | 'ovmf' | 'rombios';
  /** True for a BIOS that drives the adapter itself: it gets no option ROM unless the spec names one. */
  readonly ownVideo?: boolean;
  /** File name in the cache; for a committed image its path beside the manifest. */
  readonly file: string;
  /** True when the file is ours and lies beside the manifest. */
  readonly committed?: boolean;
  /** True: fetched only when it is named. */
  readonly optional?: boolean;
  /** Debian package, path inside it, and a pattern (`*`) of the versions that fit. */
  readonly debian?: { readonly package: string; readonly path: string; readonly version: string };
  /** vmlinux: the package's file is a bzImage, the image is the kernel unpacked from it; gzip: it is gzipped, as boot loaders unpack. */
  readonly unpack?: 'vmlinux' | 'gzip';
  /** The image is a part of that file, such as a loader inside its installer. */
  readonly slice?: { readonly offset: Bytes; readonly sizeBytes: Bytes };
  /** Where distributions install it. */
  readonly installed?: readonly string[];
  readonly known?: readonly KnownBuild[];
}

/** firmware/<name>/manifest.json: where images come from, never the binaries of others. */
export interface FirmwareManifest {
  readonly description: string;
  readonly licence: string;
  readonly homepage?: string;
  readonly images: readonly FirmwareImage[];
}

const TEXT = { type: 'string', minLength: 1, maxLength: 500 };
const NAME = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$' };
/** No absolute path and no way up. */
const INNER_PATH = { type: 'string', pattern: '^(?!/)(?!.*\\.\\.)[A-Za-z0-9._+/-]{1,200}$' };
const BUILD = {
  type: 'object',
  properties: { version: TEXT, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' }, sizeBytes: { type: 'integer', minimum: 1 } },
  required: ['version', 'sha256', 'sizeBytes'],
  additionalProperties: false,
};
const IMAGE = {
  type: 'object',
  properties: {
    name: NAME,
    kind: { enum: IMAGE_KINDS },
    biosKind: { enum: ['seabios', 'ovmf', 'rombios'] },
    ownVideo: { type: 'boolean' },
    file: INNER_PATH,
    committed: { type: 'boolean' },
    optional: { type: 'boolean' },
    debian: {
      type: 'object',
      properties: { package: { type: 'string', pattern: '^[a-z0-9][a-z0-9.+-]+$' }, path: INNER_PATH, version: TEXT },
      required: ['package', 'path', 'version'],
      additionalProperties: false,
    },
    unpack: { enum: ['vmlinux', 'gzip'] },
    slice: {
      type: 'object',
      properties: { offset: { type: 'integer', minimum: 0 }, sizeBytes: { type: 'integer', minimum: 1 } },
      required: ['offset', 'sizeBytes'],
      additionalProperties: false,
    },
    installed: { type: 'array', items: { type: 'string', pattern: '^/' } },
    known: { type: 'array', items: BUILD },
  },
  required: ['name', 'kind', 'file'],
  additionalProperties: false,
};
const SCHEMA = declareSchema('firmware-manifest', {
  type: 'object',
  properties: { description: TEXT, licence: TEXT, homepage: TEXT, images: { type: 'array', items: IMAGE, minItems: 1 } },
  required: ['description', 'licence', 'images'],
  additionalProperties: false,
});

/** The text of a manifest.json -> manifest, or why it is none. */
export function parseManifest(text: string, path: string): FirmwareManifest | Diagnostic {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return diagnostic('firmware-unknown', `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [error] = schemaErrors(value, SCHEMA);
  if (!error) return value as FirmwareManifest;
  return diagnostic('firmware-unknown', `${path}: ${error.instancePath} ${error.message ?? 'is wrong'}`.trim());
}
