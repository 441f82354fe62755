import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { formatBytes } from '../quantities/bytes';
import { disketteFormat, takesDiskette } from '../quantities/diskette';
import type { Bytes } from '../quantities/units';
import type { InputSpec, Located, Spec } from '../spec/types';
import { resolveDisk } from './disk/resolve-disk';
import { resolveDiskette } from './disk/resolve-diskette';
import type { PlanContext } from './file-access';
import type { DiskContent, GuestPlan, InputPlan } from './types';

/** What a drive holds that holds nothing. */
export const EMPTY_DRIVE = 'none';
const NONE = -1;

interface PlannedInputs {
  readonly input: readonly InputPlan[];
  readonly spareDiskettes: readonly DiskContent[];
  readonly spareDiscs: readonly DiskContent[];
}

/** The media of one drive: those of one name are one medium, which keeps what the guest has written to it. */
class Media {
  readonly spares: DiskContent[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(
    own: string | undefined,
    private readonly resolve: (source: Located<string>) => DiskContent | readonly Diagnostic[],
    private readonly problems: Diagnostic[],
  ) {
    this.numbers.set(EMPTY_DRIVE, NONE);
    if (own !== undefined && own !== EMPTY_DRIVE) this.numbers.set(own, 0);
  }

  numberOf(source: Located<string>): number {
    const known = this.numbers.get(source.value);
    if (known !== undefined) return known;
    const number = this.numbers.size - 1;
    this.numbers.set(source.value, number);
    const content = this.resolve(source);
    if ('kind' in content) this.spares.push(content);
    else this.problems.push(...content);
    return number;
  }
}

/** The inputs, with the diskettes and discs that they name. */
export function resolveInputs(spec: Spec, { floppies }: GuestPlan, context: PlanContext, problems: Diagnostic[]): PlannedInputs {
  const { files, roots } = context;
  const { fda } = spec.guest.floppies;
  const { hdc } = spec.guest.cdroms;
  const diskettes = new Media(fda?.value, (source) => fitting(source, resolveDiskette(source, files, roots), floppies.fda), problems);
  const discs = new Media(hdc?.value, (source) => resolveDisk(source, 'cdrom', files, roots), problems);
  const absent = (source: Located<string>, what: string, fixme: string): void => {
    problems.push(diagnostic('bad-value', `the guest has no ${what}`, { span: source.span, fixme }));
  };
  const input = spec.input.map(({ floppy, cdrom, ...rest }: InputSpec): InputPlan => {
    if (floppy && !fda) absent(floppy, 'diskette drive', 'add floppy: to the guest: its size says which drive it is');
    if (cdrom && !hdc) absent(cdrom, 'CD-ROM drive hdc', 'add cdrom: to the guest; cdrom: none for an empty drive');
    return {
      ...rest,
      ...(floppy && fda && { diskette: diskettes.numberOf(floppy) }),
      ...(cdrom && hdc && { disc: discs.numberOf(cdrom) }),
    };
  });
  return { input, spareDiskettes: diskettes.spares, spareDiscs: discs.spares };
}

function sizeOf(content: DiskContent): Bytes {
  return content.kind === 'file' ? content.file.sizeBytes : content.sizeBytes;
}

/** A diskette, unless the drive, which is the first one's, does not take it. */
function fitting(
  floppy: Located<string>,
  content: DiskContent | readonly Diagnostic[],
  first: DiskContent | undefined,
): DiskContent | readonly Diagnostic[] {
  if (!('kind' in content) || !first) return content;
  const drive = disketteFormat(sizeOf(first));
  const format = disketteFormat(sizeOf(content));
  if (!drive || !format || takesDiskette(drive.driveType, format)) return content;
  const what = `a diskette of ${formatBytes(sizeOf(content))} does not go into a drive for one of ${formatBytes(sizeOf(first))}`;
  return [diagnostic('bad-value', what, { span: floppy.span, fixme: 'take a diskette of the same width that holds no more' })];
}
