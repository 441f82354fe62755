/** What an OS asks of a PCI Express host bridge (PCI Firmware Specification 3.3, 4.5). */
import { type Aml, and, arg, buffer, dwordField, integer, local, method, or, otherThan, path, returnOf, store, when } from './aml';

/** 33DB4D5B-1FF7-401C-9657-7441C03DD766, its first three groups little-endian. */
const HOST_BRIDGE_UUID = [0x5b, 0x4d, 0xdb, 0x33, 0xf7, 0x1f, 0x1c, 0x40, 0x96, 0x57, 0x74, 0x41, 0xc0, 0x3d, 0xd7, 0x66] as const;
const REVISION = 1;
const FAILURE = { unknownUuid: 0x04, unknownRevision: 0x08, masked: 0x10 } as const;
/** SHPC, PME, AER and the Express capability structure: firmware keeps nothing of them for itself. No slot is hot-plugged. */
const GRANTED = 0x1e;
/** Offsets in the buffer of capabilities: status, and what control is asked for. */
const [STATUS, CONTROL] = [0, 8] as const;

/** _OSC: the control that is asked for, as far as it is granted. */
export const operatingSystemCapabilities = (): Aml => {
  const [status, control] = [path('CDW1'), path('CDW3')];
  const fail = (bit: number): Aml => or(status, integer(bit), status);
  return method(
    '_OSC',
    4,
    dwordField(arg(3), STATUS, 'CDW1'),
    when(otherThan(arg(0), buffer(HOST_BRIDGE_UUID)), fail(FAILURE.unknownUuid), returnOf(arg(3))),
    dwordField(arg(3), CONTROL, 'CDW3'),
    when(otherThan(arg(1), integer(REVISION)), fail(FAILURE.unknownRevision)),
    and(control, integer(GRANTED), local(0)),
    when(otherThan(local(0), control), fail(FAILURE.masked)),
    store(local(0), control),
    returnOf(arg(3)),
  );
};
