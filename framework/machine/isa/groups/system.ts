/** Control and debug registers, descriptor tables, MSRs, time stamp, system calls, HLT, cache control, CPUID (SDM 2). */
import type { Emit } from '../emit/access';
import { c32, widenU, wrap } from '../emit/expression';
import type { Row } from '../row';
import { row } from '../row';

const bytes = (m: { size: number }): ReturnType<typeof c32> => c32(m.size / 8);

const emitMovFromCr: Emit = (m) => {
  const value = m.value('movFromCr', m.read(1));
  m.write(0, m.size === 64 ? value : wrap(value));
};
const emitMovToCr: Emit = (m) => m.call('movToCr', m.read(0), widenU(m.read(1)));
const emitMovFromDr: Emit = (m) => {
  const value = m.value('movFromDr', m.read(1));
  m.write(0, m.size === 64 ? value : wrap(value));
};
const emitMovToDr: Emit = (m) => m.call('movToDr', m.read(0), widenU(m.read(1)));

function emitTable(name: 'sgdt' | 'sidt' | 'lgdt' | 'lidt'): Emit {
  return (m) => m.call(name, m.segment(), m.address(), bytes(m));
}

const emitSmsw: Emit = (m) => {
  const value = m.value('smsw');
  if (m.isMemory(0)) m.store(m.segment(), m.address(), 16, wrap(value));
  else m.write(0, m.size === 64 ? value : wrap(value));
};

/** Privilege is checked before the operand is read. */
const emitLmsw: Emit = (m) => {
  m.call('requirePrivilege');
  m.call('lmsw', m.read(0));
};

const terminal = { end: 'terminal' as const };
/** MOV CRn takes 0, 2, 3, 4 and 8; the others do not exist. REX.R reaches 8 by /0. */
const CONTROL_REGISTERS = ['/0', '/2 rexr0', '/3 rexr0', '/4 rexr0'];

const controlRows = CONTROL_REGISTERS.flatMap((reg) => [
  row(`0f 20 ${reg}`, 'MOV Rv Cn', 'native', emitMovFromCr),
  row(`0f 22 ${reg}`, 'MOV Cn Rv', 'native', emitMovToCr, terminal),
]);

export const SYSTEM: readonly Row[] = [
  ...controlRows,
  row('0f 21 rexr0', 'MOV Rv Dn', 'native', emitMovFromDr),
  row('0f 23 rexr0', 'MOV Dn Rv', 'native', emitMovToDr, terminal),
  row('0f 01 /0 mem', 'SGDT M', 'table', emitTable('sgdt')),
  row('0f 01 /1 mem', 'SIDT M', 'table', emitTable('sidt')),
  row('0f 01 /2 mem', 'LGDT M', 'table', emitTable('lgdt'), terminal),
  row('0f 01 /3 mem', 'LIDT M', 'table', emitTable('lidt'), terminal),
  row('0f 01 /4', 'SMSW Ev', 'v', emitSmsw),
  row('0f 01 /6', 'LMSW Ew', 'w', emitLmsw, terminal),
  row('0f 01 /7 mem', 'INVLPG M', 'b', (m) => m.call('invlpg', m.segment(), m.address()), terminal),
  row('0f 01 /7 reg rm0', 'SWAPGS', 'b', (m) => m.call('swapgs'), { ...terminal, modes: 'long' }),
  row('0f 01 /7 reg rm1', 'RDTSCP', 'b', (m) => m.call('rdtscp'), { feature: 'rdtscp' }),
  row('np 0f 01 /0 reg rm1', 'VMCALL', 'b', (m) => m.call('vmcall'), { ...terminal, feature: 'vmx' }),
  row('np 0f 01 /1 reg rm0', 'MONITOR', 'b', (m) => m.call('monitor'), { ...terminal, feature: 'monitor' }),
  row('np 0f 01 /1 reg rm1', 'MWAIT', 'b', (m) => m.call('mwait'), { ...terminal, feature: 'monitor' }),
  row('np 0f 01 /1 reg rm2', 'CLAC', 'b', (m) => m.call('clac'), { ...terminal, feature: 'smap' }),
  row('np 0f 01 /1 reg rm3', 'STAC', 'b', (m) => m.call('stac'), { ...terminal, feature: 'smap' }),
  row('np 0f 01 /2 reg rm0', 'XGETBV', 'b', (m) => m.call('xgetbv'), { ...terminal, feature: 'xsave' }),
  row('np 0f 01 /2 reg rm1', 'XSETBV', 'b', (m) => m.call('xsetbv'), { ...terminal, feature: 'xsave' }),
  row('0f 05', 'SYSCALL', 'b', (m) => m.call('syscall'), { ...terminal, modes: 'long' }),
  row('0f 07', 'SYSRET', 'v', (m) => m.call('sysret', bytes(m)), { ...terminal, modes: 'long' }),
  row('0f 05', 'SYSCALL', 'b', (m) => m.call('syscallLegacy'), { ...terminal, modes: 'legacy', feature: 'amd' }),
  row('0f 07', 'SYSRET', 'b', (m) => m.call('sysretLegacy'), { ...terminal, modes: 'legacy', feature: 'amd' }),
  row('0f 34', 'SYSENTER', 'b', (m) => m.call('sysenter'), { ...terminal, feature: 'sep' }),
  row('0f 35', 'SYSEXIT', 'v', (m) => m.call('sysexit', bytes(m)), { ...terminal, feature: 'sep' }),
  row('0f 06', 'CLTS', 'b', (m) => m.call('clts'), terminal),
  row('0f 08', 'INVD', 'b', (m) => m.call('invd', c32(0)), terminal),
  row('0f 09', 'WBINVD', 'b', (m) => m.call('invd', c32(1)), terminal),
  row('0f 30', 'WRMSR', 'b', (m) => m.call('wrmsr'), { ...terminal, feature: 'msr' }),
  row('0f 32', 'RDMSR', 'b', (m) => m.call('rdmsr'), { ...terminal, feature: 'msr' }),
  row('0f 31', 'RDTSC', 'b', (m) => m.call('rdtsc'), { feature: 'tsc' }),
  row('0f 33', 'RDPMC', 'b', (m) => m.call('rdpmc'), terminal),
  row('0f a2', 'CPUID', 'b', (m) => m.call('cpuid'), terminal),
  row('0f aa', 'RSM', 'b', (m) => m.call('rsm'), terminal),
  row('f4', 'HLT', 'b', (m) => m.call('hlt'), terminal),
];
