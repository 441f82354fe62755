import { modeMatches } from '../milestones/conditions';
import { registerConditions } from '../milestones/guest-registers';
import type { RegistersExpectation } from '../spec/types';
import type { Check, Difference } from './expectation';

/** State of vCPU 0, whichever ran last. */
export const checkRegisters: Check<RegistersExpectation> = (spec, { machine: { core } }) => {
  const selected = core.current;
  core.select(0);
  const differences: Difference[] = [];
  const { mode, paging } = spec;
  if (mode !== undefined && !modeMatches(mode.value, core.mode)) {
    differences.push({ what: 'mode', expected: mode.value, actual: core.mode, span: mode.span });
  }
  if (paging !== undefined && paging.value !== core.paging) {
    differences.push({ what: 'paging', expected: paging.value ? 'on' : 'off', actual: core.paging ? 'on' : 'off', span: paging.span });
  }
  registerConditions(core, spec.registers).forEach(({ isMet, label, expected, actual }, index) => {
    if (!isMet) differences.push({ what: label, expected: expected(), actual: actual(), span: spec.registers[index]?.span ?? spec.span });
  });
  core.select(selected);
  return { differences, details: [['vcpu', '0']] };
};
