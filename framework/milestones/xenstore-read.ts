import { toRegExp } from '../quantities/text-match';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { equals } from './conditions';
import type { Details, Explanation, Tracker } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';
import { Tally } from './tally';

/** A domain's own directory is where relative paths begin. */
function relative(path: string): string {
  return path.replace(/^\/local\/domain\/[0-9]+\//, '');
}

class XenstoreReadTracker implements Tracker<EventOf<'xenstore'>> {
  readonly #near = new NearMiss();
  readonly #read = new Tally();

  constructor(private readonly spec: MilestoneOf<'xenstore-read'>) {}

  feed(event: EventOf<'xenstore'>): Details | undefined {
    if (event.op.toLowerCase() !== 'read') return undefined;
    this.#read.add(relative(event.path));
    const { path, value, error } = this.spec.params;
    if (event.path !== path && relative(event.path) !== relative(path)) return undefined;
    const conditions = [...equals('error', error, event.error)];
    if (value !== undefined) {
      conditions.push({
        label: 'value',
        isMet: value.kind === 'substring' ? event.value === value.text : toRegExp(value).test(event.value),
        expected: () => (value.kind === 'substring' ? JSON.stringify(value.text) : `/${value.source}/`),
        actual: () => (event.error === '' ? JSON.stringify(event.value) : event.error),
      });
    }
    if (!this.#near.judge(event, conditions, () => `read of ${event.path}`)) return undefined;
    return [['path', event.path], event.error === '' ? ['value', JSON.stringify(event.value)] : ['error', event.error]];
  }

  explainMiss(): Explanation {
    return this.#near.explanation({
      ...this.#read.closest('the guest read only these keys', relative(this.spec.params.path)),
      fixme: 'paths are absolute, or relative to /local/domain/<id>',
    });
  }
}

export const XENSTORE_READ_MATCHER = matcher({
  key: 'xenstore-read',
  kinds: ['xenstore'],
  start: (spec) => new XenstoreReadTracker(spec),
});
