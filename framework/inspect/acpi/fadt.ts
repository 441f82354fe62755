import type { ByteView } from '../byte-view';
import { decodeRows } from '../fields';
import type { Field, FieldRow } from '../fields';

const row = (name: string, offset: number, size: number, as?: FieldRow['as']): FieldRow => ({ name, offset, size, ...(as && { as }) });

/** ACPI 6.5, table 5.9. A field past the table's length is left out, so that revision 1 shows 116 bytes of them. */
const ROWS: readonly FieldRow[] = [
  row('FIRMWARE_CTRL', 36, 4),
  row('DSDT', 40, 4),
  row('Preferred_PM_Profile', 45, 1, 'number'),
  row('SCI_INT', 46, 2, 'number'),
  row('SMI_CMD', 48, 4),
  row('ACPI_ENABLE', 52, 1),
  row('ACPI_DISABLE', 53, 1),
  row('S4BIOS_REQ', 54, 1),
  row('PSTATE_CNT', 55, 1),
  row('PM1a_EVT_BLK', 56, 4),
  row('PM1b_EVT_BLK', 60, 4),
  row('PM1a_CNT_BLK', 64, 4),
  row('PM1b_CNT_BLK', 68, 4),
  row('PM2_CNT_BLK', 72, 4),
  row('PM_TMR_BLK', 76, 4),
  row('GPE0_BLK', 80, 4),
  row('GPE1_BLK', 84, 4),
  row('PM1_EVT_LEN', 88, 1, 'number'),
  row('PM1_CNT_LEN', 89, 1, 'number'),
  row('PM2_CNT_LEN', 90, 1, 'number'),
  row('PM_TMR_LEN', 91, 1, 'number'),
  row('GPE0_BLK_LEN', 92, 1, 'number'),
  row('GPE1_BLK_LEN', 93, 1, 'number'),
  row('GPE1_BASE', 94, 1, 'number'),
  row('CST_CNT', 95, 1),
  row('P_LVL2_LAT', 96, 2, 'number'),
  row('P_LVL3_LAT', 98, 2, 'number'),
  row('FLUSH_SIZE', 100, 2, 'number'),
  row('FLUSH_STRIDE', 102, 2, 'number'),
  row('DUTY_OFFSET', 104, 1, 'number'),
  row('DUTY_WIDTH', 105, 1, 'number'),
  row('DAY_ALRM', 106, 1),
  row('MON_ALRM', 107, 1),
  row('CENTURY', 108, 1),
  row('IAPC_BOOT_ARCH', 109, 2),
  row('Flags', 112, 4),
  row('RESET_REG', 116, 12, 'gas'),
  row('RESET_VALUE', 128, 1),
  row('ARM_BOOT_ARCH', 129, 2),
  row('FADT Minor Version', 131, 1, 'number'),
  row('X_FIRMWARE_CTRL', 132, 8),
  row('X_DSDT', 140, 8),
  row('X_PM1a_EVT_BLK', 148, 12, 'gas'),
  row('X_PM1b_EVT_BLK', 160, 12, 'gas'),
  row('X_PM1a_CNT_BLK', 172, 12, 'gas'),
  row('X_PM1b_CNT_BLK', 184, 12, 'gas'),
  row('X_PM2_CNT_BLK', 196, 12, 'gas'),
  row('X_PM_TMR_BLK', 208, 12, 'gas'),
  row('X_GPE0_BLK', 220, 12, 'gas'),
  row('X_GPE1_BLK', 232, 12, 'gas'),
  row('SLEEP_CONTROL_REG', 244, 12, 'gas'),
  row('SLEEP_STATUS_REG', 256, 12, 'gas'),
  row('Hypervisor Vendor Identity', 268, 8),
];

export function decodeFadt(view: ByteView): Field[] {
  return decodeRows(view, ROWS);
}
