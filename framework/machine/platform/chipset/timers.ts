import { GatedLine, SharedLine } from '../../bus/line';
import type { Line } from '../../bus/types';
import { Hpet } from '../../devices/hpet';
import { I8254 } from '../../devices/i8254/i8254';
import { Mc146818 } from '../../devices/mc146818/mc146818';
import { Port61 } from '../../devices/port-61';
import type { ChipsetHost } from './chipset-host';
import type { PcInterrupts } from './pc-interrupts';

const HPET_GPA = 0xfed0_0000;

export interface TimerOptions {
  readonly rtcSeconds: number;
  /** Of the RTC chip: what differs between platforms. */
  readonly sunday: 0 | 1;
  readonly periodicFlagNeedsEnable: boolean;
  readonly extendedCmos: boolean;
  /** Capability register and timer configuration at reset (see Hpet); absent: no HPET. */
  readonly hpet: { readonly capabilities: bigint; readonly timerCapabilities: bigint } | undefined;
}

/** PIT, port 61h, RTC and HPET, with the HPET's legacy replacement of the first and third. */
export class PcTimers {
  readonly pit: I8254;
  readonly rtc: Mc146818;
  readonly port61: Port61;
  readonly hpet: Hpet | undefined;

  constructor(host: ChipsetHost, interrupts: PcInterrupts, options: TimerOptions) {
    const { bus, clock } = host;
    const irq0 = host.register(new SharedLine('timer-irq0', interrupts.input(0)));
    const irq8 = host.register(new SharedLine('timer-irq8', interrupts.input(8)));
    const pitGate = host.register(new GatedLine('pit-legacy-gate', irq0.input()));
    const rtcGate = host.register(new GatedLine('rtc-legacy-gate', irq8.input()));
    this.pit = host.register(new I8254({ name: 'pit', clock, outputs: [pitGate] }));
    this.port61 = host.register(
      new Port61({
        name: 'port-61',
        gate: { set: (high) => this.pit.setGate(2, high) },
        timer2Out: () => this.pit.out(2),
        refresh: () => this.pit.refresh,
        nmi: interrupts.nmi.input(),
      }),
    );
    this.rtc = host.register(
      new Mc146818({
        name: 'rtc',
        clock,
        irq: rtcGate,
        nmiDisable: { set: (disabled) => interrupts.nmiGate.setOpen(!disabled) },
        startSeconds: options.rtcSeconds,
        sunday: options.sunday,
        periodicFlagNeedsEnable: options.periodicFlagNeedsEnable,
        extendedBank: options.extendedCmos,
      }),
    );
    for (const device of [this.pit, this.port61, this.rtc]) bus.addPorts(device);
    if (options.hpet) {
      const legacy = { irq0: irq0.input(), irq8: irq8.input(), gates: [pitGate, rtcGate] };
      this.hpet = host.register(createHpet(host, interrupts, options.hpet, legacy));
      bus.addMmio(this.hpet);
    }
  }
}

function createHpet(
  host: ChipsetHost,
  interrupts: PcInterrupts,
  registers: { readonly capabilities: bigint; readonly timerCapabilities: bigint },
  legacy: { readonly irq0: Line; readonly irq8: Line; readonly gates: readonly GatedLine[] },
): Hpet {
  return new Hpet({
    name: 'hpet',
    clock: host.clock,
    baseGpa: HPET_GPA,
    ...registers,
    route: (pin) => interrupts.ioApicInput(pin),
    legacyIrq0: legacy.irq0,
    legacyIrq8: legacy.irq8,
    legacyReplacement: (on) => {
      for (const gate of legacy.gates) gate.setOpen(!on);
    },
  });
}
