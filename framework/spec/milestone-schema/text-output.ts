import { optional, required } from '../fields/field';
import { PORT, TEXT_MATCH, word } from '../fields/scalars';
import { milestone } from './schema';

export const SERIAL = milestone({
  key: 'serial',
  met: 'the text has come out of a UART or the PV console',
  main: 'text',
  fields: {
    text: required(TEXT_MATCH, 'the text'),
    uart: optional(
      word(['com1', 'com2', 'com3', 'com4', 'hvc0']),
      'which UART (com1 when absent), or hvc0, the PV console of a Xen guest (what xen-pvh has instead of COM1)',
    ),
  },
  examples: ['serial: MBR reached', 'serial: { text: /ready/i, uart: com2 }'],
});

export const PRINTER = milestone({
  key: 'printer',
  met: 'the text has been printed on LPT1',
  main: 'text',
  fields: { text: required(TEXT_MATCH, 'the text') },
  examples: ['printer: Page 1'],
});

export const DEBUG_CONSOLE = milestone({
  key: 'debug-console',
  met: 'the text has been written to a debug console port',
  main: 'text',
  fields: {
    text: required(TEXT_MATCH, 'the text'),
    port: optional(PORT, 'the port, 0xe9 or 0x402 (each on its own when absent)'),
  },
  examples: ['debug-console: Invoking SeaBIOS', 'debug-console: { text: All threads complete, port: 0x402 }'],
});

export const SCREEN = milestone({
  key: 'screen',
  met: 'the text stands on the text screen',
  main: 'text',
  fields: { text: required(TEXT_MATCH, 'the text, within one line') },
  examples: ['screen: Booting from Hard Disk'],
});
