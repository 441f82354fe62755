import { renderDiagnostics } from '../../diagnostics/render';
import { formatCost } from '../../quantities/cost';
import type { MilestoneResult, RunResult } from '../../run/result';
import { debugCommand, reproCommand, shownPath } from '../commands';
import type { ReportContext } from '../context';
import { duration, grouped } from '../numbers';
import { expectedCondition, lastMet, missedMilestone } from './cause';
import { consoleLines, visible } from './consoles';
import { cpuLines } from './cpu';

/**
 * What a failing run prints, always in this order: class and what; milestones and cost; where the CPU is and why; the last
 * events; the consoles' tails; the line of the spec; how to do it again; what was left behind.
 */
export function failureText(result: RunResult, context: ReportContext): string {
  const sections = [
    [headline(result)],
    progressLines(result),
    cpuLines(result),
    eventLines(result),
    result.cpus.length > 0 ? consoleLines(result) : [],
    diagnosticLines(result, context),
    commandLines(result, context),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** `hang: mbr-read hda was not reached: 4-instruction loop …`. */
export function headline(result: RunResult): string {
  return visible(result.summary.startsWith(result.outcome) ? result.summary : `${result.outcome}: ${result.summary}`);
}

function progressLines(result: RunResult): string[] {
  if (result.milestones.length === 0) return [];
  const last = lastMet(result);
  const expected = expectedCondition(result);
  const total = result.milestones.length;
  const lines = [`last met:   ${last ? `${last.name} (${last.index + 1} of ${total}) ${moment(last)}` : `none of ${total}`}`];
  if (expected !== undefined) lines.push(`expected:   ${expected}`);
  lines.push(...spentLines(result));
  return lines;
}

function moment(milestone: MilestoneResult): string {
  return `at ${grouped(milestone.instructions ?? 0)} instructions, ${duration(milestone.atNs ?? 0)}`;
}

function spentLines(result: RunResult): string[] {
  const all = `in all:     ${spentOf(result.instructions, result.atNs, result.budget)}`;
  const missed = missedMilestone(result);
  if (!missed || missed.status === 'not-reached') return [all];
  return [`since then: ${spentOf(missed.spentInstructions, missed.spentNs, missed.allowed ?? {})}`, all];
}

/** `4,053,969 of 5M instructions, 3 ms`. */
function spentOf(instructions: number, ns: number, allowed: { readonly instructions?: number; readonly ns?: number }): string {
  const of = (unit: 'instructions' | 'ns') => {
    const amount = allowed[unit];
    return amount === undefined ? '' : ` (allowed: ${formatCost({ unit, amount })})`;
  };
  return `${grouped(instructions)} instructions${of('instructions')}, ${duration(ns)}${of('ns')}`;
}

function eventLines(result: RunResult): string[] {
  return result.lastEvents.map(({ event, text, times, atLeast }, index) => {
    const title = index === 0 ? 'events:     ' : ' '.repeat(12);
    const repeated = times > 1 ? ` (${atLeast ? 'more than ' : ''}${grouped(times)} times)` : '';
    return `${title}${grouped(event.instructions).padStart(13)}  ${visible(text)}${repeated}`;
  });
}

const MAX_DIAGNOSTICS = 20;

/** Every failed condition at its line of the spec, with what came closest and what to try. */
function diagnosticLines({ diagnostics }: RunResult, { cwd }: ReportContext): string[] {
  const shown = diagnostics.slice(0, MAX_DIAGNOSTICS);
  const more = diagnostics.length - shown.length;
  return [...(shown.length > 0 ? [renderDiagnostics(shown, { relativeTo: cwd })] : []), ...(more > 0 ? [`… and ${more} more`] : [])];
}

function commandLines(result: RunResult, context: ReportContext): string[] {
  const lines = [`repro:      ${reproCommand(result, context)}`];
  if (result.cpus.length > 0) lines.push(`debug:      ${debugCommand(result, context)}`);
  if (context.artefacts) {
    lines.push(`artefacts:  ${shownPath(context.artefacts.directory, context.cwd)}/`);
    lines.push(`            ${context.artefacts.names.join(' ')}`);
  }
  return lines;
}
