import { quote } from '../../quantities/integer';
import { bad, good } from '../../quantities/parsed';
import { closest } from '../../diagnostics/did-you-mean';
import { optional, required, type FieldType } from '../fields/field';
import { CODE, VALUE } from '../fields/scalars';
import { milestone } from './schema';
import { VMX_REASONS } from './vmx-reasons';

const NAMES = Object.keys(VMX_REASONS);
const MAX_REASON = 0xffff;

/** A basic exit reason, by name or number; typed as the number. */
const REASON: FieldType<number> = {
  expected: 'a VM-exit reason, by name or number',
  examples: ['cpuid', 'ept-violation', '30'],
  schema: { anyOf: [{ enum: NAMES }, { type: 'integer', minimum: 0, maximum: MAX_REASON }] },
  parse: (text) => {
    const named = Object.entries(VMX_REASONS).find(([name]) => name === text);
    if (named) return good(named[1]);
    if (/^[0-9]{1,5}$/.test(text) && Number(text) <= MAX_REASON) return good(Number(text));
    const near = closest(text, NAMES);
    return bad(`${quote(text)} is no VM-exit reason`, near ? `did you mean ${near}?` : `reasons: ${NAMES.slice(0, 12).join(', ')}, …`);
  },
};

export const VMEXIT = milestone({
  key: 'vmexit',
  met: 'control has left non-root mode for that reason',
  main: 'reason',
  fields: {
    reason: required(REASON, 'basic exit reason (SDM vol. 3, appendix C)'),
    qualification: optional(VALUE, 'exit qualification'),
    at: optional(CODE, 'CS:IP or linear address of the instruction that caused it'),
  },
  examples: ['vmexit: cpuid', 'vmexit: { reason: ept-violation, count: 2 }'],
});
