import type { Picture } from '../../quantities/picture';
import type { KeyStroke } from '../../quantities/keys';
import type { Bytes, Gpa, Instructions, Nanoseconds } from '../../quantities/units';
import type { EventKind } from '../../trace/events';
import type { TraceSink } from '../../trace/sink';
import type { AccessSize, BlockSource, Line, Resettable, Stateful } from '../bus/types';
import { UNCONNECTED } from '../bus/line';
import { SystemBus } from '../bus/system-bus';
import { MMIO_ACCESS_NS } from '../clock/costs';
import { VirtualClock } from '../clock/virtual-clock';
import { createCore } from '../core-host/create-core';
import type { Core, PhysicalMemory } from '../core-host/types';
import type { AtapiCdrom } from '../devices/ata/atapi-cdrom';
import type { KernelStart, Machine, MachineConfig, MachineStop } from '../types';
import type { Operator } from './chipset/operator';
import type { PcFloppies } from './chipset/pc-floppies';
import { coreHooks, type HookTarget } from './core-hooks';
import { DeviceRegistry } from './device-registry';
import type { InterruptFabric } from './interrupt-fabric';
import { RandomSource } from './random-source';
import { tscAt } from './time-stamp';
import { VcpuScheduler } from './vcpu-scheduler';
import { VMX_EXIT, eptQualification } from './vmx-reasons';

const DOUBLE_FAULT = 8;
/** Each time that so much more virtual time was spent idle, `run` hands back `budget`. */
const IDLE_LIMIT_NS = 1e9;

const EXIT_EVENTS = ['vmexit', 'vmentry'] as const;
const BLOCK_EVENTS = ['mmio-write', ...EXIT_EVENTS] as const;

/** What the core needs to know of the CPU model. */
export interface CoreOptions {
  /** The FEATURES and FEATURES2 words of core/layout/features.ts. */
  readonly features: number;
  readonly features2: number;
  /** EDX after RESET. */
  readonly signature: number;
  readonly physicalAddressBits: number;
}

/**
 * The common part of every PC machine: one core with its vCPUs, the bus, virtual time, the main loop and snapshots. A
 * platform extends it, registers its devices, sets `interrupts`, and overrides what its CPUs and hypervisor answer.
 */
export abstract class MachineBase implements Machine, HookTarget {
  readonly core: Core;
  readonly clock: VirtualClock;
  readonly bus: SystemBus;
  readonly memory: PhysicalMemory;
  protected readonly devices = new DeviceRegistry();
  readonly vcpus: VcpuScheduler;
  private readonly random: RandomSource;
  /** FERR# of the bootstrap processor, for the chipset to connect. */
  floatErrorLine: Line = UNCONNECTED;
  /** Set by the platform's constructor: who asserts INTR and answers INTA. */
  protected interrupts!: InterruptFabric;
  private readonly state = { resetPending: false, faultVector: DOUBLE_FAULT, faultAt: -1 };
  private stop: MachineStop | undefined;
  private haltReported = false;

  protected constructor(
    readonly config: MachineConfig,
    readonly trace: TraceSink,
    options: CoreOptions,
  ) {
    this.core = createCore({ vcpus: config.vcpus, hooks: coreHooks(this), tscKhz: config.tscKhz, ...options });
    this.memory = this.core.memory;
    this.clock = new VirtualClock(
      () => this.core.instructions(),
      () => this.core.timeMoved(),
    );
    this.bus = new SystemBus(this.clock, trace);
    this.vcpus = new VcpuScheduler(this.core);
    this.random = new RandomSource(config.rdrand ?? 0);
    this.devices.add(this.vcpus);
    this.devices.add(this.random);
    this.devices.add({ name: 'machine', state: this.state });
  }

  // ------------------------------------------------------------------------------- for the platform to override

  /** Puts CPUs, devices and memory where a power-on or reset leaves them. Devices are reset before it is called. */
  protected abstract powerOn(): void;
  abstract cpuid(leaf: number, subleaf: number, out: Uint32Array): void;
  abstract readMsr(msr: number): bigint | undefined;
  abstract writeMsr(msr: number, value: bigint): boolean;
  abstract textScreen(): readonly string[] | undefined;
  abstract picture(): Picture | undefined;
  protected abstract operator(): Operator;
  /** Absent: the platform has no diskette drives. */
  protected floppyDrives?(): PcFloppies | undefined;
  /** The CD-ROM drive hdc. */
  protected discDrive?(): AtapiCdrom | undefined;

