import { E820 } from './e820';
import { MEMORY } from './memory';
import { REGISTERS } from './registers';
import { ACPI, SMBIOS } from './tables';

/** Every expectation of this version, in the order of the reference. */
export const EXPECTATION_READERS = [E820, ACPI, SMBIOS, MEMORY, REGISTERS] as const;
