/** The Xen note of an ELF file that names its 32-bit entry, XEN_ELFNOTE_PHYS32_ENTRY (public/elfnote.h). */
import { readElf } from '../elf';

const PHYS32_ENTRY = 18;
const SUPPORTED_FEATURES = 17;
/** XENFEAT_linux_rsdp_unrestricted. */
const ANY_RSDP = 1 << 15;
const OWNER = 'Xen';
const HEADER_BYTES = 12;
/** Of one segment: far more than any kernel's notes have. */
const MAX_NOTE_BYTES = 64 * 1024;

/** undefined: the image has no such note, or is no ELF file. */
export function pvhEntry(image: Uint8Array): number | undefined {
  return numberIn(image, PHYS32_ENTRY);
}

/** The kernel takes the RSDP's address from the start info, wherever that is. */
export function supportsAnyRsdp(image: Uint8Array): boolean {
  return ((numberIn(image, SUPPORTED_FEATURES) ?? 0) & ANY_RSDP) !== 0;
}

/** The low 32 bits of a note. */
function numberIn(image: Uint8Array, wanted: number): number | undefined {
  const contents = notesOf(image).find(({ owner, type }) => owner === OWNER && type === wanted)?.contents;
  if (!contents || contents.length < 4) return undefined;
  return new DataView(contents.buffer, contents.byteOffset, 4).getUint32(0, true);
}

interface Note {
  readonly owner: string;
  readonly type: number;
  readonly contents: Uint8Array;
}

function notesOf(image: Uint8Array): Note[] {
  try {
    return readElf(image, { end: 2 ** 52 }).notes.flatMap(parseNotes);
  } catch {
    return [];
  }
}

/** Name and contents are each padded to four bytes. */
function parseNotes(whole: Uint8Array): Note[] {
  const segment = whole.subarray(0, MAX_NOTE_BYTES);
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const notes: Note[] = [];
  for (let at = 0; at + HEADER_BYTES <= segment.length;) {
    const nameBytes = view.getUint32(at, true);
    const contentBytes = view.getUint32(at + 4, true);
    const name = at + HEADER_BYTES;
    const content = name + Math.ceil(nameBytes / 4) * 4;
    if (content + contentBytes > segment.length) break;
    const owner = new TextDecoder('latin1').decode(segment.subarray(name, name + nameBytes)).replace(/\0+$/, '');
    notes.push({ owner, type: view.getUint32(at + 8, true), contents: segment.subarray(content, content + contentBytes) });
    at = content + Math.ceil(contentBytes / 4) * 4;
  }
  return notes;
}