  vmcall(): boolean {
    return false;
  }

  /** Leaving and entering non-root mode; a platform with a hypervisor records and charges it. */
  exit?(reason: number, qualification: number): void;
  entry?(reason: number): void;

  memoryExit(_gpa: Gpa, isWrite: boolean): number {
    this.exit?.(VMX_EXIT.EPT_VIOLATION, eptQualification(isWrite));
    return VMX_EXIT.EPT_VIOLATION;
  }

  floatError(asserted: boolean): void {
    if (this.core.current === 0) this.floatErrorLine.set(asserted);
  }

  /** Remembers the first fault of a chain: those with no instruction retired in between. */
  faulted(vector: number): void {
    const now = this.core.instructions();
    if (now !== this.state.faultAt) this.state.faultVector = vector;
    this.state.faultAt = now;
  }

  readMmio(gpa: Gpa, size: AccessSize): number {
    return this.bus.readMmio(gpa, size);
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): void {
    this.bus.writeMmio(gpa, size, value);
  }

  private isFollowed(kind: EventKind): boolean {
    return this.trace.isFollowed?.(kind) ?? this.trace.wants(kind);
  }

  /** Writes in a row, as many as nobody follows one by one and with nothing that can fall due between them; the number made. */
  writeMmioBlock(gpa: Gpa, size: AccessSize, count: number, bytes: (count: number) => Uint8Array): number {
    const { clock } = this;
    if (BLOCK_EVENTS.some((kind) => this.isFollowed(kind)) || clock.dueWithin(VcpuScheduler.QUANTUM + 1) !== undefined) return 0;
    const exits = this.exit && EXIT_EVENTS.some((kind) => this.trace.wants(kind)) ? this : undefined;
    return this.bus.writeMmioBlock(gpa, size, Math.min(count, clock.farCharges(MMIO_ACCESS_NS)), bytes, exits);
  }

  /** A MOV to a control register; bits 3:0 of the qualification are the register's number (SDM table 28-3). */
  controlRegister(...change: [register: number, before: bigint, after: bigint]): void {
    this.exit?.(VMX_EXIT.CR_ACCESS, change[0]);
    this.entry?.(VMX_EXIT.CR_ACCESS);
  }

  addedNs(): number {
    return this.clock.chargedNs();
  }

  protected readTsc(): bigint {
    return tscAt(this.clock.nowNs(), this.config.tscKhz);
  }

  tscWritten(): void {
    this.interrupts.tscChanged(this.core.current);
  }

  readRandom(): bigint {
    return this.random.next();
  }

  // ------------------------------------------------------------------------------- for devices and platforms

  /** Puts a device under snapshot and, when it can be reset, under machine reset. */
  register<D extends Stateful & Partial<Resettable>>(device: D): D {
    this.devices.add(device);
    return device;
  }

  /** A reset request (8042, port 92h, CF9h, …): the machine stops after this instruction; the next `run` starts afresh. */
  requestReset(source: string): void {
    if (this.state.resetPending) return;
    this.trace.record('reset', source);
    this.state.resetPending = true;
    this.end({ kind: 'reset', source });
  }

  /** Power-off or a guest's end by its platform. */
  requestShutdown(source: string, reason: number): void {
    this.trace.record('shutdown', source, reason);
    this.end({ kind: 'shutdown', source, reason });
  }

  /** Ends `run` after the instruction under way. The first reason wins. */
  protected end(stop: MachineStop): void {
    this.stop ??= stop;
    this.core.requestStop();
  }

  /** INTR pin of a vCPU; interrupt fabrics call it on every change. */
  readonly setInterrupt = (vcpu: number, asserted: boolean): void => this.vcpus.setInterrupt(vcpu, asserted);

  acknowledgeInterrupt(): number {
    const { vector, source } = this.interrupts.acknowledge(this.core.current);
    if (this.trace.wants('interrupt')) this.trace.record('interrupt', vector, source);
    return vector;
  }

  afterAccess(): void {
    const due = this.clock.dueWithin(VcpuScheduler.QUANTUM + 1);
    if (due !== undefined) this.core.limitRun(Math.max(0, Math.ceil(due - 1)));
  }

  // ------------------------------------------------------------------------------- Machine

  kernelStart(): KernelStart | undefined {
    return undefined;
  }

