/** The HVM save record of a recording (xen-hvmctx), and the same lines of our machine, read as a guest reads its chips. */
import type { CpuState, SegmentName } from '../../machine/core-host/types';
import type { AccessSize } from '../../machine/bus/types';
import type { Machine } from '../../machine/types';

/** Values by name, both as lower-case hex without leading zeros. */
export type Registers = Map<string, string>;

/** What a machine of ours offers beyond `Machine`, for looking at its chips. */
interface Chips extends Machine {
  readonly bus: {
    readPort(port: number, size: AccessSize): number;
    writePort(port: number, size: AccessSize, value: number): void;
    readMmio(gpa: number, size: AccessSize): number;
    writeMmio(gpa: number, size: AccessSize, value: number): void;
  };
  readMsr(msr: number): bigint | undefined;
}

const GPRS = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'];
const SEGMENTS: readonly SegmentName[] = ['cs', 'es', 'ds', 'fs', 'gs', 'ss', 'tr', 'ldtr'];
const LAPIC = 0xfee0_0000;
const IO_APIC = 0xfec0_0000;
const HPET = 0xfed0_0000;
const IO_APIC_PINS = 48;

function hex(value: number | bigint | string): string {
  return BigInt(value).toString(16);
}

/** The CPU section: general and control registers, segments, descriptor tables. */
export function recordedCpu(text: string): Registers {
  const registers: Registers = new Map();
  const cpu = text.slice(text.indexOf('CPU:'), text.indexOf('sysenter cs'));
  for (const [, name, value] of cpu.matchAll(/\b(r(?:ax|bx|cx|dx|bp|si|di|sp|ip|flags)|r\d+|[cd]r\d) 0x([0-9a-f]+)/g)) {
    if (name !== undefined && value !== undefined) registers.set(name, hex(`0x${value}`));
  }
  const segment = /\b([cdefgs]s|tr|ldtr)\s+([0-9a-f]{4}) \(\s*([0-9a-f]+) \+\s+(?:0x)?([0-9a-f]+) \/\s+(?:0x)?([0-9a-f]+)\)/g;
  for (const [, name, selector, base, limit, attributes] of cpu.matchAll(segment)) {
    registers.set(name ?? '', [selector, base, limit, attributes].map((part) => hex(`0x${part ?? '0'}`)).join(' '));
  }
  for (const [, name, base, limit] of cpu.matchAll(/\b([ig]dtr)\s+\(\s*([0-9a-f]+) \+\s+(?:0x)?([0-9a-f]+)\)/g)) {
    registers.set(name ?? '', [base, limit].map((part) => hex(`0x${part ?? '0'}`)).join(' '));
  }
  return registers;
}

export function cpuRegisters(state: CpuState): Registers {
  const registers: Registers = new Map(GPRS.map((name, index) => [name, hex(state.gpr[index] ?? 0n)]));
  registers.set('rip', hex(state.rip)).set('rflags', hex(state.rflags));
  for (const [name, value] of Object.entries({ cr0: state.cr0, cr2: state.cr2, cr3: state.cr3, cr4: state.cr4 })) {
    registers.set(name, hex(value));
  }
  for (const index of [0, 1, 2, 3, 6, 7]) registers.set(`dr${String(index)}`, hex(state.dr[index] ?? 0n));
  for (const name of SEGMENTS) {
    const { selector, base, limit, attributes } = state.segments[name];
    registers.set(name, [selector, base, limit, attributes].map(hex).join(' '));
  }
  for (const name of ['gdtr', 'idtr'] as const) registers.set(name, [state[name].base, state[name].limit].map(hex).join(' '));
  return registers;
}

