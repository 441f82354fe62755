import type { EndState, GuestE820 } from '../expectations/expectation';
import { parseE820 } from '../inspect/e820';
import type { Machine } from '../machine/types';
import type { TrackedTable } from '../milestones/scan/table-scanner';
import { hasInt15, probeE820 } from './e820-probe';

/** The machine at the end of a run, for expectations and the report. The memory map is asked for once, when somebody wants it. */
export function endState(machine: Machine, tables: readonly TrackedTable[]): EndState {
  let e820: { readonly found: GuestE820 | undefined } | undefined;
  return {
    machine,
    tables,
    read: (gpa, length) => machine.readPhysical(gpa, length),
    e820: () => {
      e820 ??= { found: readE820(machine, tables) };
      return e820.found;
    },
  };
}

function readE820(machine: Machine, tables: readonly TrackedTable[]): GuestE820 | undefined {
  const answered = hasInt15(machine) ? probeE820(machine) : undefined;
  if (answered !== undefined) return { gpa: undefined, source: 'INT 15h, AX=E820h', entries: answered };
  const left = tables.filter(({ table, status }) => table === 'e820' && status === 'placed').at(-1);
  if (left === undefined) return undefined;
  return {
    gpa: left.gpa,
    source: 'the list that the loader left for the firmware',
    entries: parseE820(left.bytes, left.bytes.length / 20),
  };
}
