import type { Bytes, Gfn, Gpa, Instructions } from '../../quantities/units';

/** What the guest's instructions ask of the world outside the core. Every call happens at an exact instruction. */
export interface CoreHooks {
  /** IN/INS. `target`: destination gpa of the INS element under way, -1 for IN. Returns the value, zero-extended. */
  portRead(port: number, size: 1 | 2 | 4, target: number): number;
  portWrite(port: number, size: 1 | 2 | 4, value: number): void;
  /** A read of a page that is neither RAM nor ROM. 8-byte accesses come as two calls, low half first. */
  mmioRead(gpa: Gpa, size: 1 | 2 | 4): number;
  /** A write to such a page, or to a ROM page. */
  mmioWrite(gpa: Gpa, size: 1 | 2 | 4, value: number): void;
  /** Up to `count` writes to addresses in a row, when making them at once is the same as one by one; the number made. `bytes`: of the first elements. */
  mmioWrites?(gpa: Gpa, size: 1 | 2 | 4, count: number, bytes: (count: number) => Uint8Array): number;
  /** Fills out[0..3] = EAX, EBX, ECX, EDX. */
  cpuid(leaf: number, subleaf: number, out: Uint32Array): void;
  /** MSRs that the core does not keep itself (it keeps EFER, STAR, LSTAR, CSTAR, FMASK, FS/GS/KERNEL_GS base, SYSENTER_*, TSC
   * offset, PAT). undefined: #GP. */
  readMsr(msr: number): bigint | undefined;
  /** false: #GP. */
  writeMsr(msr: number, value: bigint): boolean;
  /** Virtual nanoseconds besides the one of each retired instruction; the time stamp counter follows from both. See `Core.timeMoved`. */
  addedNs(): number;
  /** The guest has written the selected vCPU's counter: `Core.tscOffset` is another. */
  tscWritten?(): void;
  /** 64 bits for RDRAND; absent: the CPU model has no RDRAND. */
  readRandom?(): bigint;
  /** VMCALL. Registers are read and written through `Core.registers`. false: #UD (no hypervisor). */
  vmcall(): boolean;
  /** INTR is asserted and IF=1: acknowledge and give the vector (8259 INTA or LAPIC). */
  acknowledgeInterrupt(): number;
  /** A MOV to CR0, CR3, CR4, CR8 or LMSW/CLTS took effect (before the `mode` hook). */
  controlRegister(register: number, before: bigint, after: bigint): void;
  /** Mode or paging changed: see `Core.mode`. */
  modeChanged(): void;
  /** An exception is being delivered (not INT n). errorCode -1: none. */
  exception(vector: number, errorCode: number, cr2: bigint): void;
  /** INT n / INTO / INT3 about to be delivered. Only while `Core.setInterruptTrace(true)`. */
  softwareInterrupt(vector: number): void;
  /** An instruction that the CPU does not have: #UD will follow. Bytes as fetched. */
  undefinedOpcode(bytes: Uint8Array): void;
  /** An execution watch: the instruction at `linear` is next. */
  executionWatch(id: number, linear: bigint): void;
  /** A memory watch: after a read, before or after a write (the value is given). */
  memoryWatch(id: number, gpa: Gpa, size: number, value: bigint, isWrite: boolean): void;
  /** INVD/WBINVD/XSETBV/MONITOR/MWAIT/INVLPG…: VMX basic exit reason of a sensitive instruction that merely passes. */
  sensitiveInstruction(vmxReason: number): void;
  /** FERR# of the selected vCPU changed: an x87 exception that is not masked is pending (or no longer) while CR0.NE is 0. */
  floatError?(asserted: boolean): void;
}

/** Why `Core.run` came back. */
export type CoreStop = 'budget' | 'halted' | 'triple-fault' | 'requested' | 'shutdown';

/** `smm`: system management mode with real mode's addresses, as an SMI leaves it; what the handler switches to has its own name. */
export type CpuMode = 'smm' | 'real' | 'vm86' | 'protected16' | 'protected32' | 'compatibility16' | 'compatibility32' | 'long';

/** One segment register with its hidden part. `attributes` as Xen's arbytes: type:4 s dpl:2 p avl l db g at bits 0-11. */
export interface SegmentState {
  selector: number;
  base: bigint;
  limit: number;
  attributes: number;
}

