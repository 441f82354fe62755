import type { MilestoneResult, RunResult } from '../../run/result';
import { compact, duration } from '../numbers';
import { escapeXml } from '../xml';

const WIDTH = 960;
const ROW = 22;
const LABEL = 300;
const VALUE = 190;
const BAR = WIDTH - LABEL - VALUE;
const HEAD = 30;

const COLOURS = { met: '#2da44e', missed: '#cf222e', timeout: '#cf222e', 'not-reached': '#8c959f' } as const;

/**
 * The boot as a picture: a row for each milestone, its bar from the milestone before to itself. The axis is virtual time on a
 * square-root scale, so that a wait of seconds leaves the microseconds before it visible.
 */
export function timelineSvg(result: RunResult): string {
  const end = Math.max(result.atNs, 1);
  const x = (ns: number) => LABEL + Math.sqrt(Math.min(ns, end) / end) * BAR;
  const height = HEAD + result.milestones.length * ROW + 8;
  const rows = result.milestones.map((milestone, index) => rowSvg(milestone, HEAD + index * ROW, x, result));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...ticks(end).map((ns) => tick(x(ns), duration(ns), height)),
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

function ticks(end: number): number[] {
  return [0, 0.0625, 0.25, 0.5625, 1].map((share) => share * end);
}

function tick(x: number, label: string, height: number): string {
  const at = x.toFixed(1);
  return `<line x1="${at}" y1="${HEAD - 8}" x2="${at}" y2="${height}" stroke="#d0d7de"/><text x="${at}" y="14" fill="#57606a" text-anchor="middle">${label}</text>`;
}

function rowSvg(milestone: MilestoneResult, top: number, x: (ns: number) => number, result: RunResult): string {
  const reached = milestone.status !== 'not-reached';
  const to = milestone.atNs ?? result.atNs;
  const from = Math.max(0, to - milestone.spentNs);
  const [left, right] = [x(from), x(to)];
  const bar = `<rect x="${left.toFixed(1)}" y="${top + 4}" width="${Math.max(2, right - left).toFixed(1)}" height="${ROW - 9}" rx="2" fill="${COLOURS[milestone.status]}"/>`;
  const cost = reached ? `+${duration(milestone.spentNs)}, ${compact(milestone.spentInstructions)} instr` : 'not reached';
  return [
    `<text x="${LABEL - 10}" y="${top + 15}" text-anchor="end">${escapeXml(shortened(milestone.name))}</text>`,
    reached ? bar : '',
    `<text x="${WIDTH - VALUE + 12}" y="${top + 15}" fill="${milestone.status === 'met' ? '#57606a' : COLOURS[milestone.status]}">${escapeXml(cost)}</text>`,
  ].join('');
}

function shortened(name: string): string {
  return name.length > 44 ? `${name.slice(0, 43)}…` : name;
}
