import { quote } from '../../quantities/integer';
import { bad, good } from '../../quantities/parsed';
import { closest } from '../../diagnostics/did-you-mean';
import { optional, type FieldType } from '../fields/field';
import { BYTE, CODE, line, SWITCH } from '../fields/scalars';
import { milestone } from './schema';

/** Reasons of a Xen SCHEDOP_shutdown (public/sched.h). */
const SHUTDOWN_REASONS = { poweroff: 0, reboot: 1, suspend: 2, crash: 3, watchdog: 4, 'soft-reset': 5 } as const;

const REASON: FieldType<number> = {
  expected: `a shutdown reason: ${Object.keys(SHUTDOWN_REASONS).join(', ')}, or a number`,
  examples: ['poweroff', 'crash'],
  schema: { anyOf: [{ enum: Object.keys(SHUTDOWN_REASONS) }, { type: 'integer', minimum: 0, maximum: 255 }] },
  parse: (text) => {
    const named = Object.entries(SHUTDOWN_REASONS).find(([name]) => name === text);
    if (named) return good(named[1]);
    if (/^[0-9]{1,3}$/.test(text) && Number(text) <= 255) return good(Number(text));
    const near = closest(text, Object.keys(SHUTDOWN_REASONS));
    return bad(`${quote(text)} is no shutdown reason`, near && `did you mean ${near}?`);
  },
};

const SOURCE = line('a source as the trace names it', ['8042', 'cf9', 'port92'], 30);

export const HALTED = milestone({
  key: 'halted',
  met: 'every CPU is halted and nothing can wake one',
  main: 'at',
  fields: {
    at: optional(CODE, 'CS:IP or linear address of the next instruction'),
    interrupts: optional(SWITCH, 'whether interrupts were enabled (IF)'),
  },
  examples: ['halted', 'halted: { interrupts: off }'],
});

export const RESET = milestone({
  key: 'reset',
  met: 'the guest has reset the machine',
  main: 'source',
  fields: { source: optional(SOURCE, 'by what') },
  examples: ['reset', 'reset: cf9'],
});

export const SHUTDOWN = milestone({
  key: 'shutdown',
  met: 'the guest has switched the machine off',
  main: 'reason',
  fields: {
    reason: optional(REASON, 'the reason given'),
    source: optional(line('a source as the trace names it', ['acpi-s5', 'sched-op'], 30), 'by what'),
  },
  examples: ['shutdown', 'shutdown: { reason: crash }'],
});

export const TRIPLE_FAULT = milestone({
  key: 'triple-fault',
  met: 'a fault could not be delivered, nor the double fault after it',
  main: 'at',
  fields: {
    at: optional(CODE, 'CS:IP or linear address of the instruction'),
    vector: optional(BYTE, 'vector of the first fault of the chain'),
  },
  examples: ['triple-fault', 'triple-fault: { vector: 13 }'],
});
