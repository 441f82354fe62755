/** Message signalled interrupts (PCI Local Bus Specification 3.0, 6.8.1): one message, a 64-bit address, no mask. */
import type { MessageSink } from '../../bus/message-signalled';
import type { PciRegister } from './pci-function';

const CAPABILITY = 0x05;
const CONTROL_64_BIT = 0x80;
const CONTROL_ENABLE = 1;
/** From the capability: message control, address, its upper half, data. */
const [CONTROL, ADDRESS, ADDRESS_HIGH, DATA] = [2, 4, 8, 12] as const;

export function msiCapability(at: number, next: number): PciRegister[] {
  return [
    { offset: at, size: 4, reset: CAPABILITY | (next << 8) | (CONTROL_64_BIT << 16), writable: CONTROL_ENABLE << 16 },
    { offset: at + ADDRESS, size: 4, reset: 0, writable: 0xffff_fffc },
    { offset: at + ADDRESS_HIGH, size: 4, reset: 0, writable: 0xffff_ffff },
    { offset: at + DATA, size: 2, reset: 0, writable: 0xffff },
  ];
}

interface ConfigReader {
  readConfig(register: number, size: number): number;
}

export function isMsiEnabled(config: ConfigReader, at: number): boolean {
  return (config.readConfig(at + CONTROL, 2) & CONTROL_ENABLE) !== 0;
}

/** Sends the message of the capability at `at`, if that is enabled. */
export function sendMsi(config: ConfigReader, at: number, send: MessageSink): void {
  if (!isMsiEnabled(config, at)) return;
  send(config.readConfig(at + ADDRESS, 4) + config.readConfig(at + ADDRESS_HIGH, 4) * 2 ** 32, config.readConfig(at + DATA, 2));
}
