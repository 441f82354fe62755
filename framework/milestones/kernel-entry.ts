import { readBootParameters } from '../inspect/boot-parameters/read';
import type { BootParameters } from '../inspect/boot-parameters/parameters';
import { hex } from '../quantities/hex';
import { formatTextMatch, toRegExp } from '../quantities/text-match';
import type { TextMatch } from '../quantities/text-match';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, equals, inMode, inRange, isSwitch, placeText, rangeText } from './conditions';
import type { Condition } from './conditions';
import { registerConditions } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker, Watch } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

const NONE = 'none';

class KernelEntryTracker implements Tracker<EventOf<'executed'>> {
  readonly #near = new NearMiss();
  readonly #watch: Watch | undefined;

  constructor(
    private readonly spec: MilestoneOf<'kernel-entry'>,
    private readonly context: MatchContext,
  ) {
    const start = context.machine.kernelStart();
    this.#watch = start && context.watchExecution(BigInt(start.at), BigInt(start.at));
  }

  feed(event: EventOf<'executed'>): Details | undefined {
    const { machine } = this.context;
    const start = machine.kernelStart();
    if (!start || event.watch !== this.#watch?.id) return undefined;
    const { core } = machine;
    const { protocol, at, mode, paging } = this.spec.params;
    const given = readBootParameters(start.entry, (gpa, length) => machine.readPhysical(gpa, length), start.parameters);
    const conditions = [
      ...equals('protocol', protocol, start.entry),
      ...atCode('at', at, event.cs, event.ip, () => event.linear),
      ...inMode(mode, event.mode),
      ...isSwitch('paging', paging, core.paging),
      ...this.#parameters(given),
      ...registerConditions(core, this.spec.registers),
    ];
    if (!this.#near.judge(event, conditions, () => `entry by ${start.entry} at ${hex(event.linear)}`)) return undefined;
    return [
      ['protocol', start.entry],
      ['at', `${placeText(event.cs, event.ip)} (linear ${hex(event.linear)})`],
      ['mode', event.mode],
      ['paging', core.paging ? 'on' : 'off'],
      ['command line', JSON.stringify(given?.cmdline ?? '')],
      ['modules', (given?.modules ?? []).map(({ gpa, bytes }) => `${hex(gpa)}, ${bytes} bytes`).join('; ') || NONE],
      ['rsdp', given?.rsdp === undefined ? NONE : hex(given.rsdp)],
      ['memory map', mapText(given)],
    ];
  }

  #parameters(given: BootParameters | undefined): Condition[] {
    const { cmdline, ramdisk, 'ramdisk-size': size, rsdp, e820 } = this.spec.params;
    const module = given?.modules[0];
    const last = module && module.gpa + Math.max(0, module.bytes - 1);
    return [
      ...matches('cmdline', cmdline, given?.cmdline ?? ''),
      ...lies('ramdisk', ramdisk, module?.gpa, last),
      ...equals('ramdisk-size', size, module?.bytes ?? NONE),
      ...lies('rsdp', rsdp, given?.rsdp, given?.rsdp),
      ...matches('e820', e820, mapText(given)),
    ];
  }

  explainMiss(): Explanation {
    const start = this.context.machine.kernelStart();
    if (!start) return { closest: 'no kernel is booted directly', fixme: 'this milestone needs guest.kernel' };
    return this.#near.explanation({
      closest: `the kernel's entry ${hex(start.at)} (${start.entry}) never ran after its turn came`,
      fixme: 'it is the first milestone of a boot',
    });
  }

  stop(): void {
    this.#watch?.remove();
  }
}

function mapText(given: BootParameters | undefined): string {
  const map = given?.memoryMap;
  if (map === undefined) return NONE;
  return map.map(({ first, last, type }) => `${hex(first)}..${hex(last)} ${type}`).join(', ');
}

function matches(label: string, wanted: TextMatch | undefined, actual: string): Condition[] {
  if (wanted === undefined) return [];
  const isMet = toRegExp(wanted).test(actual);
  return [{ label, isMet, expected: () => formatTextMatch(wanted), actual: () => JSON.stringify(actual) }];
}

/** From `first` to `last` within the range. */
function lies(label: string, wanted: MilestoneOf<'kernel-entry'>['params']['rsdp'], first?: number, last?: number): Condition[] {
  if (wanted === undefined) return [];
  const isMet = first !== undefined && last !== undefined && inRange(wanted, first) && inRange(wanted, last);
  const actual = (): string => (first === undefined || last === undefined ? NONE : rangeText({ first, last }));
  return [{ label, isMet, expected: () => rangeText(wanted), actual }];
}

export const KERNEL_ENTRY_MATCHER = matcher({
  key: 'kernel-entry',
  kinds: ['executed'],
  start: (spec, context) => new KernelEntryTracker(spec, context),
});
