import type { AtapiCdrom } from '../../devices/ata/atapi-cdrom';
import type { Picture } from '../../../quantities/picture';
import { PAGE_BYTES } from '../../../quantities/units';
import type { Gpa } from '../../../quantities/units';
import type { TraceSink } from '../../../trace/sink';
import { DEVICE_MODEL_NS, HYPERCALL_NS } from '../../clock/costs';
import { FEATURE2_VMX } from '../../core/layout/features';
import type { KernelStart, MachineConfig } from '../../types';
import type { Operator } from '../chipset/operator';
import type { PcFloppies } from '../chipset/pc-floppies';
import { apicRegisters } from '../apic-features';
import { cpuid, osxsaveOf } from '../cpu-model/cpuid';
import type { CpuModel } from '../cpu-model/models';
import { INTEL_MSRS } from '../msr/intel-msrs';
import { MachineBase } from '../machine-base';
import { MsrFile } from '../msr/msr-file';
import { VMX_EXIT, apicAccessQualification } from '../vmx-reasons';
import { bootVcpuState } from './builder/vcpu-state';
import { HYPERCALL_PAGE_MSR, xenCpuid } from './cpuid';
import { PHYSICAL_ADDRESS_BITS, apicIdOf } from './devices';
import { guestCpu } from './guest-cpu';
import { hypercall } from './hypercalls/dispatch';
import { hypercallPage } from './hypercall-page';
import { isDeviceModelAccess, isPassedPort } from './port-owners';
import { Xen } from './xen';
import type { XenGuestKind, XenHardware } from './guest-kind';

const RFLAGS_IF = 0x200n;
const SHUTDOWN_REBOOT = 1;
const [CR3, CR8] = [3, 8] as const;
/** As Xen's own virtual machine checks. */
const MACHINE_CHECK_BANKS = 2;

/** A guest of Xen 4.17 under VMX: the domain builder, the hypervisor and what is emulated around one guest. */
export class XenMachine extends MachineBase {
  private readonly xen: Xen;
  private readonly hardware: XenHardware;
  private started: KernelStart | undefined;
  private readonly msrs: MsrFile;
  private readonly cpuModel: CpuModel;
  /** The exit under way is none on this hardware. */
  private isPassed = false;
  private isDown = false;

  constructor(
    config: MachineConfig,
    trace: TraceSink,
    private readonly kind: XenGuestKind,
  ) {
    const model = guestCpu(config);
    super(config, trace, {
      ...model,
      features2: model.features2 | FEATURE2_VMX,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
    });
    this.cpuModel = {
      ...model,
      physicalAddressBits: PHYSICAL_ADDRESS_BITS,
      vcpus: config.vcpus,
      apic: true,
      hypervisor: true,
      apicId: apicIdOf,
    };
    this.xen = this.register(this.createXen());
    for (const part of this.xen.parts) this.register(part);
    this.hardware = kind.hardware(this, this.xen);
    this.interrupts = this.hardware.interrupts;
    this.msrs = this.register(
      new MsrFile({
        vendor: INTEL_MSRS,
        vcpus: config.vcpus,
        physicalAddressBits: PHYSICAL_ADDRESS_BITS,
        tscKhz: config.tscKhz,
        apic: apicRegisters(this.hardware.interrupts.localApics),
        machineCheckBanks: MACHINE_CHECK_BANKS,
      }),
    );
    this.powerOn();
  }

  override kernelStart(): KernelStart | undefined {
    return this.started;
  }

  private createXen(): Xen {
    const { config, core, clock, trace, vcpus } = this;
    const { layout, memoryMap } = this.kind;
    return new Xen({
      config,
      layout,
      memoryMap,
      core,
      clock,
      trace,
      vcpus,
      interrupts: {
        gsi: (gsi) => this.hardware.gsi(gsi),
        setPciPin: (device, pin, level) => this.hardware.setPciPin(device, pin, level),
        injectVector: (vcpu, vector) => this.hardware.interrupts.localApics[vcpu]?.post(vector),
      },
      readTsc: () => this.readTsc(),
      interruptPending: (vcpu) => this.vcpus.state.vcpus[vcpu]?.interrupt === true,
      movePmPorts: (location) => this.hardware.movePmPorts(location),
      domainShutdown: (source, reason) => this.domainShutdown(source, reason),
    });
  }

  protected powerOn(): void {
    const { core, config, memory, xen } = this;
    this.isDown = false;
    for (let vcpu = 0; vcpu < core.vcpus; vcpu++) core.reset(vcpu, vcpu === 0);
    xen.createDomain();
    const { layout, p2m, params, channels, grants, xenstore, ring } = xen;
    const map = xen.memoryMap.entries;
    const built = this.kind.build({ config, layout, map, memory, p2m, params, channels, grants, xenstore, ring });
    this.started = this.kind.kernelStart(this.hardware, built);
    core.select(0);
    core.loadCpu(0, bootVcpuState(core.saveCpu(0), built.entry, built.startInfo));
  }

