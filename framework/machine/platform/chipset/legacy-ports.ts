import { LatchedLine } from '../../bus/line';
import { DmaPages } from '../../devices/dma-pages';
import { FpuError } from '../../devices/fpu-error';
import { I8237a } from '../../devices/i8237a';
import { I8042 } from '../../devices/i8042/i8042';
import { Ps2Keyboard } from '../../devices/i8042/keyboard';
import { Ps2Mouse } from '../../devices/i8042/mouse';
import { ParallelPort } from '../../devices/parallel-port';
import { Port92 } from '../../devices/port-92';
import { ResetControl } from '../../devices/reset-control';
import { Uart16550a } from '../../devices/uart-16550a/uart-16550a';
import type { MachineConfig } from '../../types';
import type { ChipsetHost } from './chipset-host';
import { Operator } from './operator';
import type { PcInterrupts } from './pc-interrupts';
import { LPT1, UARTS } from './uarts';

/** Keyboard controller, port 92h, CF9h, A20, DMA controllers and pages, coprocessor error logic, UARTs from COM1 on, and the printer. */
export class LegacyPorts {
  readonly controller: I8042;
  readonly keyboard: Ps2Keyboard;
  readonly mouse: Ps2Mouse;
  readonly dma: I8237a;
  readonly operator: Operator;

  constructor(host: ChipsetHost, interrupts: PcInterrupts, { uarts = 1, printer = false }: Pick<MachineConfig, 'uarts' | 'printer'> = {}) {
    const { bus, clock, trace } = host;
    const a20 = host.register(new LatchedLine('a20', { set: (open) => host.core.setA20(open) }, true));
    const ready = (): void => this.controller.ready();
    this.keyboard = host.register(new Ps2Keyboard('keyboard', clock, ready));
    this.mouse = host.register(new Ps2Mouse('mouse', ready));
    this.controller = host.register(
      new I8042({
        name: 'i8042',
        keyboardIrq: interrupts.input(1),
        auxIrq: interrupts.input(12),
        a20,
        reset: () => host.requestReset('8042'),
        keyboard: this.keyboard,
        aux: this.mouse,
      }),
    );
    const port92 = host.register(new Port92('port-92', a20, () => host.requestReset('port92')));
    const resetControl = host.register(new ResetControl('reset-control', () => host.requestReset('cf9')));
    const dmaPages = host.register(new DmaPages('dma-pages', trace));
    const ignne = { set: (asserted: boolean): void => host.core.setIgnoreFloatError(0, asserted) };
    this.dma = host.register(new I8237a({ name: 'dma', memory: host.memory, page: (channel) => dmaPages.page(channel) }));
    const fpuError = host.register(new FpuError({ name: 'fpu-error', irq: interrupts.input(13), ignne }));
    host.floatErrorLine = fpuError.ferr;
    const lines = UARTS.slice(0, uarts).map(({ base, irq }, index) => {
      const transmit = (byte: number): void => trace.record('serial', index, byte);
      return host.register(new Uart16550a({ name: `com${index + 1}`, clock, base, irq: interrupts.input(irq), transmit }));
    });
    if (printer) {
      const print = (byte: number): void => trace.record('printed', 0, byte);
      const { base, irq } = LPT1;
      bus.addPorts(host.register(new ParallelPort({ name: 'lpt1', clock, base, irq: interrupts.input(irq), print })));
    }
    const [com1] = lines;
    if (!com1) throw new RangeError('a PC has a UART');
    this.operator = host.register(
      new Operator({
        clock,
        trace,
        key: (name, down) => this.keyboard.key(name, down),
        isKeyboardBusy: () => this.keyboard.isSending || this.controller.isFull,
        send: (bytes) => com1.receive(bytes),
      }),
    );
    for (const device of [this.controller, port92, resetControl, dmaPages, this.dma, fpuError, ...lines]) bus.addPorts(device);
  }
}
