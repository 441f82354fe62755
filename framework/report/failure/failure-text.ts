import { formatCost } from '../../quantities/cost';
import type { MilestoneResult, RunResult } from '../../run/result';
import { debugCommand, reproCommand, shownPath } from '../commands';
import type { ReportContext } from '../context';
import { duration, grouped } from '../numbers';
import { causeOf, lastMet, missedMilestone } from './cause';
import { consoleLines, visible } from './consoles';
import { cpuLines } from './cpu';
import { locationLines } from './location';

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
    errorLines(result),
    locationLines(result, context),
    differenceLines(result),
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
  const cause = causeOf(result);
  const total = result.milestones.length;
  const lines = [`last met:   ${last ? `${last.name} (${last.index + 1} of ${total}) ${moment(last)}` : `none of ${total}`}`];
  if (cause) lines.push(`expected:   ${cause.expected}`);
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
  return result.lastEvents.map(({ event, text }, index) => {
    const title = index === 0 ? 'events:     ' : ' '.repeat(12);
    return `${title}${grouped(event.instructions).padStart(13)}  ${visible(text)}`;
  });
}

function errorLines(result: RunResult): string[] {
  const { error } = result;
  if (!error) return [];
  return [`error[${error.code}]: ${error.message}`, ...(error.fixme === undefined ? [] : [`  = fixme: ${error.fixme}`])];
}

/** Every difference beyond the first, which the diagnostic shows. */
function differenceLines(result: RunResult): string[] {
  const all = result.expectations.flatMap((expectation) => expectation.differences.map((difference) => ({ expectation, difference })));
  return all.slice(1).map(({ expectation, difference: { what, expected, actual } }) => {
    return visible(`also: ${expectation.name}: ${what}: expected ${expected}, found ${actual}`);
  });
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
