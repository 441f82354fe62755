import type { FinishedRun } from '../../run/result';
import { TRACK_KINDS, tracks, type Slice } from './tracks';

/** Slices kept of one track: a viewer shows no more in a useful way, and a guest may flood a port. */
const SLICES_MAX = 20_000;
const PIECE = 2048;

/**
 * The run as a Chrome trace in JSON, which ui.perfetto.dev opens: a track each for milestones, CPU mode, POST codes, BIOS calls,
 * disk, serial, debug console, PCI and the machine's ends, over virtual time.
 */
export function* perfettoTrace(run: FinishedRun): Iterable<string> {
  const all = tracks();
  const { result } = run;
  yield '{"displayTimeUnit":"ms","traceEvents":[\n';
  yield row({ ph: 'M', name: 'process_name', pid: 1, args: { name: result.name } });
  let rows: string[] = [];
  for (const [index, name] of ['Milestones', ...all.map((track) => track.name)].entries()) {
    rows.push(`,\n${row({ ph: 'M', name: 'thread_name', pid: 1, tid: index + 1, args: { name } })}`);
    rows.push(`,\n${row({ ph: 'M', name: 'thread_sort_index', pid: 1, tid: index + 1, args: { sort_index: index } })}`);
  }
  rows.push(...milestones(run).map((slice) => sliceRow(slice, 1)));
  const kept = all.map(() => 0);
  const put = (slice: Slice | undefined, index: number): void => {
    if (slice === undefined || kept[index]! >= SLICES_MAX) return;
    kept[index]!++;
    rows.push(sliceRow(slice, index + 2));
  };
  for (const event of run.events(...TRACK_KINDS)) {
    all.forEach((track, index) => put(track.feed(event), index));
    if (rows.length < PIECE) continue;
    yield rows.join('');
    rows = [];
  }
  all.forEach((track, index) => put(track.end?.(result.atNs), index));
  yield `${rows.join('')}\n]}\n`;
}

/** From the milestone before to itself. */
function milestones({ result }: FinishedRun): Slice[] {
  const met = result.milestones.filter(({ status }) => status !== 'not-reached');
  return met.map(({ name, status, atNs = result.atNs, spentNs, spentInstructions }) => ({
    name: status === 'met' ? name : `${name} (${status})`,
    atNs: Math.max(0, atNs - spentNs),
    ns: Math.min(spentNs, atNs),
    args: { status, instructions: spentInstructions },
  }));
}

/** Times are in microseconds. */
function sliceRow({ name, atNs, ns, args }: Slice, tid: number): string {
  const moment = ns === 0;
  return `,\n${row({
    ph: moment ? 'i' : 'X',
    name,
    pid: 1,
    tid,
    ts: atNs / 1000,
    ...(moment ? { s: 't' } : { dur: ns / 1000 }),
    ...(args && { args }),
  })}`;
}

function row(values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(values);
}
