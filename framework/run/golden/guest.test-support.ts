/** A guest that ran on a real Xen: its folder, and the configuration that makes our machine the same guest. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SourceText } from '../../diagnostics/source-text';
import { MIB } from '../../quantities/units';
import type { DiskName, MachineConfig } from '../../machine/types';
import { FirmwareStore } from '../../plan/firmware/store';
import { nodeFiles } from '../node-files';
import { parseXlDisk } from '../../spec/xl/disk';
import { parseXl } from '../../spec/xl/parse';
import type { XlValue } from '../../spec/xl/parse';

const root = join(__dirname, '../../..');
/** Recordings of real guests; not part of this repository. */
export const goldenRoot = join(root, '../shared/golden');

const SECTOR = 512;
const MBR_ADDRESS = 0x7c00;
/** Where the recorded MBR saves registers: zero in its image. */
const MBR_SAVED = { first: 0x64, last: 0x71 } as const;

export function goldenGuests(): string[] {
  if (!existsSync(goldenRoot)) return [];
  return readdirSync(goldenRoot).filter((name) => existsSync(join(goldenRoot, name, 'xl.cfg')));
}

export type Moment = 'before' | 'after';

export interface MemoryDump {
  readonly first: number;
  readonly bytes: Uint8Array;
}

export class GoldenGuest {
  readonly folder: string;

  constructor(readonly name: string) {
    this.folder = join(goldenRoot, name);
  }

  has(...path: string[]): boolean {
    return existsSync(join(this.folder, ...path));
  }

  bytes(...path: string[]): Uint8Array {
    return new Uint8Array(readFileSync(join(this.folder, ...path)));
  }

  text(...path: string[]): string {
    return readFileSync(join(this.folder, ...path), 'latin1');
  }

  lines(...path: string[]): string[] {
    return this.text(...path)
      .split('\n')
      .filter((line) => line.trim() !== '');
  }

  dumps(moment: Moment): MemoryDump[] {
    return readdirSync(join(this.folder, moment))
      .filter((file) => /^mem-[0-9a-f]+-[0-9a-f]+\.bin\.gz$/.test(file))
      .map((file) => ({
        first: Number.parseInt(file.slice(4), 16),
        bytes: new Uint8Array(gunzipSync(this.bytes(moment, file))),
      }));
  }

  /** The hexadecimal lines of decoded.txt: the structures that firmware left, wherever they are. */
  decodedBytes(moment: Moment): MemoryDump[] {
    return [...this.text(moment, 'decoded.txt').matchAll(/^([0-9a-f]{8}): ((?:[0-9a-f]{2} ){1,16})/gm)].map(([, address, bytes]) => ({
      first: Number.parseInt(address ?? '', 16),
      bytes: Uint8Array.from((bytes ?? '').trim().split(' '), (byte) => Number.parseInt(byte, 16)),
    }));
  }

  /** Tables by the guest-physical address in their file names. */
  acpiTables(): { name: string; first: number; bytes: Uint8Array }[] {
    return readdirSync(join(this.folder, 'after', 'acpi')).map((file) => ({
      name: file,
      first: Number.parseInt(/[0-9a-f]{5,}/.exec(file)?.[0] ?? '', 16),
      bytes: this.bytes('after', 'acpi', file),
    }));
  }

  /** What the guest printed on port E9h, as Xen logged it. */
  consoleLines(): string[] {
    return this.text('xl-dmesg.txt')
      .split('\n')
      .slice(0, -1)
      .map((line) => line.replace(/^\(d\d+\) ?/, ''));
  }

  private value(name: string): XlValue | undefined {
    const settings = parseXl(new SourceText('xl.cfg', this.text('xl.cfg')));
    if ('code' in settings) throw new Error(`${this.name}/xl.cfg cannot be read: ${settings.what}`);
    return settings.find((setting) => setting.name === name)?.value;
  }

  private setting(name: string): string | undefined {
    const value = this.value(name);
    return value?.kind === 'text' ? value.text : undefined;
  }

