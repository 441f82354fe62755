import { findVariableStore, type UefiVariable, VARIABLE_ADDED, VARIABLE_DELETED, variablesWithState } from '../inspect/uefi/variable-store';
import type { MilestoneOf } from '../spec/types';
import type { EventOf } from '../trace/events';
import { equals, within } from './conditions';
import type { Details, Explanation, MatchContext, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';
import { Tally } from './tally';

const SHOWN_BYTES = 32;

/** A variable counts when its header's state says that it is whole: name and data are there by then. */
class UefiVariableTracker implements Tracker<EventOf<'flash-write'>> {
  readonly #near = new NearMiss();
  readonly #written = new Tally();
  readonly #state: number;

  constructor(
    private readonly spec: MilestoneOf<'uefi-variable'>,
    private readonly context: MatchContext,
  ) {
    this.#state = spec.params.deleted === true ? VARIABLE_DELETED : VARIABLE_ADDED;
  }

  feed(event: EventOf<'flash-write'>): Details | undefined {
    if (!mayHold(event, this.#state)) return undefined;
    const chip = this.context.machine.variableStore?.();
    const store = chip && findVariableStore(chip);
    if (!chip || !store) return undefined;
    for (const variable of variablesWithState(chip, store, event.offset, event.size)) {
      const details = variable.state === this.#state ? this.#judge(event, variable) : undefined;
      if (details) return details;
    }
    return undefined;
  }

  #judge(event: EventOf<'flash-write'>, variable: UefiVariable): Details | undefined {
    const { name, guid, size, data, attributes } = this.spec.params;
    this.#written.add(variable.name);
    const shown = hexBytes(variable.data);
    const conditions = [
      ...equals('name', name, variable.name),
      ...equals('guid', guid, variable.guid),
      ...within('attributes', attributes, BigInt(variable.attributes)),
      ...within('size', size, variable.data.length),
      ...equals('data', data && hexBytes(Uint8Array.from(data)), shown),
    ];
    if (!this.#near.judge(event, conditions, () => `variable ${variable.name}`)) return undefined;
    return [
      ['name', variable.name],
      ['guid', variable.guid],
      ['attributes', `0x${variable.attributes.toString(16)}`],
      ['size', String(variable.data.length)],
      ['data', variable.data.length > SHOWN_BYTES ? `${shown.slice(0, 3 * SHOWN_BYTES - 1)} …` : shown],
    ];
  }

  explainMiss(): Explanation {
    const { name, deleted } = this.spec.params;
    if (this.context.machine.variableStore?.() === undefined)
      return { closest: 'the machine has no flash chip for variables', fixme: 'give firmware: { code: …, vars: … }' };
    const verb = deleted === true ? 'deleted' : 'written';
    const others = this.#written.closest(`only these variables were ${verb}`, name ?? '');
    if (name !== undefined && others.closest !== undefined && !this.#written.has(name)) return others;
    return this.#near.explanation({
      closest: `no variable was ${verb}`,
      fixme: 'variables that are not non-volatile never reach the flash',
    });
  }
}

function mayHold({ size, value }: EventOf<'flash-write'>, byte: number): boolean {
  for (let index = 0; index < size; index++) if (((value >>> (8 * index)) & 0xff) === byte) return true;
  return false;
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

export const UEFI_VARIABLE_MATCHER = matcher({
  key: 'uefi-variable',
  kinds: ['flash-write'],
  start: (spec, context) => new UefiVariableTracker(spec, context),
});
