import { MIB } from '../quantities/units';

/** What a guest is when its spec does not say. Fixed, so that a run depends on nothing but its spec and its images. */
export const DEFAULTS = {
  name: 'milepost',
  memoryBytes: 128 * MIB,
  vcpus: 1,
  cpu: 'x86-64-v2',
  vga: 'stdvga',
  acpi: true,
  apic: true,
  boot: 'c',
  uuid: '6d696c65-706f-4374-a000-000000000001',
  /** 2024-01-01T00:00:00Z. */
  rtcSeconds: 1_704_067_200,
  tscKhz: 2_600_000,
  domid: 1,
  loader: 'hvmloader-4.17',
  bios: 'seabios-1.16.2',
  linuxRom: 'linuxboot',
} as const;

/** First bytes of network cards' addresses, and the whole first address. */
export const FIRST_MAC = {
  'xen-hvm': '00:16:3e:00:00:01',
  'xen-pvh': '00:16:3e:00:00:01',
  pc: '52:54:00:12:34:56',
  q35: '52:54:00:12:34:56',
} as const;

/** Option ROM of each adapter. */
export const VGA_ROMS = { stdvga: 'vgabios-stdvga', cirrus: 'vgabios-cirrus', none: undefined } as const;

/** Video RAM that libxl takes from `memory=`, in bytes. */
export const VIDEO_BYTES = { stdvga: 16 * MIB, cirrus: 8 * MIB, none: 0 } as const;

/** Limits of a run whose spec has no budget. */
export const DEFAULT_INSTRUCTIONS = 2_000_000_000;
export const DEFAULT_NS = 600e9;
/** With a budget in instructions: halted time is bounded too. */
export const HALTED_NS = 3600e9;