  // ------------------------------------------------------------------------------- leaving and entering the guest

  override exit(reason: number, qualification: number): void {
    if (reason === VMX_EXIT.IO && isPassedPort(qualification)) {
      this.isPassed = true;
      return;
    }
    if (this.trace.wants('vmexit')) this.trace.record('vmexit', reason, qualification, this.core.cs, this.core.ipValue);
    if (reason === VMX_EXIT.HLT) this.halted();
    if (reason === VMX_EXIT.IO && isDeviceModelAccess(qualification)) this.clock.charge(DEVICE_MODEL_NS);
  }

  override entry(reason: number): void {
    if (this.isPassed) {
      this.isPassed = false;
      return;
    }
    this.xen.callback.refresh();
    if (this.trace.wants('vmentry')) this.trace.record('vmentry', reason);
  }

  override memoryExit(gpa: Gpa, isWrite: boolean): number {
    const page = this.hardware.interrupts.localApics[this.core.current]?.pageGpa;
    if (page === undefined || gpa < page || gpa >= page + PAGE_BYTES) return super.memoryExit(gpa, isWrite);
    this.exit(VMX_EXIT.APIC_ACCESS, apicAccessQualification(gpa - page, isWrite));
    return VMX_EXIT.APIC_ACCESS;
  }

  /** With EPT, CR3 and the shadowed task priority are the guest's own; others exit when they really change. */
  override controlRegister(register: number, before: bigint, after: bigint): void {
    if (register === CR8) this.hardware.interrupts.setTaskPriority(this.core.current, Number(after & 0xfn));
    else if (register !== CR3 && before !== after) super.controlRegister(register, before, after);
  }

  /** HLT with interrupts off is how a guest stops a vCPU for good; without any left, Xen powers the domain off. */
  private halted(): void {
    if ((this.core.rflags & RFLAGS_IF) !== 0n) return;
    const isLast = Array.from({ length: this.core.vcpus }, (_, vcpu) => vcpu).every(
      (vcpu) => vcpu === this.core.current || !this.xen.vcpus.isUp(vcpu),
    );
    if (isLast) this.trace.record('halted', this.core.cs, this.core.ip, 0);
    this.xen.vcpus.down(this.core.current);
  }

  private domainShutdown(source: string, reason: number): void {
    if (this.isDown) return;
    this.isDown = true;
    if (reason === SHUTDOWN_REBOOT) this.requestReset(source);
    else this.requestShutdown(source, reason);
  }

  override requestShutdown(source: string, reason: number): void {
    for (let vcpu = 0; vcpu < this.core.vcpus; vcpu++) this.vcpus.park(vcpu);
    super.requestShutdown(source, reason);
  }

  // ------------------------------------------------------------------------------- what the CPU asks

  override vmcall(): boolean {
    this.exit(VMX_EXIT.VMCALL, 0);
    this.clock.charge(HYPERCALL_NS);
    hypercall(this.xen);
    this.entry(VMX_EXIT.VMCALL);
    return true;
  }

  cpuid(leaf: number, subleaf: number, out: Uint32Array): void {
    const vcpu = this.core.current;
    const { domid, tscKhz } = this.config;
    if (xenCpuid({ vcpu, domid, tscKhz, scale: this.xen.scale }, leaf, subleaf, out)) return;
    const apicEnabled = this.hardware.interrupts.apicEnabled(vcpu);
    cpuid(this.cpuModel, { vcpu, apicEnabled, osxsave: osxsaveOf(this.core) }, leaf, subleaf, out);
  }

  readMsr(msr: number): bigint | undefined {
    return msr === HYPERCALL_PAGE_MSR ? 0n : this.msrs.read(this.core.current, msr);
  }

  writeMsr(msr: number, value: bigint): boolean {
    return msr === HYPERCALL_PAGE_MSR ? this.placeHypercallPage(value) : this.msrs.write(this.core.current, msr, value);
  }

  /** Bits 11:0 are the page's index, of which there is one; the page must be RAM. */
  private placeHypercallPage(value: bigint): boolean {
    const index = Number(value & 0xfffn);
    const gfn = value >> 12n;
    if (index !== 0 || gfn >= 1n << 40n || this.xen.p2m.type(Number(gfn)) === 'mmio_dm') return false;
    const gpa = Number(gfn) * PAGE_BYTES;
    this.xen.latchSharedInfo();
    this.memory.write(gpa, hypercallPage());
    this.trace.record('hypercall-page', gpa, index);
    return true;
  }

  protected override floppyDrives(): PcFloppies | undefined {
    return this.hardware.floppies;
  }

  protected override discDrive(): AtapiCdrom | undefined {
    return this.hardware.disks?.discDrive;
  }

  protected operator(): Operator {
    return this.hardware.operator;
  }

  textScreen(): readonly string[] | undefined {
    return this.hardware.display?.screen.lines();
  }

  picture(): Picture | undefined {
    return this.hardware.display?.picture();
  }
}