export const SEGMENT_NAMES = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'] as const;
export type SegmentName = (typeof SEGMENT_NAMES)[number];
export const GPR_NAMES = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
] as const;

/** Everything of one CPU as plain data; what `Core.saveCpu` gives and `Core.loadCpu` takes. */
export interface CpuState {
  gpr: bigint[];
  rip: bigint;
  rflags: bigint;
  segments: Record<SegmentName, SegmentState>;
  gdtr: { base: bigint; limit: number };
  idtr: { base: bigint; limit: number };
  cr0: bigint;
  cr2: bigint;
  cr3: bigint;
  cr4: bigint;
  cr8: bigint;
  efer: bigint;
  dr: bigint[]; // DR0-3, 6, 7 at their index; 4 and 5 unused (0)
  /** The CPU-kept MSRs by number. */
  msrs: Record<number, bigint>;
  /** 0 running, 1 halted (HLT), 2 wait-for-SIPI, 3 shutdown (triple fault), 4 waiting by MWAIT. */
  activity: number;
  /** STI / MOV SS shadow, NMI blocking, pending debug exceptions and everything else, opaque. */
  internal: Uint8Array;
}

/** Guest-physical memory: a map from guest frames to frames of host memory, ROM, or nothing (MMIO). */
export interface PhysicalMemory {
  /** Maps `count` frames of zeroed RAM. They cost the host nothing until they are written. */
  populate(gfn: Gfn, count: number): void;
  /** A new zeroed frame that is not mapped yet; survives unmapping. */
  allocateFrame(): number;
  /** Maps an allocated frame, at one or more gfns. `rom`: guest writes go to `mmioWrite`. */
  map(gfn: Gfn, frame: number, access: 'ram' | 'rom'): void;
  /** Leaves a hole: accesses go to the MMIO hooks. The frames of `populate` are freed. */
  unmap(gfn: Gfn, count: number): void;
  /** Moves what is mapped at `from` to `to` (unmapping what was at `to`). */
  move(from: Gfn, to: Gfn): void;
  /** Makes what is mapped there SMRAM: a hole to all but a CPU in SMM. Mapping something else there ends it. */
  setSmmOnly(gfn: Gfn, count: number, on: boolean): void;
  kind(gfn: Gfn): 'ram' | 'rom' | 'hole';
  /** The frame mapped there (allocating it when it was still untouched). */
  frameAt(gfn: Gfn): number | undefined;
  /** A copy of guest memory; holes read as FFh. */
  read(gpa: Gpa, length: Bytes): Uint8Array;
  /** DMA or loader write; invalidates decoded code; holes and ROM are left alone unless `force` (ROM too). */
  write(gpa: Gpa, bytes: Uint8Array, force?: boolean): void;
  /** As `read` and `write`, of one byte. */
  readByte(gpa: Gpa): number;
  writeByte(gpa: Gpa, value: number): void;
  readFrame(frame: number, offset: number, length: Bytes): Uint8Array;
  writeFrame(frame: number, offset: number, bytes: Uint8Array): void;
  readFrameByte(frame: number, offset: number): number;
  writeFrameByte(frame: number, offset: number, value: number): void;
  /** gfns below `limit` that were written (by guest, DMA or loader) since the last call, ascending. */
  takeDirty(limit: Gfn): Gfn[];
  /** Host bytes behind guest frames now. */
  readonly allocatedBytes: Bytes;
  /** Runs of populated or mapped frames, ascending. */
  ranges(): { first: Gfn; last: Gfn; kind: 'ram' | 'rom' }[];
}

/**
 * The x86 core: one Wasm instance that runs one CPU's state at a time. Several vCPUs are several CPU slots that the
 * machine switches between. Everything is deterministic: the same calls give the same results, for every slice size.
 */
