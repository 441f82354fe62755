import { emptyVariableChip, variableBytes } from '../inspect/uefi/variable-store.test-support';
import type { Machine } from '../machine/types';
import type { MatchContext } from '../milestones/matcher';
import { readSpec } from '../spec/read-spec';
import { Recorder } from '../trace/recorder';
import { MilestoneSequence } from './milestone-sequence';

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const FIRST = 0x64;

/** Milestones over a machine of which only what they look at exists. */
function guest(yaml: string, machine: Partial<Machine>): { recorder: Recorder; sequence: MilestoneSequence } {
  const text = `version: 1\nname: t\nguest: { machine: pc }\nmilestones:\n  - ${yaml}\n`;
  const read = readSpec(text, 'test.yaml', () => undefined);
  if (!read.ok) throw new Error(read.diagnostics.map(({ what }) => what).join('; '));
  const recorder = new Recorder('needed');
  recorder.stamp = { instructions: () => 1, nowNs: () => 1, vcpu: () => 0 };
  const context = { machine } as unknown as MatchContext;
  const sequence = new MilestoneSequence(
    read.spec.milestones,
    context,
    recorder,
    () => ({ instructions: 1, atNs: 1, vcpu: 0 }),
    () => undefined,
  );
  sequence.begin();
  return { recorder, sequence };
}

/** Programs a variable as firmware does: all but the state, then the state. */
function variables(yaml: string, ...written: (readonly [name: string, data: readonly number[], state: number])[]) {
  const chip = emptyVariableChip(0x2000);
  const { recorder, sequence } = guest(yaml, { variableStore: () => chip });
  let at = FIRST;
  for (const [name, data, state] of written) {
    const bytes = variableBytes(name, GLOBAL, data);
    for (const [index, byte] of [...bytes.entries(), [2, state] as const]) {
      chip[at + index] = byte;
      recorder.record('flash-write', 'flash-variables', at + index, 1, byte);
    }
    at += Math.ceil(bytes.length / 4) * 4;
  }
  return sequence;
}

test.each([
  'uefi-variable',
  'uefi-variable: BootOrder',
  `uefi-variable: { name: BootOrder, guid: ${GLOBAL.toUpperCase()}, attributes: 7, size: 2, data: "01 3f" }`,
])('%s is met when a variable has its state', (yaml) => {
  expect(variables(yaml, ['BootOrder', [1, 0x3f], 0x3f]).isComplete).toBe(true);
  expect(variables(yaml, ['BootOrder', [1, 0x3f], 0x7f]).isComplete).toBe(false);
});

test('a deleted variable is another one than a written one', () => {
  expect(variables('uefi-variable: { name: A, deleted: on }', ['A', [], 0x3f]).isComplete).toBe(false);
  expect(variables('uefi-variable: { name: A, deleted: on }', ['A', [], 0x3d]).isComplete).toBe(true);
  expect(variables('uefi-variable: A', ['A', [], 0x3d]).isComplete).toBe(false);
});

test('a miss says which variables were written, or in what the one differs', () => {
  const other = variables('uefi-variable: BootOrdre', ['BootOrder', [1, 0], 0x3f], ['Timeout', [0], 0x3f]);
  expect(other.explanation?.closest).toBe('only these variables were written: BootOrder, Timeout');
  const data = variables('uefi-variable: { name: BootOrder, data: "00 00" }', ['BootOrder', [1, 0], 0x3f]);
  expect(data.explanation?.closest).toBe('variable BootOrder at instruction 1: data 01 00, should be 00 00');
  expect(variables('uefi-variable: A').explanation?.closest).toBe('no variable was written');
  expect(guest('uefi-variable: A', {}).sequence.explanation?.closest).toMatch(/no flash chip/);
});
