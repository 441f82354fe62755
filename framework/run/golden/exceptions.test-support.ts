/**
 * Where our guest may differ from the recorded one, and why. Everything else is compared byte by byte. The recordings say
 * themselves what varies between runs and hosts: CPU and its speed, UUID, time.
 */
export interface Exception {
  readonly reason: string;
}

export interface MemoryException extends Exception {
  readonly first: number;
  readonly last: number;
}

/** Frames that nobody wrote: the host's memory shows through in the recording (its README). */
export const STALE_PAGES: MemoryException = {
  first: 0x2c_6000,
  last: 0x37f_ffff,
  reason: 'stale host memory in the recording: nobody wrote these pages',
};

/** Nodes of xenstore that name things of the host or of the moment. */
export const XENSTORE: readonly (Exception & { readonly path: RegExp })[] = [
  { path: /\/start_time$/, reason: 'the wall clock when the guest was made' },
  { path: /\/image\/device-model-pid$/, reason: "a process id of the host's" },
  { path: /\/console\/tty$/, reason: "a pseudo terminal of the host's" },
  { path: /\/(node|physical-device|physical-device-path|params)$/, reason: "the host's loop device" },
];

/** Registers of the running moment, after the guest's end. */
export const CPU_AFTER: readonly (Exception & { readonly name: string })[] = [
  { name: 'rip', reason: 'where in its endless loop the guest was stopped' },
];

export const CHIPS: readonly (Exception & { readonly name: RegExp })[] = [
  { name: /^rtc [0-9]$/, reason: 'the time of day' },
  { name: /^rtc c$/, reason: 'interrupt flags of the RTC: whether a second has passed' },
  { name: /^rtc a$/, reason: 'update-in-progress comes and goes' },
];

/** SeaBIOS keeps its tick count in the BIOS data area. */
const BDA_TICKS: MemoryException = { first: 0x46c, last: 0x46f, reason: 'timer ticks since midnight' };

/** Stack that SeaBIOS used before it gave the MBR control; timer interrupts came at other moments. */
function staleStack(stackPointer: number): MemoryException {
  return { first: stackPointer - 0x400, last: stackPointer - 1, reason: 'below the stack pointer: left by interrupts' };
}

const SHARED_INFO = 0xfdff_f000;
const SHARED_INFO_TIMES: readonly MemoryException[] = [
  { first: SHARED_INFO + 0x20, last: SHARED_INFO + 0x37, reason: 'version, TSC and system time of the moment' },
  { first: SHARED_INFO + 0x904, last: SHARED_INFO + 0x90b, reason: 'wall clock when the host booted' },
];

/** The processor's identification and maker, and all that moves because the maker's name is longer or shorter. */
function smbiosProcessor(table: number): readonly MemoryException[] {
  return [
    { first: table + 0xa6, last: table + 0xad, reason: 'CPUID signature and features of the processor' },
    { first: table + 0xc7, last: table + 0x14f, reason: "the processor maker's name, and the structures behind it" },
  ];
}

/** The table's length and the checksums over it, in the entry point. */
function smbiosEntry(entry: number): readonly MemoryException[] {
  const reason = "length of the table, by the processor maker's name, and checksums over it";
  return [
    { first: entry + 4, last: entry + 4, reason },
    { first: entry + 21, last: entry + 23, reason },
  ];
}

export interface Places {
  /** SP when SeaBIOS gave the MBR control. */
  readonly stackPointer: number;
  readonly smbiosTable: number;
  /** Where SeaBIOS copied the SMBIOS entry point. */
  readonly smbiosEntry: number;
  /** SeaBIOS' hypercall page. */
  readonly hypercallPage: number;
}

export function memoryAfter(places: Places): readonly MemoryException[] {
  return [
    BDA_TICKS,
    staleStack(places.stackPointer),
    ...SHARED_INFO_TIMES,
    ...smbiosProcessor(places.smbiosTable),
    ...smbiosEntry(places.smbiosEntry),
    { first: places.hypercallPage, last: places.hypercallPage + 0xfff, reason: 'VMCALL on Intel, VMMCALL on AMD: compared apart' },
  ];
}

/** Working memory of which the recording has hashes only, so that nothing can be said of the differences. */
export function hashedWorkAreas(relocatedInit: number): readonly MemoryException[] {
  return [
    { first: 0, last: 0xf_ffff, reason: 'dumped and compared byte by byte, or the stacks and heap of SeaBIOS and its VGA ROM' },
    { first: 0x10_0000, last: 0x13_3fff, reason: "hvmloader's own image, stack and heap" },
    { first: relocatedInit - 0x1_0000, last: relocatedInit + 0x1_ffff, reason: "SeaBIOS' relocated init code, its stacks and heap" },
  ];
}

/** The hypercall page is VMCALL on Intel, VMMCALL on AMD. */
export const VMMCALL = [0x0f, 0x01, 0xd9] as const;
export const VMCALL = [0x0f, 0x01, 0xc1] as const;