export interface Core {
  readonly memory: PhysicalMemory;
  /** Number of vCPU slots given at creation. */
  readonly vcpus: number;
  /** The slot whose registers are loaded. */
  readonly current: number;
  select(vcpu: number): void;
  /**
   * Runs the selected vCPU for exactly `count` more instructions at most. Comes back early only when it halts, triple
   * faults or `requestStop` was called. Hooks may call anything on the core but `run`, `select` and `loadCpu`.
   */
  run(count: Instructions): CoreStop;
  /** Ends `run` at the next instruction boundary (after the instruction under way). */
  requestStop(): void;
  /** Virtual time has moved otherwise than by instructions, from within a hook: `addedNs` gives another answer. */
  timeMoved(): void;
  /** Within a hook: shortens the current `run` so that at most `count` more instructions retire after the current one. */
  limitRun(count: Instructions): void;
  /** Retired instructions of all vCPUs, exact, also within hooks (the instruction under way not counted). */
  instructions(): Instructions;
  /** INTR pin level of a vCPU. Checked at every boundary while IF=1. Wakes a halted CPU. */
  setInterrupt(vcpu: number, asserted: boolean): void;
  /** IGNNE# of a vCPU: with CR0.NE = 0, waiting x87 instructions go on in spite of a pending exception. */
  setIgnoreFloatError(vcpu: number, asserted: boolean): void;
  /** Latches an SMI. */
  smi(vcpu: number): void;
  /** Latches an NMI; INIT and SIPI for application processors. */
  nmi(vcpu: number): void;
  init(vcpu: number): void;
  startup(vcpu: number, vector: number): void;
  /** Power-on RESET of a vCPU; `isBsp` false leaves it in wait-for-SIPI. */
  reset(vcpu: number, isBsp: boolean): void;
  /** IA32_MISC_ENABLE has MONITOR and MWAIT on, as after RESET. */
  setMonitorEnabled(vcpu: number, enabled: boolean): void;
  /** `halted`: by HLT or MWAIT, and nothing that has happened ends it. */
  activity(vcpu: number): 'running' | 'halted' | 'wait-for-sipi' | 'shutdown';
  /** What a vCPU's time stamp counter has on top of `readTsc`, modulo 2^64. */
  tscOffset(vcpu: number): bigint;
  /** An interrupt would wake a halted vCPU. */
  wakesOnInterrupt(vcpu: number): boolean;
  /** Asleep by MWAIT: a store may wake it, too. */
  isMonitoring(vcpu: number): boolean;
  saveCpu(vcpu: number): CpuState;
  loadCpu(vcpu: number, state: CpuState): void;
  /** A hash of the selected vCPU's place and general registers: different when they are, most likely. */
  digest(): number;
  /** Views on the selected vCPU; cheap. */
  gpr(index: number): bigint;
  setGpr(index: number, value: bigint): void;
  /** CS selector and (R)IP of the instruction under way (in hooks) or next (between runs). */
  readonly cs: number;
  readonly ip: bigint;
  /** `ip`, as a number where that is exact; without a bigint for each. */
  readonly ipValue: number | bigint;
  readonly mode: CpuMode;
  readonly paging: boolean;
  /** In system management mode, whatever else the mode is. */
  readonly inSmm: boolean;
  readonly rflags: bigint;
  controlRegister(index: 0 | 2 | 3 | 4 | 8): bigint;
  readonly efer: bigint;
  /** Source CS:IP of the last far transfer (far JMP/CALL/RET, IRET, INT, exception). */
  readonly lastFar: { cs: number; ip: bigint };
  /** A20 gate: false masks bit 20 of physical addresses. */
  setA20(open: boolean): void;
  /** linear -> gpa by the current paging state, no side effects; undefined when not mapped. */
  translate(linear: bigint): Gpa | undefined;
  /** Reads through the current address space, for diagnostics; stops at the first unmapped page. */
  readLinear(linear: bigint, length: Bytes): Uint8Array;
  watchExecution(id: number, linearFirst: bigint, linearLast: bigint): void;
  watchMemory(id: number, first: Gpa, last: Gpa, access: 'read' | 'write' | 'both'): void;
  removeWatch(id: number): void;
  setInterruptTrace(on: boolean): void;
  /** All frames, the map and all CPUs as plain data; `restore` makes the core equal to that moment. */
  save(): CoreSnapshot;
  restore(snapshot: CoreSnapshot): void;
}

export interface CoreSnapshot {
  instructions: number;
  current: number;
  a20: boolean;
  cpus: CpuState[];
  frames: { frame: number; bytes: Uint8Array }[];
  /** Frames of `allocateFrame`, mapped or not. */
  allocated: number[];
  map: { gfn: number; count: number; frame: number; access: 'ram' | 'rom' | 'untouched'; smmOnly: boolean }[];
}
