import { AMD_MSRS } from './amd-msrs';
import { INTEL_MSRS } from './intel-msrs';
import { MsrFile } from './msr-file';

const MCG_CAP = 0x179;
const MC0_CTL = 0x400;
const MC1_STATUS = 0x405;
const MC2_CTL = 0x408;

function msrs(machineCheckBanks?: number): MsrFile {
  const banks = machineCheckBanks === undefined ? {} : { machineCheckBanks };
  return new MsrFile({ vendor: INTEL_MSRS, vcpus: 1, physicalAddressBits: 40, tscKhz: 2_600_000, apic: undefined, ...banks });
}

test('machine-check banks are as many as MCG_CAP says, enable every error and have logged none', () => {
  const file = msrs(2);
  expect([MCG_CAP, MC0_CTL, MC1_STATUS, MC2_CTL].map((msr) => file.read(0, msr))).toEqual([2n, 0xffff_ffff_ffff_ffffn, 0n, undefined]);
  expect(file.write(0, MC0_CTL, 0n)).toBe(true);
  expect(file.write(0, MC1_STATUS, 0n)).toBe(true);
  expect(file.write(0, MC1_STATUS, 1n)).toBe(false);
  expect(file.write(0, MC2_CTL, 0n)).toBe(false);
});

test('without banks there are no registers of any', () => {
  expect([MCG_CAP, MC0_CTL].map((msr) => msrs().read(0, msr))).toEqual([0n, undefined]);
});

test('a kernel that looks at machine checks as a Pentium has them reads that there was none', () => {
  const [P5_MC_ADDR, P5_MC_TYPE] = [0x00, 0x01];
  expect([P5_MC_ADDR, P5_MC_TYPE].map((msr) => msrs().read(0, msr))).toEqual([0n, 0n]);
  expect(msrs().write(0, P5_MC_TYPE, 0n)).toBe(true);
});

test('IA32_MISC_ENABLE switches MONITOR where the CPU has it, and has its bit on at reset', () => {
  const MISC_ENABLE = 0x1a0;
  const switched: boolean[] = [];
  const file = new MsrFile({
    vendor: INTEL_MSRS,
    vcpus: 1,
    physicalAddressBits: 40,
    tscKhz: 2_600_000,
    apic: undefined,
    monitor: (_vcpu, enabled) => switched.push(enabled),
  });
  expect([file.read(0, MISC_ENABLE), file.monitorEnabled(0)]).toEqual([0x4_1801n, true]);
  expect(file.write(0, MISC_ENABLE, 0x1801n)).toBe(true);
  expect([switched, file.monitorEnabled(0), msrs().monitorEnabled(0)]).toEqual([[false], false, false]);
  file.reset();
  expect(file.monitorEnabled(0)).toBe(true);
});

test('an AMD processor has its own registers, not those of Intel, and switches MONITOR by HWCR', () => {
  const [MISC_ENABLE, HWCR, PATCH_LOADER] = [0x1a0, 0xc001_0015, 0xc001_0020];
  const switched: boolean[] = [];
  const monitor = (_vcpu: number, enabled: boolean): number => switched.push(enabled);
  const file = new MsrFile({ vendor: AMD_MSRS, vcpus: 1, physicalAddressBits: 40, tscKhz: 2_600_000, apic: undefined, monitor });
  expect([file.read(0, MISC_ENABLE), file.write(0, MISC_ENABLE, 0n), file.read(0, PATCH_LOADER)]).toEqual([undefined, false, undefined]);
  expect([file.monitorEnabled(0), file.write(0, HWCR, 0x200n), file.monitorEnabled(0)]).toEqual([true, true, false]);
  expect([switched, file.write(0, PATCH_LOADER, 1n), msrs().read(0, HWCR)]).toEqual([[false], true, undefined]);
});
