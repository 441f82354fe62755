import { ByteView } from '../byte-view';
import type { Field } from '../fields';
import { decodeFadt } from './fadt';
import { decodeMadt } from './madt';
import { decodeRsdp, RSDP_SIGNATURE } from './rsdp';
import { decodeFacs, decodeHpet, decodePointers, decodeWaet } from './small-tables';
import { headerFields } from './table';
import type { AcpiTable, BodyDecoder } from './table';

const BODIES: Readonly<Record<string, BodyDecoder>> = {
  FACP: decodeFadt,
  APIC: decodeMadt,
  HPET: decodeHpet,
  WAET: decodeWaet,
  RSDT: decodePointers(4),
  XSDT: decodePointers(8),
};

/** A table's fields by the names of the ACPI specification; of a table that is not known here, those of its header. */
export function decodeAcpi(table: AcpiTable): Field[] {
  const view = new ByteView(table.bytes);
  if (table.signature === RSDP_SIGNATURE) return decodeRsdp(view);
  if (table.signature === 'FACS') return decodeFacs(view);
  return [...headerFields(view), ...(BODIES[table.signature]?.(view) ?? [])];
}

/** `acpi.facp`, `acpi.rsdp`: as specs name a table. */
export function acpiName(table: AcpiTable): string {
  return table.signature === RSDP_SIGNATURE ? 'acpi.rsdp' : `acpi.${table.signature.toLowerCase()}`;
}
