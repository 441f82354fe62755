import { ByteView } from './byte-view';
import { listFatFiles } from './fat-volume';
import { parseMbr, readGpt, type SectorReader } from './partition-table';

/** A file that firmware can open on its way to a boot loader. */
export interface EfiSystemFile {
  /** Of its partition, from 1; 0: the whole medium, or a CD's boot image. */
  readonly partition: number;
  readonly path: string;
  /** Of its first byte on the disk, in sectors of 512 bytes. */
  readonly lba: number;
  readonly sizeBytes: number;
}

const EFI_SYSTEM_GUID = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b';
const EFI_SYSTEM_TYPE = 0xef;
/** El Torito 1.0: the boot record, the catalog's entries; UEFI 2.10, 13.3.2.1 for the platform. */
const BOOT_RECORD_SECTOR = 17 * 4;
const CATALOG_POINTER = 0x47;
const CATALOG_SECTORS = 4;
const EFI_PLATFORM = 0xef;
const SECTION_HEADERS = [0x90, 0x91];
const BOOTABLE = 0x88;

/** The files of every EFI system partition of a disk (GPT or MBR), of an unpartitioned FAT medium, or of a CD's EFI boot image. */
export function efiSystemFiles(read: SectorReader): EfiSystemFile[] {
  return systemVolumes(read).flatMap(({ partition, first }) =>
    (listFatFiles((lba, count) => read(first + lba, count)) ?? []).map(({ path, firstSector, sizeBytes }) => ({
      partition,
      path,
      lba: first + firstSector,
      sizeBytes,
    })),
  );
}

interface SystemVolume {
  readonly partition: number;
  readonly first: number;
}

function systemVolumes(read: SectorReader): SystemVolume[] {
  const mbr = parseMbr(read(0, 1));
  const gpt = mbr.isProtective ? readGpt(read) : undefined;
  if (gpt) return gpt.flatMap(({ type, firstLba, number }) => (type === EFI_SYSTEM_GUID ? [{ partition: number, first: firstLba }] : []));
  const partitions = mbr.partitions.filter(({ type }) => type === EFI_SYSTEM_TYPE);
  const found = partitions.map(({ number, firstLba }) => ({ partition: number, first: firstLba }));
  const images = bootImages(read).map((first) => ({ partition: 0, first }));
  if (found.length > 0 || images.length > 0) return [...found, ...images];
  return mbr.partitions.length === 0 ? [{ partition: 0, first: 0 }] : [];
}

/** First sectors, of 512 bytes, of a CD's boot images for EFI. */
function bootImages(read: SectorReader): number[] {
  const record = new ByteView(read(BOOT_RECORD_SECTOR, 1));
  if (record.text(1, 5) !== 'CD001' || record.text(7, 23) !== 'EL TORITO SPECIFICATION') return [];
  const catalog = new ByteView(read(record.u32(CATALOG_POINTER) * 4, CATALOG_SECTORS));
  let platform = catalog.u8(1);
  const images: number[] = [];
  for (let at = 32; at < catalog.length; at += 32) {
    const id = catalog.u8(at);
    if (SECTION_HEADERS.includes(id)) platform = catalog.u8(at + 1);
    else if (id === BOOTABLE && platform === EFI_PLATFORM) images.push(catalog.u32(at + 8) * 4);
  }
  return images;
}
