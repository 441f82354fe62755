import { ByteView } from '../inspect/byte-view';
import { readStartInfo } from '../inspect/start-info';
import { hex } from '../quantities/hex';
import type { EventOf } from '../trace/events';
import type { MilestoneOf } from '../spec/types';
import { atCode, inMode, isSwitch, placeText, within } from './conditions';
import type { Condition } from './conditions';
import { readRegister, registerConditions } from './guest-registers';
import type { Details, Explanation, MatchContext, Tracker, Watch } from './matcher';
import { matcher } from './matcher';
import { NearMiss } from './near-miss';

const E_ENTRY = 24;

/** The entry point that an ELF header names; undefined of anything else. */
function entryPoint(loader: Uint8Array | undefined): bigint | undefined {
  const view = new ByteView(loader ?? new Uint8Array(0));
  if (view.u32(0) !== 0x464c_457f) return undefined;
  return view.u8(4) === 2 ? view.u64(E_ENTRY) : BigInt(view.u32(E_ENTRY));
}

class HvmloaderEntryTracker implements Tracker<EventOf<'executed'>> {
  readonly #near = new NearMiss();
  readonly #entry: bigint | undefined;
  readonly #watch: Watch | undefined;

  constructor(
    private readonly spec: MilestoneOf<'hvmloader-entry'>,
    private readonly context: MatchContext,
  ) {
    this.#entry = entryPoint(context.machine.config.firmware.loader);
    this.#watch = this.#entry === undefined ? undefined : context.watchExecution(this.#entry, this.#entry);
  }

  feed(event: EventOf<'executed'>): Details | undefined {
    if (event.watch !== this.#watch?.id) return undefined;
    const { at, mode, paging } = this.spec.params;
    const { core } = this.context.machine;
    const ebx = Number(readRegister(core, 'ebx'));
    const conditions = [
      ...atCode('at', at, event.cs, event.ip, () => event.linear),
      ...inMode(mode, event.mode),
      ...isSwitch('paging', paging, core.paging),
      ...this.#startInfo(ebx),
      ...registerConditions(core, this.spec.registers),
    ];
    if (!this.#near.judge(event, conditions, () => `entry at ${hex(event.linear)}`)) return undefined;
    const info = readStartInfo((gpa, length) => this.context.machine.readPhysical(gpa, length), ebx);
    return [
      ['at', `${placeText(event.cs, event.ip)} (linear ${hex(event.linear)})`],
      ['mode', event.mode],
      ['paging', core.paging ? 'on' : 'off'],
      ['start info', info === undefined ? `none at EBX = ${hex(ebx)}` : `${hex(ebx)}, version ${info.version}`],
      [
        'modules',
        (info?.modules ?? []).map(({ commandLine, gpa, size }) => `${commandLine || 'unnamed'} at ${hex(gpa)}, ${size} bytes`).join('; '),
      ],
    ];
  }

  #startInfo(ebx: number): Condition[] {
    const wanted = this.spec.params['start-info'];
    if (wanted === undefined) return [];
    const isThere = readStartInfo((gpa, length) => this.context.machine.readPhysical(gpa, length), ebx) !== undefined;
    const magic = {
      label: 'start info',
      isMet: isThere,
      expected: () => 'magic number 0x336e_c578',
      actual: () => `none at EBX = ${hex(ebx)}`,
    };
    return [...within('start-info', wanted, ebx), magic];
  }

  explainMiss(): Explanation {
    if (this.#entry === undefined)
      return { closest: 'the guest has no ELF loader', fixme: 'this milestone needs machine: xen-hvm with firmware.loader' };
    return this.#near.explanation({
      closest: `the entry point ${hex(this.#entry)} never ran after its turn came`,
      fixme: 'it is the first milestone of a boot',
    });
  }

  stop(): void {
    this.#watch?.remove();
  }
}

export const HVMLOADER_ENTRY_MATCHER = matcher({
  key: 'hvmloader-entry',
  kinds: ['executed'],
  start: (spec, context) => new HvmloaderEntryTracker(spec, context),
});
