/**
 * How the runtime gets control back at the very next instruction boundary: REMAINING is lowered so that the next block
 * entry comes to `boundary`, and the record after the instruction under way becomes a BREAK.
 */
import { BLOCK_CHARGED, BLOCK_COUNT, HANDLER_BREAK, HANDLER_WATCH, OP_BYTES, OP_FLAGS, OP_HANDLER, OP_TERMINAL } from '../layout/blocks';
import {
  ACTIVITY,
  DEBUG_PENDING,
  INIT_PENDING,
  INTR,
  IN_SMM,
  NMI_BLOCKED,
  NMI_PENDING,
  SHADOW,
  SIPI_PENDING,
  SMI_PENDING,
  STEP_ARMED,
} from '../layout/cpu-state';
import {
  BLOCK,
  CURRENT_OP,
  FLUSH_PENDING,
  FORCED,
  FORCE_BIAS,
  PATCHED_BLOCK,
  PATCHED_HANDLER,
  PATCHED_OP,
  REMAINING,
  STOP_REQUESTED,
} from '../layout/run-state';
import { FLAG_IF, FLAG_RF, FLAG_TF, eflags } from '../state';

/** Puts the patched record's handler back, unless its block has gone stale meanwhile. */
export function unpatch(): void {
  const op = load<u32>(PATCHED_OP);
  if (op == 0) return;
  store<u32>(PATCHED_OP, 0);
  if (load<u32>(load<u32>(PATCHED_BLOCK), BLOCK_COUNT) != 0) store<u16>(op, <u16>load<u32>(PATCHED_HANDLER), OP_HANDLER);
}

/** Makes `op`, a record of `block`, give control back before it runs. */
export function patchBreak(block: u32, op: u32): void {
  unpatch();
  store<u32>(PATCHED_OP, op);
  store<u32>(PATCHED_BLOCK, block);
  store<u32>(PATCHED_HANDLER, load<u16>(op, OP_HANDLER));
  store<u16>(op, HANDLER_BREAK, OP_HANDLER);
}

/** Control comes to `boundary` after the instruction under way. */
export function force(): void {
  if (!load<u32>(FORCED)) {
    store<u32>(FORCED, 1);
    store<i32>(REMAINING, load<i32>(REMAINING) - FORCE_BIAS);
  }
  let op = load<u32>(CURRENT_OP);
  if (op != 0 && load<u16>(op, OP_HANDLER) == HANDLER_WATCH) op += OP_BYTES;
  if (op == 0 || load<u8>(op, OP_FLAGS) & OP_TERMINAL) return;
  const block = load<u32>(BLOCK);
  if (load<u32>(block, BLOCK_COUNT) != load<u32>(block, BLOCK_CHARGED)) return;
  const next = op + OP_BYTES;
  if (load<u32>(PATCHED_OP) != next) patchBreak(block, next);
}

/** Whether `boundary` has anything to do before or after the next instruction. */
function eventsPending(): bool {
  const flags = eflags();
  return (
    (flags & (FLAG_TF | FLAG_RF)) != 0 ||
    (load<u32>(INTR) != 0 && (flags & FLAG_IF) != 0) ||
    (load<u32>(NMI_PENDING) != 0 && load<u32>(NMI_BLOCKED) == 0) ||
    ((load<u32>(SMI_PENDING) | load<u32>(INIT_PENDING)) != 0 && load<u32>(IN_SMM) == 0) ||
    (load<u32>(SHADOW) |
      load<u32>(ACTIVITY) |
      load<u32>(STEP_ARMED) |
      load<u32>(DEBUG_PENDING) |
      load<u32>(SIPI_PENDING) |
      load<u32>(FLUSH_PENDING) |
      load<u32>(STOP_REQUESTED)) !=
      0
  );
}

/** To be called after every change of IF, TF, RF or of a pending event. */
export function recheck(): void {
  if (eventsPending()) force();
}
