import { latin1 } from '../inspect/byte-view';
import { XEN_CONSOLE } from '../trace/events';
import type { Recorder } from '../trace/recorder';
import type { ConsoleText } from './result';

/** Bytes of one console that are kept: the newest. */
const KEPT_BYTES = 8 * 1024 * 1024;
/** Consoles kept apart (UARTs and debug ports). */
const CONSOLES_MAX = 16;

class Log {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #dropped = 0;

  add(byte: number): void {
    if (this.#length === this.#bytes.length) this.#makeRoom();
    this.#bytes[this.#length++] = byte;
  }

  #makeRoom(): void {
    if (this.#bytes.length < KEPT_BYTES) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
      return;
    }
    const half = KEPT_BYTES / 2;
    this.#bytes.copyWithin(0, half);
    this.#length -= half;
    this.#dropped += half;
  }

  result(name: string): ConsoleText {
    const bytes = this.#bytes.slice(0, this.#length);
    return { name, bytes, text: latin1(bytes), dropped: this.#dropped };
  }
}

function uartName(uart: number): string {
  if (uart === XEN_CONSOLE) return 'xen-console';
  return uart === 0 ? 'serial' : `serial${uart + 1}`;
}

/** Everything that the guest wrote on serial lines, the printer and debug consoles. */
export class ConsoleLog {
  readonly #logs = new Map<string, Log>();
  /** The same by UART and by port: a boot writes thousands of bytes, one at a time. */
  readonly #uarts = new Map<number, Log | undefined>();
  readonly #ports = new Map<number, Log | undefined>();

  constructor(recorder: Recorder) {
    recorder.subscribe('serial', ({ uart, byte }) => {
      if (!this.#uarts.has(uart)) this.#uarts.set(uart, this.#log(uartName(uart)));
      this.#uarts.get(uart)?.add(byte);
    });
    let printer: Log | undefined;
    recorder.subscribe('printed', ({ byte }) => (printer ??= this.#log('printer'))?.add(byte));
    recorder.subscribe('debug-console', ({ port, byte }) => {
      if (!this.#ports.has(port)) this.#ports.set(port, this.#log(`debug-console-${port.toString(16)}`));
      this.#ports.get(port)?.add(byte);
    });
  }

  #log(name: string): Log | undefined {
    if (this.#logs.size >= CONSOLES_MAX) return undefined;
    const log = new Log();
    this.#logs.set(name, log);
    return log;
  }

  /** `serial` first (empty when nothing came), then the others in the order of their first byte; a debug console is named by its port when there are several. */
  results(): ConsoleText[] {
    const names = [...this.#logs.keys()];
    const debug = names.filter((name) => name.startsWith('debug-console-'));
    const shown = (name: string): string => (debug.length === 1 && name === debug[0] ? 'debug-console' : name);
    const serial = this.#logs.get('serial') ?? new Log();
    return [serial.result('serial'), ...names.filter((name) => name !== 'serial').map((name) => this.#logs.get(name)!.result(shown(name)))];
  }
}
