/**
 * The ACPI tables of a PVH domain as libxl builds them (libxl_x86_acpi.c, libacpi/build.c): an information page at FC000000h, the tables
 * from the next page on, each at a multiple of 16, then the RSDP. No PM timer, 8042, RTC, VGA or I/O APIC. The AML is our own.
 */
import { PAGE_BYTES } from '../../../../quantities/units';
import type { Gpa } from '../../../../quantities/units';
import { scope } from '../../acpi/aml';
import { ascii, little } from '../../acpi/bytes';
import { processors } from '../../acpi/isa-devices';
import { CHECKSUM_OFFSET, facs, HEADER_BYTES, ioAddress } from '../../acpi/table';
import { MMIO_START } from './layout';

const ALIGNMENT = 16;
/** Where it is when a kernel does not take it from the start info. */
const LOW_RSDP: Gpa = 0x10_0000 - 64;
const RSDP_BYTES = 36;
const RSDP1_BYTES = 20;
const LOCAL_APIC: Gpa = 0xfee0_0000;
const PCAT_COMPATIBLE = 1;
const ENABLED = 1;
const FADT1_BYTES = 116;
const FADT5_BYTES = 268;
const PM1_EVENT = 0xb000;
const PM1_CONTROL = 0xb004;
const GPE0 = 0xafe0;
const SCI = 9;
const NO_C2 = 0xfff;
/** WBINVD, C1, no power and sleep buttons, RTC wake not in fixed registers, 32-bit timer, platform clock. */
const FADT_FLAGS = 0x1 | 0x4 | 0x10 | 0x20 | 0x40 | 0x100 | 0x8000;
const NO_VGA = 0x4;
const NO_RTC = 0x20;
const RESET_PORT = 0xcf9;
const RESET_VALUE = 6;

export interface AcpiPiece {
  readonly address: Gpa;
  readonly contents: Uint8Array;
}

export interface PvhAcpi {
  readonly rsdp: AcpiPiece;
  readonly info: AcpiPiece;
  readonly tables: AcpiPiece;
}

/** `anyRsdp`: the kernel finds the RSDP wherever the start info says. */
export function pvhAcpi(apicIds: readonly number[], anyRsdp: boolean): PvhAcpi {
  const base = MMIO_START + PAGE_BYTES;
  const blob: number[] = [];
  const place = (bytes: readonly number[]): Gpa => {
    while (blob.length % ALIGNMENT !== 0) blob.push(0);
    const at = base + blob.length;
    blob.push(...bytes);
    return at;
  };
  const facsAt = place(facs());
  const dsdtAt = place(table('DSDT', 2, scope('\\_SB', processors(apicIds.length))));
  const fadt1At = place(table('FACP', 1, fadt(FADT1_BYTES, facsAt, dsdtAt)));
  const fadt5At = place(table('FACP', 5, fadt(FADT5_BYTES, facsAt, dsdtAt)));
  const madtAt = place(table('APIC', 2, madt(apicIds)));
  const xsdtAt = place(table('XSDT', 1, [...little(fadt5At, 8), ...little(madtAt, 8)]));
  const rsdtAt = place(table('RSDT', 1, [...little(fadt1At, 4), ...little(madtAt, 4)]));
  const pages = Math.ceil(blob.length / PAGE_BYTES);
  const tables = new Uint8Array(pages * PAGE_BYTES);
  tables.set(blob);
  return {
    rsdp: { address: anyRsdp ? base + pages * PAGE_BYTES : LOW_RSDP, contents: rsdp(rsdtAt, xsdtAt) },
    info: { address: MMIO_START, contents: info(apicIds.length, madtAt) },
    tables: { address: base, contents: tables },
  };
}

function sum(bytes: readonly number[]): number {
  return -bytes.reduce((total, byte) => total + byte, 0) & 0xff;
}

/** With libxl's names, and its checksum. */
function table(signature: string, revision: number, body: readonly number[]): number[] {
  const bytes = [
    ...ascii(signature, 4),
    ...little(HEADER_BYTES + body.length, 4),
    revision,
    0,
    ...ascii('Xen', 6),
    ...ascii('HVM', 8),
    ...little(0, 4),
    ...ascii('HVML', 4),
    ...little(0, 4),
    ...body,
  ];
  bytes[CHECKSUM_OFFSET] = sum(bytes);
  return bytes;
}

/** The fields of ACPI 1.0, and up to 5.0's end when there is room: what has no value here is 0. */
function fadt(bytes: number, facsAt: Gpa, dsdtAt: Gpa): number[] {
  const body = new Array<number>(bytes - HEADER_BYTES).fill(0);
  const put = (at: number, value: readonly number[]): void => {
    if (at + value.length <= bytes) body.splice(at - HEADER_BYTES, value.length, ...value);
  };
  put(36, little(facsAt, 4));
  put(40, little(dsdtAt, 4));
  put(46, little(SCI, 2));
  put(56, little(PM1_EVENT, 4));
  put(64, little(PM1_CONTROL, 4));
  put(80, little(GPE0, 4));
  put(88, [4, 2, 0, 0, 4]);
  put(96, little(NO_C2, 2));
  put(98, little(NO_C2, 2));
  if (bytes > FADT1_BYTES) put(109, little(NO_VGA | NO_RTC, 2));
  put(112, little(FADT_FLAGS, 4));
  put(116, ioAddress(RESET_PORT, 8));
  if (bytes > FADT1_BYTES) put(128, [RESET_VALUE]);
  put(132, little(facsAt, 8));
  put(140, little(dsdtAt, 8));
  put(148, ioAddress(PM1_EVENT, 32));
  put(172, ioAddress(PM1_CONTROL, 16));
  return body;
}

function madt(apicIds: readonly number[]): number[] {
  return [
    ...little(LOCAL_APIC, 4),
    ...little(PCAT_COMPATIBLE, 4),
    ...apicIds.flatMap((id, processor) => [0, 8, processor, id, ...little(ENABLED, 4)]),
  ];
}

function rsdp(rsdtAt: Gpa, xsdtAt: Gpa): Uint8Array {
  const bytes = [
    ...ascii('RSD PTR '),
    0,
    ...ascii('Xen', 6),
    2,
    ...little(rsdtAt, 4),
    ...little(RSDP_BYTES, 4),
    ...little(xsdtAt, 8),
    0,
    0,
    0,
    0,
  ];
  bytes[8] = sum(bytes.slice(0, RSDP1_BYTES));
  bytes[32] = sum(bytes);
  return Uint8Array.from([...bytes, ...new Array<number>(64 - bytes.length).fill(0)]);
}

/** struct acpi_info: what the AML asks for. */
function info(vcpus: number, madtAt: Gpa): Uint8Array {
  const page = new Uint8Array(PAGE_BYTES);
  page.set(little(vcpus, 2), 2);
  page.set(little(madtAt + CHECKSUM_OFFSET, 4), 12);
  page.set(little(madtAt + HEADER_BYTES + 8, 4), 16);
  return page;
}
