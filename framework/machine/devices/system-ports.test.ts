import type { EventKind } from '../../trace/events';
import type { TraceSink } from '../../trace/sink';
import { LatchedLine } from '../bus/line';
import { DebugConsole } from './debug-console';
import { DmaPages } from './dma-pages';
import { FpuError } from './fpu-error';
import { Port92 } from './port-92';
import { ResetControl } from './reset-control';

function recorder() {
  const events: unknown[][] = [];
  const trace: TraceSink = {
    wants: () => true,
    record: (kind: EventKind, ...fields: unknown[]) => void events.push([kind, ...fields]),
  };
  return { events, trace };
}

test('port 92h and the keyboard controller open and close A20, whatever the other one said last; bit 0 resets when it rises', () => {
  const seen: boolean[] = [];
  let resets = 0;
  const a20 = new LatchedLine('a20', { set: (open) => void seen.push(open) });
  const port = new Port92('port92', a20, () => resets++);
  port.writePort(0x92, 1, (port.readPort(0x92, 1) ?? 0) | 2);
  a20.set(true);
  port.writePort(0x92, 1, 0);
  a20.set(true);
  expect(seen).toEqual([true, false, true]);
  port.writePort(0x92, 1, 1);
  port.writePort(0x92, 1, 1);
  expect(resets).toBe(1);
});

test('CF9h: firmware writes 02h then 06h for a hard reset; a dword there belongs to PCI', () => {
  const resets: boolean[] = [];
  const port = new ResetControl('reset', (hard) => void resets.push(hard));
  expect(port.writePort(0xcf9, 4, 0xffff_ffff)).toBe(false);
  port.writePort(0xcf9, 1, 0x02);
  expect([port.readPort(0xcf9, 1), resets.length]).toEqual([0x02, 0]);
  port.writePort(0xcf9, 1, 0x06);
  port.writePort(0xcf9, 1, 0x00);
  port.writePort(0xcf9, 1, 0x04);
  expect(resets).toEqual([true, false]);
});

test('an FPU error raises IRQ13; the handler writes F0h and goes on under IGNNE', () => {
  const irq: boolean[] = [];
  const ignne: boolean[] = [];
  const fpu = new FpuError({
    name: 'fpu-error',
    irq: { set: (level) => void irq.push(level) },
    ignne: { set: (level) => void ignne.push(level) },
  });
  fpu.ferr.set(true);
  expect([irq.at(-1), ignne.at(-1)]).toEqual([true, false]);
  fpu.writePort(0xf0, 1);
  expect([irq.at(-1), ignne.at(-1)]).toEqual([false, true]);
  fpu.ferr.set(false);
  expect(ignne.at(-1)).toBe(false);
  fpu.writePort(0xf0, 1);
  expect(ignne.at(-1)).toBe(false);
});

test('debug consoles: 402h answers the probe, E9h may not, both record bytes', () => {
  const { trace, events } = recorder();
  const qemu = new DebugConsole(0x402, true, trace);
  const xen = new DebugConsole(0xe9, false, trace);
  expect([qemu.readPort(0x402, 1), xen.readPort(0xe9, 1)]).toEqual([0xe9, undefined]);
  qemu.writePort(0x402, 1, 0x48);
  xen.writePort(0xe9, 1, 0x49);
  expect(events).toEqual([
    ['debug-console', 0x402, 0x48],
    ['debug-console', 0xe9, 0x49],
  ]);
});

test('POST codes are events, the page registers keep what is written, channel 2 has its page at 81h', () => {
  const { trace, events } = recorder();
  const pages = new DmaPages('dma-pages', trace);
  pages.writePort(0x80, 1, 0x55);
  pages.writePort(0x81, 1, 0x0c);
  expect(events).toEqual([['post', 0x80, 0x55]]);
  expect([pages.readPort(0x80, 1), pages.readPort(0x88, 1), pages.page(2), pages.page(0)]).toEqual([0x55, 0, 0x0c, 0]);
});
