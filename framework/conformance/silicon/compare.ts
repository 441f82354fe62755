/** What differs between the host and our core after one case. */
import { GPR_NAMES } from '../../machine/core-host/types';
import { blankMemory, hasOwnOrder, isLeftOut, keepsFlags, undefinedFlags, undefinedStatus, type Outcome } from './allowances';
import { isNearEnough } from './approximations';
import { FX } from './record';

const PAGE_FAULT = 14;
const USER_SPACE_END = 0x7fff_ffff_f000n;
/** All but IF, which user code does not change, and TF, which no case sets. */
const FLAGS = 0x5_4cd5;
const STATUS_FLAGS = 0x8d5;

const hex = (value: bigint | number): string => value.toString(16);

/** Vector, error code and CR2. Linux sets the "present" bit for addresses of the kernel's half. */
function exceptions(outcome: Outcome): string[] {
  const { host, ours } = outcome;
  if (host.vector !== ours.vector)
    return [`vector ${ours.vector} (error ${hex(ours.error)}), silicon ${host.vector} (error ${hex(host.error)})`];
  const isFault = host.vector === PAGE_FAULT;
  const ignored = isFault && host.cr2 >= USER_SPACE_END ? 1 : 0;
  const differences: string[] = [];
  if ((host.error | ignored) !== (ours.error | ignored)) differences.push(`error code ${hex(ours.error)}, silicon ${hex(host.error)}`);
  if (isFault && host.cr2 !== ours.cr2 && !hasOwnOrder(outcome)) differences.push(`CR2 ${hex(ours.cr2)}, silicon ${hex(host.cr2)}`);
  return differences;
}

function integers(outcome: Outcome): string[] {
  const { host, ours } = outcome;
  const differences: string[] = [];
  // The upper halves are not kept when 64-bit code goes to 32-bit code (SDM vol. 1, 3.4.1.1).
  const registers = host.bits === 64 ? 16 : 8;
  for (let register = 0; register < registers; register++) {
    const [theirs, mine] = [host, ours].map((each) => BigInt.asUintN(host.bits, each.gpr(register))) as [bigint, bigint];
    if (theirs !== mine) differences.push(`${GPR_NAMES[register]} ${hex(mine)}, silicon ${hex(theirs)}`);
  }
  const mask = FLAGS & ~undefinedFlags(outcome) & (keepsFlags(outcome) ? ~STATUS_FLAGS : -1);
  if ((host.flags & mask) !== (ours.flags & mask)) differences.push(`flags ${hex(ours.flags & mask)}, silicon ${hex(host.flags & mask)}`);
  if (host.ip !== ours.ip) differences.push(`rip ${hex(ours.ip)}, silicon ${hex(host.ip)}`);
  if (host.bits !== ours.bits) differences.push(`${ours.bits}-bit code, silicon ${host.bits}-bit`);
  return differences;
}

function bytesDiffer(host: Uint8Array, ours: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (host[at] !== ours[at]) return true;
  return false;
}

const text = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.slice(from, to)).reverse().toString('hex');

function floats(outcome: Outcome): string[] {
  const { host, ours } = outcome;
  const differences: string[] = [];
  const field = (name: string, from: number, to: number): void => {
    if (!bytesDiffer(host.fx, ours.fx, from, to) || isNearEnough(outcome, from)) return;
    differences.push(`${name} ${text(ours.fx, from, to)}, silicon ${text(host.fx, from, to)}`);
  };
  field('fcw', FX.control, FX.control + 2);
  const status = (host.fxView.getUint16(FX.status, true) ^ ours.fxView.getUint16(FX.status, true)) & ~undefinedStatus(outcome);
  if (status !== 0) field('fsw', FX.status, FX.status + 2);
  field('ftw', FX.tags, FX.tags + 1);
  field('mxcsr', FX.mxcsr, FX.mxcsr + 4);
  for (let index = 0; index < 8; index++) field(`st${index}`, FX.st + index * 16, FX.st + index * 16 + 10);
  for (let index = 0; index < (host.bits === 64 ? 16 : 8); index++) field(`xmm${index}`, FX.xmm + index * 16, FX.xmm + index * 16 + 16);
  return differences;
}

function windows(outcome: Outcome): string[] {
  const { before, host, ours } = outcome;
  const size = before.windowBytes;
  if (!bytesDiffer(host.memory, ours.memory, 0, size)) return [];
  const theirs = host.memory.slice(0, size);
  const mine = ours.memory.slice(0, size);
  blankMemory(outcome, theirs);
  blankMemory(outcome, mine);
  for (let at = 0; at < size; at++) {
    if (theirs[at] === mine[at]) continue;
    let end = size;
    while (theirs[end - 1] === mine[end - 1]) end--;
    return [`[${hex(before.window + at)}] ${text(mine, at, end)}, silicon ${text(theirs, at, end)}`];
  }
  return [];
}

export function compare(outcome: Outcome): string[] {
  if (isLeftOut(outcome)) return [];
  return [...exceptions(outcome), ...integers(outcome), ...floats(outcome), ...windows(outcome)];
}
