import { hex } from '../quantities/hex';
import { placeText } from '../milestones/conditions';
import type { EventOf } from '../trace/events';
import type { Recorder } from '../trace/recorder';
import type { FaultReport } from './result';

/** SDM vol. 3, table 6-1. */
const NAMES = [
  ...['#DE', '#DB', 'NMI', '#BP', '#OF', '#BR', '#UD', '#NM', '#DF', 'coprocessor segment overrun', '#TS', '#NP', '#SS', '#GP', '#PF'],
  ...['vector 15', '#MF', '#AC', '#MC', '#XM', '#VE', '#CP'],
];
const PAGE_FAULT = 14;
const CHAIN_MAX = 8;
/** An exception that is older than this does not explain where the guest is now. */
const RECENT_INSTRUCTIONS = 100_000;

export function exceptionName(vector: number): string {
  return NAMES[vector] ?? `vector ${vector}`;
}

/** The exceptions that led to where the guest is: those raised with no instruction retired in between form one chain. */
export class FaultChain {
  #chain: FaultReport[] = [];

  constructor(recorder: Recorder) {
    recorder.subscribe('exception', (event) => this.#add(fault(event), event.instructions));
    recorder.subscribe('triple-fault', (event) => {
      const at = placeText(event.cs, event.ip);
      this.#add(
        { vector: event.vector, name: 'triple fault', at, instructions: event.instructions, text: `triple fault at ${at}` },
        event.instructions,
      );
    });
  }

  #add(report: FaultReport, instructions: number): void {
    const last = this.#chain[this.#chain.length - 1];
    if (last !== undefined && last.instructions !== instructions) this.#chain = [];
    if (this.#chain.length < CHAIN_MAX) this.#chain.push(report);
  }

  /** The last chain, when it is recent at `instructions`. */
  at(instructions: number): readonly FaultReport[] {
    const last = this.#chain[this.#chain.length - 1];
    return last !== undefined && instructions - last.instructions <= RECENT_INSTRUCTIONS ? this.#chain : [];
  }
}

function fault(event: EventOf<'exception'>): FaultReport {
  const name = exceptionName(event.vector);
  const at = placeText(event.cs, event.ip);
  const code = event.hasErrorCode === 1 ? `(${hex(event.errorCode, 4)})` : '';
  const address = event.vector === PAGE_FAULT ? ` for ${hex(event.cr2)}` : '';
  return {
    vector: event.vector,
    name,
    ...(event.hasErrorCode === 1 && { errorCode: event.errorCode }),
    ...(event.vector === PAGE_FAULT && { cr2: hex(event.cr2) }),
    at,
    instructions: event.instructions,
    text: `${name}${code} at ${at}${address}`,
  };
}
