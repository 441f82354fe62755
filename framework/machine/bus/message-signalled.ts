/** Interrupts as memory writes (SDM vol. 3, 11.11): a device that writes to FEEx_xxxxh sends a message to the local APICs. */
import type { Gpa } from '../../quantities/units';
import type { ApicDestination, ApicMessage } from './apic-bus';

/** A dword that a device writes into guest memory, or as an interrupt. */
export interface MessageSink {
  (address: Gpa, data: number): void;
}

const APIC_MEGABYTE = 0xfee;
const ADDRESS_LOGICAL = 1 << 2;
const DESTINATION_SHIFT = 12;
const DATA_LEVEL = 1 << 15;

/** undefined: the address is plain memory. */
export function apicMessage(address: Gpa, data: number): { message: ApicMessage; destination: ApicDestination } | undefined {
  if (Math.floor(address / 0x10_0000) !== APIC_MEGABYTE) return undefined;
  return {
    message: { delivery: (data >> 8) & 7, vector: data & 0xff, level: (data & DATA_LEVEL) !== 0 },
    destination: { id: (address >>> DESTINATION_SHIFT) & 0xff, logical: (address & ADDRESS_LOGICAL) !== 0 },
  };
}