/** What a guest can see of the chips in the hypervisor. */
export function recordedChips(text: string): Registers {
  const registers: Registers = new Map();
  const set = (name: string, value: string | undefined): unknown => value !== undefined && registers.set(name, hex(value));
  const pics = [...text.matchAll(/PIC: IRQ base (0x[0-9a-f]+|0), irr \S+ imr (0x[0-9a-f]+|0),[\s\S]*?elcr (0x[0-9a-f]+|0),/g)];
  pics.forEach(([, , imr, elcr], index) => {
    set(`pic${String(index)} imr`, imr);
    // IRQ0-2, 8 and 13 are edge-triggered whatever the register says.
    registers.set(`pic${String(index)} elcr`, hex(Number(elcr) & (index === 0 ? 0xf8 : 0xde)));
  });
  for (const [, pin, value] of text.matchAll(/pin (\d\d): (0x[0-9a-f]+)/g)) set(`ioapic pin ${pin ?? ''}`, value);
  for (const [, register, value] of text.matchAll(/^\s+?0x([0-9a-f]{3}): (0x[0-9a-f]{8})|\b0x([0-9a-f]{3}): (0x[0-9a-f]{8})/gm)) {
    if (register !== undefined) set(`lapic ${register}`, value);
  }
  for (const [, register, value] of text.matchAll(/0x([0-9a-f]{3}): (0x[0-9a-f]{8})/g)) set(`lapic ${register ?? ''}`, value);
  set('hpet capability', /HPET: capability (0x[0-9a-f]+)/.exec(text)?.[1]);
  for (const [, timer, config] of text.matchAll(/timer(\d) config (0x[0-9a-f]+)/g)) set(`hpet timer ${timer ?? ''}`, config);
  const rtc = /RTC: regs ([\s\S]*?), index/.exec(text)?.[1]?.match(/0x[0-9a-f]{2}/g) ?? [];
  rtc.forEach((value, index) => set(`rtc ${index.toString(16)}`, value));
  const mtrr = /MTRR: PAT (0x[0-9a-f]+|0), cap (0x[0-9a-f]+|0), default (0x[0-9a-f]+|0)/.exec(text);
  set('mtrr cap', mtrr?.[2]);
  set('mtrr default', mtrr?.[3]);
  for (const [, index, value] of text.matchAll(/fixed ([0-9a-f]{2})\s+((?:0x)?[0-9a-f]{16})/g)) {
    registers.set(`mtrr fixed ${index ?? ''}`, hex(`0x${(value ?? '').replace('0x', '')}`));
  }
  const links = /PCI LINK: (\d+) (\d+) (\d+) (\d+)/.exec(text)?.slice(1) ?? [];
  links.forEach((irq, index) => registers.set(`pci link ${String(index)}`, hex(irq)));
  const acpi = /PM1a_STS (0x[0-9a-f]+|0), PM1a_EN (0x[0-9a-f]+|0)/.exec(text);
  set('pm1a enable', acpi?.[2]);
  return registers;
}

const FIXED_MTRRS = [0x250, 0x258, 0x259, 0x268, 0x269, 0x26a, 0x26b, 0x26c, 0x26d, 0x26e, 0x26f];
/** Command and reply registers of the local APIC that only writes make sense of. */
const LAPIC_REGISTERS = Array.from({ length: 0x40 }, (_, index) => index * 0x10).filter((at) => at !== 0xb0);

export function chipRegisters(machine: Machine): Registers {
  const { bus } = machine as Chips;
  const registers: Registers = new Map();
  const set = (name: string, value: number | bigint): unknown => registers.set(name, hex(value));
  set('pic0 imr', bus.readPort(0x21, 1));
  set('pic1 imr', bus.readPort(0xa1, 1));
  set('pic0 elcr', bus.readPort(0x4d0, 1));
  set('pic1 elcr', bus.readPort(0x4d1, 1));
  for (let pin = 0; pin < IO_APIC_PINS; pin++) {
    const half = (part: number): bigint => {
      bus.writeMmio(IO_APIC, 4, 0x10 + pin * 2 + part);
      return BigInt(bus.readMmio(IO_APIC + 0x10, 4));
    };
    set(`ioapic pin ${String(pin).padStart(2, '0')}`, half(0) | (half(1) << 32n));
  }
  for (const at of LAPIC_REGISTERS) {
    const value = bus.readMmio(LAPIC + at, 4);
    registers.set(`lapic ${at.toString(16).padStart(3, '0')}`, hex(value));
  }
  const wide = (gpa: number): bigint => BigInt(bus.readMmio(gpa, 4)) | (BigInt(bus.readMmio(gpa + 4, 4)) << 32n);
  set('hpet capability', wide(HPET));
  for (let timer = 0; timer < 3; timer++) set(`hpet timer ${String(timer)}`, wide(HPET + 0x100 + timer * 0x20));
  for (let index = 0; index < 14; index++) {
    bus.writePort(0x70, 1, index);
    set(`rtc ${index.toString(16)}`, bus.readPort(0x71, 1));
  }
  const msr = (number: number): bigint => (machine as Chips).readMsr(number) ?? 0n;
  set('mtrr cap', msr(0xfe));
  set('mtrr default', msr(0x2ff));
  FIXED_MTRRS.forEach((number, index) => set(`mtrr fixed ${index.toString(16).padStart(2, '0')}`, msr(number)));
  for (let link = 0; link < 4; link++) {
    bus.writePort(0xcf8, 4, 0x8000_0860);
    const route = bus.readPort(0xcfc + link, 1);
    set(`pci link ${String(link)}`, route >= 0x80 ? 0 : route);
  }
  const pm1a = bus.readPort(0x1f40, 4) === 0xffff_ffff ? 0xb000 : 0x1f40;
  set('pm1a enable', bus.readPort(pm1a + 2, 2));
  return registers;
}