  private diskNames(): DiskName[] {
    const value = this.value('disk');
    const items = value?.kind === 'list' ? value.items : [];
    return items.flatMap((item) => {
      const disk = item.kind === 'text' ? parseXlDisk(item.text) : 'not text';
      return typeof disk === 'string' || disk.isCdrom ? [] : [disk.position];
    });
  }

  /** The boot sector as the recording has it in memory, and the size that SeaBIOS told; other disks are empty. */
  private disks(): MachineConfig['disks'] {
    const low = this.dumps('after').find((dump) => dump.first === 0)?.bytes ?? new Uint8Array(MBR_ADDRESS + SECTOR);
    const mbr = low.slice(MBR_ADDRESS, MBR_ADDRESS + SECTOR).fill(0, MBR_SAVED.first, MBR_SAVED.last + 1);
    const entries = this.diskNames().map((name, index) => {
      const [channel, drive] = [name === 'hda' || name === 'hdb' ? 0 : 1, name === 'hda' || name === 'hdc' ? 0 : 1];
      const told = new RegExp(`ata${String(channel)}-${String(drive)}:.*\\((\\d+) MiBytes\\)`).exec(this.text('xl-dmesg.txt'));
      const bytes = new Uint8Array(Number(told?.[1] ?? 1) * MIB);
      if (index === 0) bytes.set(mbr);
      return [name, { sizeBytes: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) }];
    });
    return Object.fromEntries(entries) as MachineConfig['disks'];
  }

  /** undefined, and why in `missingFirmware`, when the firmware is not on this machine. */
  config(): MachineConfig | undefined {
    const biosKind = this.setting('bios') === 'ovmf' ? 'ovmf' : 'seabios';
    const vga = (this.setting('vga') ?? 'cirrus') as MachineConfig['vga'];
    const loader = firmware('hvmloader-4.17');
    const bios = firmware(biosKind === 'ovmf' ? 'ovmf-2022.11' : 'seabios-1.16.2');
    const vgaRom = vga === 'none' ? undefined : firmware(`vgabios-${vga}`);
    if (loader === undefined || bios === undefined || (vga !== 'none' && vgaRom === undefined)) return undefined;
    const tree = this.text('before', 'xenstore-guest.txt');
    return {
      platform: 'xen-hvm',
      name: this.setting('name') ?? '',
      memoryBytes: Number(this.setting('memory')) * MIB,
      vcpus: Number(this.setting('vcpus') ?? 1),
      firmware: { loader, bios, biosKind, ...(vgaRom && { vgaRom }) },
      disks: this.disks(),
      vga,
      acpi: this.setting('acpi') !== '0',
      apic: this.setting('apic') !== '0',
      boot: this.setting('boot') ?? 'c',
      uuid: /\/vm\/([0-9a-f-]{36})/.exec(tree)?.[1] ?? '',
      rtcSeconds: this.rtcSeconds(),
      tscKhz: Number(/gtsc_khz (\d+)/.exec(this.text('before', 'hvmctx.txt'))?.[1]),
      domid: Number(/^\/local\/domain\/([1-9]\d*) /m.exec(tree)?.[1]),
    };
  }

  /** What the recorded clock shows: seconds, minutes, hours, day, month and year in BCD at 0, 2, 4, 7, 8 and 9. */
  private rtcSeconds(): number {
    const registers = /RTC: regs ((?:0x[0-9a-f]{2}\s+){14}|(?:0x[0-9a-f]{2}[\s,]+)+)/.exec(this.text('before', 'hvmctx.txt'))?.[1];
    const values = (registers ?? '').match(/0x[0-9a-f]{2}/g)?.map((value) => Number(value.slice(2))) ?? [];
    const at = (index: number): number => values[index] ?? 0;
    return Date.UTC(2000 + at(9), at(8) - 1, at(7), at(4), at(2), at(0)) / 1000;
  }
}

function firmware(name: string): Uint8Array | undefined {
  const files = nodeFiles();
  const store = new FirmwareStore(files, [root]);
  const listed = store.named(name);
  const found = listed && store.find(listed, undefined);
  return found && 'path' in found ? files.read(found.path, 0, found.sizeBytes) : undefined;
}