  requestStop(): void {
    this.end({ kind: 'requested' });
  }

  typeKeys(strokes: readonly KeyStroke[], paceNs: Nanoseconds): void {
    this.operator().typeKeys(strokes, paceNs);
  }

  sendSerial(bytes: readonly number[]): void {
    this.operator().sendSerial(bytes);
  }

  changeDiskette(number: number | undefined): void {
    this.floppyDrives?.()?.change(number);
  }

  diskette(): BlockSource | undefined {
    return this.floppyDrives?.()?.image;
  }

  changeDisc(number: number | undefined): void {
    const drive = this.discDrive?.();
    if (!drive) return;
    this.trace.record('medium', 'hdc', number === undefined ? 0 : number + 1);
    drive.insert(number ?? -1);
  }

  disc(): BlockSource | undefined {
    return this.discDrive?.()?.disc;
  }

  nextEventNs(): number {
    return this.clock.nextDeadlineNs();
  }

  readPhysical(gpa: Gpa, length: Bytes): Uint8Array {
    return this.memory.read(gpa, length);
  }

  run(count: Instructions): MachineStop {
    this.restart();
    const endAt = this.core.instructions() + count;
    for (;;) {
      this.clock.fireDue();
      const stop = this.takeStop();
      if (stop) return stop;
      const left = endAt - this.core.instructions();
      if (left <= 0) return { kind: 'budget' };
      const vcpu = this.vcpus.pick();
      if (vcpu === undefined) {
        const before = this.clock.idleNs();
        if (!this.idle()) return this.halt();
        if (Math.floor(this.clock.idleNs() / IDLE_LIMIT_NS) > Math.floor(before / IDLE_LIMIT_NS)) return { kind: 'budget', isIdle: true };
        continue;
      }
      this.haltReported = false;
      this.runVcpu(vcpu, left);
    }
  }

  private runVcpu(vcpu: number, left: Instructions): void {
    this.clock.forgetFar();
    const untilEvent = Math.ceil(this.clock.nextDeadlineNs() - this.clock.nowNs());
    const ended = this.vcpus.run(vcpu, Math.min(left, Math.max(1, untilEvent)));
    if (ended === 'halted') {
      this.exit?.(VMX_EXIT.HLT, 0);
      this.entry?.(VMX_EXIT.HLT);
    } else if (ended === 'triple-fault' || ended === 'shutdown') {
      this.tripleFault();
    }
  }

  private tripleFault(): void {
    if (this.state.resetPending) return;
    this.exit?.(VMX_EXIT.TRIPLE_FAULT, 0);
    this.trace.record('triple-fault', this.core.cs, this.core.ip, this.state.faultVector);
    this.trace.record('reset', 'triple-fault');
    this.state.resetPending = true;
    this.end({ kind: 'triple-fault' });
  }

  private takeStop(): MachineStop | undefined {
    const { stop } = this;
    this.stop = undefined;
    return stop;
  }

  /** Jumps to the next timer; false when nothing can ever wake a vCPU. */
  private idle(): boolean {
    const next = this.clock.nextDeadlineNs();
    if (next === Infinity || !this.vcpus.wakeable()) return false;
    this.clock.advanceTo(next);
    return true;
  }

  private halt(): MachineStop {
    if (!this.haltReported) {
      this.haltReported = true;
      this.trace.record('halted', this.core.cs, this.core.ip, this.vcpus.wakeable() ? 1 : 0);
    }
    return { kind: 'halted' };
  }

  /** Does a reset that was asked for; it waits until the machine goes on, so that a stopped machine can be looked at. */
  private restart(): void {
    if (!this.state.resetPending) return;
    this.state.resetPending = false;
    this.devices.reset();
    this.powerOn();
  }

  save(): unknown {
    return { core: this.core.save(), clock: this.clock.save(), devices: this.devices.save() } satisfies SavedMachine;
  }

  restore(saved: unknown): void {
    const { core, clock, devices } = saved as SavedMachine;
    this.core.restore(core);
    this.clock.restore(clock);
    this.devices.restore(devices);
    this.stop = undefined;
    this.haltReported = false;
  }
}

interface SavedMachine {
  readonly core: ReturnType<Core['save']>;
  readonly clock: ReturnType<VirtualClock['save']>;
  readonly devices: ReturnType<DeviceRegistry['save']>;
}
