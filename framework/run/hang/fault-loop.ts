import type { Core } from '../../machine/core-host/types';
import type { EventOf } from '../../trace/events';
import type { Recorder } from '../../trace/recorder';
import { exceptionName } from '../fault-chain';
import type { HangReport } from '../result';
import { placeText } from '../../milestones/conditions';
import { HANG_LIMITS } from './limits';

/** Registers are compared at every so manieth repetition: reading them costs more than the event. */
const COMPARED_EVERY = 256;
const STACK_POINTER = 4;

/**
 * An exception whose handler comes back to the instruction that raised it, with the registers as before: the guest will
 * raise it for ever. The stack pointer does not count: a broken stack drifts with every interrupt. A handler that emulates the instruction comes back to the next one, or to changed registers.
 */
export class FaultLoop {
  #key = '';
  #registers = '';
  #count = 0;
  #verdict: HangReport | undefined;

  constructor(
    private readonly core: Core,
    recorder: Recorder,
    private readonly found: () => void,
  ) {
    recorder.subscribe('exception', (event) => this.#add(event));
  }

  get verdict(): HangReport | undefined {
    return this.#verdict;
  }

  #add(event: EventOf<'exception'>): void {
    const key = `${this.core.current} ${event.vector} ${event.errorCode} ${event.cr2} ${event.cs} ${event.ip}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#count = 0;
    }
    if (this.#count % COMPARED_EVERY === 0) {
      const registers = this.#readRegisters();
      if (registers !== this.#registers) this.#count = 0;
      this.#registers = registers;
    }
    this.#count++;
    if (this.#count < HANG_LIMITS.faults || this.#verdict !== undefined) return;
    this.#verdict = {
      verdict: `${exceptionName(event.vector)} at ${placeText(event.cs, event.ip).toUpperCase()} raised ${this.#count} times in a row: its handler returns to the same instruction`,
      kind: 'fault-loop',
      vcpu: this.core.current,
      loopInstructions: 0,
      rounds: this.#count,
      loop: [],
    };
    this.found();
  }

  #readRegisters(): string {
    let text = '';
    for (let index = 0; index < 16; index++) if (index !== STACK_POINTER) text += ` ${this.core.gpr(index)}`;
    return text;
  }
}
