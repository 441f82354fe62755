import { ByteView } from '../../inspect/byte-view';
import { guidText } from '../../inspect/partition-table';
import type { SystemTable } from '../../inspect/uefi/system-table';
import { hex } from '../../quantities/hex';
import type { EventOf } from '../../trace/events';
import type { Details, Explanation, MatchContext } from '../matcher';
import { WatchSet, type Phase } from './phase';

/** BDS architectural protocol (PI 1.8 vol. 2, 12.2): its one member is Entry. */
const BDS_PROTOCOL = '665e3ff6-46cc-11d4-9a38-0090273fc14d';
/** Pairs of one InstallMultipleProtocolInterfaces call. */
const PAIRS_MAX = 16;
const [RCX, RDX, RSP, R8, R9] = [1, 2, 4, 8, 9] as const;
/** Return address and the four register arguments' home (Microsoft x64 calling convention). */
const STACK_ARGUMENTS = 5;

/** Boot device selection: the DXE foundation calls the entry of the protocol that some driver has installed. */
export class BdsPhase implements Phase {
  readonly #install: WatchSet;
  readonly #entry: WatchSet;
  readonly #forget: () => void;
  #table: SystemTable | undefined;

  constructor(private readonly context: MatchContext) {
    this.#install = new WatchSet(context);
    this.#entry = new WatchSet(context);
    const { systemTable } = context.uefi;
    if (systemTable) this.#watchInstalls(systemTable);
    this.#forget = context.uefi.onSystemTable((table) => this.#watchInstalls(table));
  }

  #watchInstalls(table: SystemTable): void {
    this.#table = table;
    this.#install.remove();
    for (const service of [table.installProtocol, table.installProtocols]) this.#install.add(service, service);
  }

  executed(event: EventOf<'executed'>): Details | undefined {
    if (this.#entry.has(event)) return [['entry', hex(event.linear)]];
    if (!this.#table || !this.#install.has(event)) return undefined;
    const found = this.#installed(this.#table, Number(event.linear)).find(({ guid }) => guid === BDS_PROTOCOL);
    const entry = found && this.#pointer(found.address);
    if (entry !== undefined) this.#entry.add(entry, entry);
    return undefined;
  }

  /** The protocols that the call under way installs, and where their interfaces lie. */
  #installed({ installProtocol }: SystemTable, service: number): { readonly guid: string; readonly address: number }[] {
    const pairs: { readonly guid: string; readonly address: number }[] = [];
    if (service === installProtocol) {
      const guid = this.#argument(1);
      if (guid !== 0) pairs.push({ guid: this.#guid(guid), address: this.#argument(3) });
      return pairs;
    }
    for (let index = 1; pairs.length < PAIRS_MAX; index += 2) {
      const guid = this.#argument(index);
      if (guid === 0) break;
      pairs.push({ guid: this.#guid(guid), address: this.#argument(index + 1) });
    }
    return pairs;
  }

  /** Argument of the call under way, from 0, in the convention of the firmware's width (UEFI 2.10, 2.3.2 and 2.3.4). */
  #argument(index: number): number {
    const { core } = this.context.machine;
    const stack = Number(core.gpr(RSP));
    if (this.#table?.pointerBytes === 4) return this.#pointer((stack + 4 * (index + 1)) % 2 ** 32);
    const register = [RCX, RDX, R8, R9][index];
    if (register !== undefined) return Number(core.gpr(register));
    return this.#pointer(stack + 8 * (STACK_ARGUMENTS + index - 4));
  }

  #pointer(linear: number): number {
    const bytes = this.#table?.pointerBytes ?? 8;
    return new ByteView(this.context.machine.core.readLinear(BigInt(linear), bytes)).uint(0, bytes);
  }

  #guid(linear: number): string {
    return guidText(new ByteView(this.context.machine.core.readLinear(BigInt(linear), 16)), 0);
  }

  explainMiss(): Explanation {
    if (this.#entry.isArmed)
      return {
        closest: 'the BDS architectural protocol was installed, and its entry not called',
        fixme: 'is an architectural protocol missing?',
      };
    if (this.#table) return { closest: 'no driver installed the BDS architectural protocol' };
    return { closest: 'no EFI system table came to stand in memory' };
  }

  stop(): void {
    this.#forget();
    this.#install.remove();
    this.#entry.remove();
  }
}
