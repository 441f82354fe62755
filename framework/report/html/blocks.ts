import { hex } from '../../quantities/hex';
import type { MilestoneResult, RunResult } from '../../run/result';
import type { ReportContext } from '../context';
import { failureText } from '../failure/failure-text';
import { compact, duration, grouped } from '../numbers';
import { tableRows } from '../tables';
import { alignColumns } from './columns';

/** A titled piece of plain text of the report. */
export interface Block {
  readonly title: string;
  readonly text: string;
}

const MAX_TEXT = 200_000;

/** Everything the report shows of a run as text, in reading order; blocks with nothing to show are left out. */
export function reportBlocks(result: RunResult, context: ReportContext): Block[] {
  const failed = result.outcome !== 'passed' && result.outcome !== 'skipped';
  const blocks: Block[] = [
    { title: 'Failure', text: failed ? failureText(result, context) : '' },
    { title: 'Summary', text: summaryText(result) },
    { title: 'Boot timeline and cost per milestone', text: milestoneText(result) },
    { title: 'Facts at the milestones', text: detailText(result.milestones) },
    { title: 'Expectations', text: expectationText(result) },
    { title: 'Screen', text: screenText(result) },
    ...result.consoles.map(({ name, text }) => ({ title: CONSOLE_TITLES[name] ?? name, text: readable(text) })),
    { title: 'Tables found', text: alignTables(result) },
    { title: 'Memory map given to the operating system', text: e820Text(result) },
    { title: 'Physical memory', text: result.memory.map(({ first, last, kind }) => range(first, last, kind)).join('\n') },
    { title: 'Events by kind', text: countText(result) },
    {
      title: 'Inputs',
      text: alignColumns(result.inputs.map(({ role, name, bytes, sha256 }) => [role, name, `${grouped(bytes)} bytes`, sha256])),
    },
  ];
  return blocks.filter(({ text }) => text.trim() !== '').map(({ title, text }) => ({ title, text: text.slice(0, MAX_TEXT) }));
}

function screenText({ screen, picture }: RunResult): string {
  if (picture) return `${picture.width} x ${picture.height} dots, in screen.png`;
  return (screen ?? []).join('\n').trimEnd();
}

const CONSOLE_TITLES: Readonly<Record<string, string>> = { serial: 'Serial', printer: 'Printer', 'debug-console': 'Debug console' };

function readable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/(?![\n\t])\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function summaryText(result: RunResult): string {
  const rows = [
    ['outcome', result.outcome],
    ['spec', result.file],
    ['instructions', grouped(result.instructions)],
    ['virtual time', duration(result.atNs)],
    ['host time', duration(result.wallMs * 1e6)],
    ['trace', `${grouped(result.trace.events)} events, hash ${result.trace.hash}`],
  ];
  if (result.description !== undefined) rows.push(['description', result.description.trim().replace(/\s+/g, ' ')]);
  if (result.skipReason !== undefined) rows.push(['skipped', result.skipReason]);
  return alignColumns(rows);
}

const BAR_CELLS = 32;

function milestoneText(result: RunResult): string {
  const longest = Math.max(1, ...result.milestones.map((milestone) => milestone.spentNs));
  const rows = result.milestones.map((milestone) => [
    milestone.status === 'met' ? '✓' : milestone.status === 'not-reached' ? '·' : '✗',
    milestone.name,
    milestone.instructions === undefined ? '' : grouped(milestone.instructions),
    milestone.atNs === undefined ? '' : duration(milestone.atNs),
    milestone.status === 'not-reached' ? '' : `+${compact(milestone.spentInstructions)}`,
    milestone.status === 'not-reached' ? '' : `+${duration(milestone.spentNs)}`,
    '█'.repeat(milestone.status === 'not-reached' ? 0 : Math.ceil(Math.sqrt(milestone.spentNs / longest) * BAR_CELLS)),
  ]);
  return rows.length === 0 ? '' : alignColumns(rows, ['', 'milestone', 'instructions', 'virtual time', 'cost', 'time']);
}

function detailText(milestones: readonly MilestoneResult[]): string {
  return milestones
    .filter(({ details }) => details.length > 0)
    .map(({ name, details }) => `${name}: ${details.map(([label, text]) => `${label} ${text}`).join(', ')}`)
    .join('\n');
}

function expectationText(result: RunResult): string {
  return result.expectations
    .flatMap(({ name, status, differences }) => [
      `${status === 'met' ? '✓' : status === 'failed' ? '✗' : '·'} ${name}`,
      ...differences.map(({ what, expected, actual }) => `    ${what}: expected ${expected}, found ${actual}`),
    ])
    .join('\n');
}

function alignTables(result: RunResult): string {
  const rows = tableRows(result);
  return rows.length === 0 ? '' : alignColumns(rows, ['table', 'address', 'bytes', 'checksum', '']);
}

function e820Text({ e820 }: RunResult): string {
  if (!e820) return '';
  const place = e820.gpa === undefined ? '' : `, at ${hex(e820.gpa)}`;
  return [`${e820.source}${place}`, ...e820.entries.map(({ first, last, type }) => range(first, last, type))].join('\n');
}

function range(first: number, last: number, kind: string): string {
  return `${hex(first, 9)}..${hex(last, 9)}  ${kind}`;
}

function countText(result: RunResult): string {
  const counts = Object.entries(result.trace.counts).sort((a, b) => b[1] - a[1]);
  return alignColumns(counts.map(([kind, count]) => [kind, grouped(count)]));
}
