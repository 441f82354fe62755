/** The gates between blocks that generated code calls. */
import { BLOCK_CHARGED, BLOCK_COUNT, HEADER_BYTES, OP_BYTES, OP_INDEX, OP_LENGTH } from '../layout/blocks';
import { ACTIVITY, ACTIVITY_RUNNING, IP, RF_ARMED, SHADOW, STEP_ARMED } from '../layout/cpu-state';
import { BLOCK, CURRENT_OP, EXCHANGE, FLUSH_PENDING, FORCED, REMAINING, STOP_REQUESTED } from '../layout/run-state';
import { executionWatch, undefinedOpcode } from '../host';
import { FLAG_RF, FLAG_TF, VECTOR_UD, currentIp, eflags, nextIp, trueRemaining, unretired } from '../state';
import { events } from '../interrupts/events';
import { codeBreakpoint } from '../interrupts/debug';
import { raise } from '../interrupts/raise';
import { LEAVE_BLOCK, flushBlocks } from './cache';
import { force, patchBreak, unpatch } from './force';
import { blockAtIp, cachedBlock, checkTarget, codeLinear } from './lookup';
import { translate } from '../memory/access';
import { pageForCpu } from '../memory/physical';

/** Between instructions, IP set. Not charged yet; when nothing may run, the block whose entry comes to `boundary`. */
function enter(): u32 {
  store<u32>(CURRENT_OP, 0);
  unpatch();
  return load<i32>(REMAINING) > 0 ? blockAtIp() : LEAVE_BLOCK;
}

/** A near transfer missed the jump cache. */
export function lookup(): i32 {
  return <i32>enter();
}

/** A near branch missed the jump cache: #GP(0) for a bad target is a fault of the branch itself. */
export function branch(target: i64): i32 {
  checkTarget(target);
  store<u64>(IP, <u64>target);
  return <i32>enter();
}

/** After a terminal instruction: IP goes past it unless the instruction has moved IP itself. */
export function next(): i32 {
  if (load<u32>(CURRENT_OP) != 0) store<u64>(IP, nextIp());
  const known = load<i32>(REMAINING) > 0 ? cachedBlock() : 0;
  if (known == 0) return <i32>enter();
  store<u32>(CURRENT_OP, 0);
  unpatch();
  return <i32>known;
}

/** A BREAK record: the instructions before it have retired. */
export function breakpoint(): i32 {
  store<i32>(REMAINING, load<i32>(REMAINING) + unretired());
  store<u64>(IP, currentIp());
  return <i32>enter();
}

/**
 * A record of a stale block. Entered at its first record, the block was not charged (its count was 0 by then); else it went
 * stale while it ran.
 */
export function stale(): i32 {
  const op = load<u32>(CURRENT_OP);
  if (op != load<u32>(BLOCK) + HEADER_BYTES) store<i32>(REMAINING, load<i32>(REMAINING) + unretired());
  store<u64>(IP, currentIp());
  return <i32>enter();
}

/** Lets at most `limit` instructions of the block run: the first record of the one after them becomes a BREAK. */
function limitBlock(block: u32, limit: u32): void {
  let op = block + HEADER_BYTES;
  while (load<u8>(op, OP_INDEX) < limit) op += OP_BYTES;
  patchBreak(block, op);
}

/** Delivers what is due; false: nothing may run now. */
function settle(): bool {
  while (true) {
    store<i32>(REMAINING, trueRemaining());
    store<u32>(FORCED, 0);
    if (load<u32>(STOP_REQUESTED) || load<i32>(REMAINING) <= 0) return false;
    if (load<u32>(FLUSH_PENDING)) flushBlocks();
    if (events()) continue;
    return load<u32>(ACTIVITY) == ACTIVITY_RUNNING;
  }
}

/** Everything that happens between two instructions. Gives a block that is already charged, or 0: leave `run`. */
export function boundary(): i32 {
  unpatch();
  store<u32>(CURRENT_OP, 0);
  if (!settle()) return 0;
  let block = blockAtIp();
  if (load<u32>(FORCED)) {
    // A code fetch from a device made something due.
    if (!settle()) return 0;
    block = blockAtIp();
  }
  const flags = eflags();
  const single = (flags & (FLAG_TF | FLAG_RF)) != 0 || load<u32>(SHADOW) != 0;
  const again = single || load<u32>(FORCED) != 0;
  const count = load<u32>(block, BLOCK_COUNT);
  const left = trueRemaining();
  if (left <= 0) return 0;
  const limit: u32 = again ? 1 : <u32>left;
  if (limit < count) limitBlock(block, limit);
  store<i32>(REMAINING, left - <i32>count);
  store<u32>(FORCED, 0);
  store<u32>(BLOCK, block);
  if (single) {
    store<u32>(STEP_ARMED, flags & FLAG_TF);
    store<u32>(RF_ARMED, flags & FLAG_RF);
    store<u32>(SHADOW, 0);
  }
  if (again) force();
  return <i32>block;
}

/** A WATCH record: the instruction behind it is next. Reports watches, raises execution breakpoints. */
export function watch(): void {
  const linear = codeLinear(currentIp());
  codeBreakpoint(linear);
  store<u64>(EXCHANGE, linear);
  executionWatch();
}

/** An instruction that this CPU does not have. */
export function undefinedInstruction(): void {
  const op = load<u32>(CURRENT_OP);
  const length = <u32>load<u8>(op, OP_LENGTH);
  const linear = codeLinear(currentIp());
  let count: u32 = 0;
  for (; count < length; count++) {
    const gpa = translate(<i64>(linear + count));
    const host = gpa < 0 ? 0 : pageForCpu(floor(gpa / 4096));
    if (host == 0) break;
    store<u8>(EXCHANGE + count, load<u8>(host + ((<u32>(linear + count)) & 0xfff)));
  }
  undefinedOpcode(EXCHANGE, <i32>count);
  raise(VECTOR_UD);
}

/** Instructions of the block under way that have not retired, for the host. */
export function notRetired(): i32 {
  return unretired();
}

/** A host exception ends the instruction under way as if it had not begun. */
export function abandon(): void {
  store<i32>(REMAINING, load<i32>(REMAINING) + unretired());
  store<u64>(IP, currentIp());
  store<u32>(CURRENT_OP, 0);
  unpatch();
}
