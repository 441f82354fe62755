import type { ExpectationSpec } from '../spec/types';
import { checkAcpi } from './acpi';
import { checkE820 } from './e820';
import type { Checked, EndState } from './expectation';
import { checkMemory } from './memory';
import { checkRegisters } from './registers';
import { checkSmbios } from './smbios';

function check(spec: ExpectationSpec, state: EndState): Checked {
  switch (spec.kind) {
    case 'e820':
      return checkE820(spec, state);
    case 'acpi':
      return checkAcpi(spec, state);
    case 'smbios':
      return checkSmbios(spec, state);
    case 'memory':
      return checkMemory(spec, state);
    case 'registers':
      return checkRegisters(spec, state);
  }
}

/** Checks that only look, before those that may ask the firmware for its memory map and so run guest code. */
const ORDER: readonly ExpectationSpec['kind'][] = ['registers', 'memory', 'smbios', 'acpi', 'e820'];

/** Checks every expectation; results in the order of the specs. */
export function checkAll(specs: readonly ExpectationSpec[], state: EndState): Checked[] {
  const results = new Map<ExpectationSpec, Checked>();
  for (const kind of ORDER) for (const spec of specs) if (spec.kind === kind) results.set(spec, check(spec, state));
  return specs.map((spec) => results.get(spec) ?? { differences: [], details: [] });
}
