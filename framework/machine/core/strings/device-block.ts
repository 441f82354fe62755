/** REP MOVS from memory and REP STOS to a device, in one call to the host: a loop of calls costs more than most devices do. */
import { STRING_MOVS, STRING_STOS } from '../layout/blocks';
import { EFLAGS, RAX } from '../layout/cpu-state';
import { mmioWrites } from '../host';
import { deviceForWrite, pageForStringRead } from '../memory/access';
import { FLAG_DF } from '../state';
import { advanceSource, advanceTarget, countDown, repeatCount, size, sourceLinear, sourceRun, targetLinear, targetRun } from './operands';

/** Elements written, at most `most`, fewer when one makes something due; 0: this one goes by itself. */
export function writeDevice(kind: i32, most: u64): u64 {
  const moves = kind == STRING_MOVS;
  if ((!moves && kind != STRING_STOS) || size == 8 || load<u32>(EFLAGS) & FLAG_DF) return 0;
  let count = repeatCount();
  if (most < count) count = most;
  let source: u32 = RAX;
  if (moves) {
    // The source faults first.
    const from = sourceLinear();
    const run = sourceRun(from);
    if (run < count) count = run;
    if (count < 2) return 0;
    source = pageForStringRead(from);
    if (source == 0) return 0;
  }
  const to = targetLinear(true);
  const room = targetRun(to);
  if (room < count) count = room;
  if (count < 2) return 0;
  const gpa = deviceForWrite(to);
  if (gpa < 0) return 0;
  const done = <u64>mmioWrites(gpa, <i32>size, <i32>count, source, moves ? <i32>size : 0);
  if (moves) advanceSource(done);
  advanceTarget(done);
  countDown(done);
  return done;
}
