/**
 * The closed union of trace events: the only contract from the machine to milestones, expectations, run and report.
 *
 * An event is a row: kind, retired instructions, virtual nanoseconds, vCPU, then the fields listed here, in order.
 * Field types: `u` unsigned integer below 2^53, `u64` bigint, `text` string.
 */
type FieldType = 'u' | 'u64' | 'text';

export const EVENT_FIELDS = {
  /** Port I/O by IN/OUT/INS/OUTS. `claimed` 0: no device answered (reads give all ones). */
  'port-read': { port: 'u', size: 'u', value: 'u', claimed: 'u' },
  'port-write': { port: 'u', size: 'u', value: 'u', claimed: 'u' },
  /** Memory access that no RAM or ROM page served. */
  'mmio-read': { gpa: 'u', size: 'u', value: 'u', claimed: 'u' },
  'mmio-write': { gpa: 'u', size: 'u', value: 'u', claimed: 'u' },
  /** PCI configuration access. `bdf` = bus << 8 | device << 3 | function. */
  'pci-config-read': { bdf: 'u', register: 'u', size: 'u', value: 'u' },
  'pci-config-write': { bdf: 'u', register: 'u', size: 'u', value: 'u' },

  cpuid: { leaf: 'u', subleaf: 'u', eax: 'u', ebx: 'u', ecx: 'u', edx: 'u' },
  /** `known` 0: no such MSR, the guest got #GP. */
  'msr-read': { msr: 'u', value: 'u64', known: 'u' },
  'msr-write': { msr: 'u', value: 'u64', known: 'u' },
  /** CPU mode after a change: `real`, `smm`, `vm86`, `protected16`, `protected32`, `compatibility16/32`, `long`; paging 0/1. */
  mode: { mode: 'text', paging: 'u', cr0: 'u64', cr4: 'u64', efer: 'u64', cs: 'u', ip: 'u64' },
  /** A fault, trap or abort being delivered. `errorCode` is meaningful when `hasErrorCode`; `cr2` for #PF. */
  exception: { vector: 'u', hasErrorCode: 'u', errorCode: 'u', cr2: 'u64', cs: 'u', ip: 'u64' },
  /** #UD: the bytes at CS:IP as hex text. */
  'undefined-opcode': { cs: 'u', ip: 'u64', bytes: 'text' },
  /** An external interrupt being delivered. `source`: `pic`, `lapic`, `nmi`. */
  interrupt: { vector: 'u', source: 'text' },
  /** INT n executed. */
  'software-interrupt': { vector: 'u', cs: 'u', ip: 'u64', ax: 'u', bx: 'u', cx: 'u', dx: 'u' },

  /** An address watched for execution is about to run. `from*` is where the last far transfer came from. */
  executed: { watch: 'u', linear: 'u64', cs: 'u', ip: 'u64', fromCs: 'u', fromIp: 'u64', mode: 'text' },
  /** A watched guest-physical range was accessed. */
  'memory-write': { watch: 'u', gpa: 'u', size: 'u', value: 'u64', cs: 'u', ip: 'u64' },
  'memory-read': { watch: 'u', gpa: 'u', size: 'u', value: 'u64', cs: 'u', ip: 'u64' },

  /** Control leaves non-root mode: VMX basic exit reason (SDM vol. 3, appendix C) and exit qualification. */
  vmexit: { reason: 'u', qualification: 'u64', cs: 'u', ip: 'u64' },
  vmentry: { reason: 'u' },
  hypercall: { nr: 'u', name: 'text', sub: 'u', subName: 'text', result: 'u', arg1: 'u', arg2: 'u', arg3: 'u' },
  'hypercall-page': { gpa: 'u', page: 'u' },
  xenstore: { op: 'text', path: 'text', value: 'text', error: 'text' },
  'event-channel': { op: 'text', port: 'u' },
  'hvm-param': { op: 'text', index: 'u', name: 'text', value: 'u64' },
  /** `op`: populate, map, move, unmap. `count` frames from gfn; mfn of the first. */
  p2m: { op: 'text', gfn: 'u', count: 'u', mfn: 'u', type: 'text' },

  serial: { uart: 'u', byte: 'u' },
  'debug-console': { port: 'u', byte: 'u' },
  post: { port: 'u', code: 'u' },
  /** `count` sectors from `lba` handed to the guest; `gpa` first destination byte when known, else 2^52. */
  'disk-read': { disk: 'text', lba: 'u', count: 'u', gpa: 'u', controller: 'text' },
  'disk-write': { disk: 'text', lba: 'u', count: 'u', gpa: 'u', controller: 'text' },

  /** A key of the keyboard goes down (1) or up (0), by its W3C position name. */
  key: { key: 'text', down: 'u' },
  /** The far end of a serial line begins to send a byte. */
  'serial-input': { uart: 'u', byte: 'u' },

  /** A frame leaves a network card: its bytes in hex, without the check sequence. */
  'frame-sent': { nic: 'text', length: 'u', bytes: 'text' },

  /** Every vCPU halted with nothing that could wake one. */
  halted: { cs: 'u', ip: 'u64', interruptsEnabled: 'u' },
  /** `source`: 8042, cf9, port92, triple-fault, … */
  reset: { source: 'text' },
  /** `source`: acpi-s5, sched-op, …; `reason` as the source defines it (SHUTDOWN_crash = 3). */
  shutdown: { source: 'text', reason: 'u' },
  /** `vector`: of the first fault of the chain. */
  'triple-fault': { cs: 'u', ip: 'u64', vector: 'u' },

  /** A flash chip's cells changed: `value` is what they hold now. Erased: `size` bytes are FFh. */
  'flash-write': { chip: 'text', offset: 'u', size: 'u', value: 'u' },
  'flash-erase': { chip: 'text', offset: 'u', size: 'u' },

  /** Someone changes the diskette or disc: 1 is the drive's first one, from 2 the others, 0 none. */
  medium: { drive: 'text', number: 'u' },
  /** The printer takes a byte. */
  printed: { lpt: 'u', byte: 'u' },
} as const satisfies Record<string, Record<string, FieldType>>;

export type EventKind = keyof typeof EVENT_FIELDS;

type FieldValue<T> = T extends 'u' ? number : T extends 'u64' ? bigint : string;
export type EventFields<K extends EventKind> = {
  readonly [F in keyof (typeof EVENT_FIELDS)[K]]: FieldValue<(typeof EVENT_FIELDS)[K][F]>;
};

export interface EventStamp {
  /** Position in the trace, from 0. */
  readonly seq: number;
  readonly instructions: number;
  readonly atNs: number;
  readonly vcpu: number;
}

export type EventOf<K extends EventKind> = { readonly kind: K } & EventStamp & EventFields<K>;
export type TraceEvent = { [K in EventKind]: EventOf<K> }[EventKind];

/** `uart` of the PV console of a Xen guest, behind COM1-COM4. */
export const XEN_CONSOLE = 4;

/** Unknown destination of a disk transfer (see `disk-read`). */
export const UNKNOWN_GPA = 2 ** 52;
