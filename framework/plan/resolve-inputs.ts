import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { formatBytes } from '../quantities/bytes';
import { disketteFormat, takesDiskette } from '../quantities/diskette';
import type { Bytes } from '../quantities/units';
import type { InputSpec, Located, Spec } from '../spec/types';
import { resolveDiskette } from './disk/resolve-diskette';
import type { PlanContext } from './file-access';
import type { DiskContent, GuestPlan, InputPlan } from './types';

const EMPTY = 'none';
const NONE = -1;

interface PlannedInputs {
  readonly input: readonly InputPlan[];
  readonly spareDiskettes: readonly DiskContent[];
}

/** The inputs, with the diskettes that they name: those of one name are one diskette, which keeps what the guest has written to it. */
export function resolveInputs(spec: Spec, { floppies }: GuestPlan, context: PlanContext, problems: Diagnostic[]): PlannedInputs {
  const spareDiskettes: DiskContent[] = [];
  const { fda } = spec.guest.floppies;
  const numbers = new Map<string, number>(fda && [[fda.value, 0]]);
  const numberOf = (floppy: Located<string>): number => {
    const known = floppy.value === EMPTY ? NONE : numbers.get(floppy.value);
    if (known !== undefined) return known;
    const number = spareDiskettes.length + 1;
    const content = resolveDiskette(floppy, context.files, context.roots);
    if ('kind' in content) {
      spareDiskettes.push(content);
      numbers.set(floppy.value, number);
      problems.push(...misfit(floppy, sizeOf(content), floppies.fda));
    } else problems.push(...content);
    return number;
  };
  const input = spec.input.map(({ floppy, ...rest }: InputSpec): InputPlan => {
    if (!floppy) return rest;
    if (fda) return { ...rest, diskette: numberOf(floppy) };
    const fixme = 'add floppy: to the guest: its size says which drive it is';
    problems.push(diagnostic('bad-value', 'the guest has no diskette drive', { span: floppy.span, fixme }));
    return rest;
  });
  return { input, spareDiskettes };
}

function sizeOf(content: DiskContent): Bytes {
  return content.kind === 'file' ? content.file.sizeBytes : content.sizeBytes;
}

/** A diskette that the drive, which is the first one's, does not take. */
function misfit(floppy: Located<string>, sizeBytes: Bytes, first: DiskContent | undefined): readonly Diagnostic[] {
  const drive = first && disketteFormat(sizeOf(first));
  const format = disketteFormat(sizeBytes);
  if (!first || !drive || !format || takesDiskette(drive.driveType, format)) return [];
  const what = `a diskette of ${formatBytes(sizeBytes)} does not go into a drive for one of ${formatBytes(sizeOf(first))}`;
  return [diagnostic('bad-value', what, { span: floppy.span, fixme: 'take a diskette of the same width that holds no more' })];
}
