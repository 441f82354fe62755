/** Who answers a port access on Xen, from the exit qualification of the I/O instruction (SDM table 28-5). */
const PORT_SHIFT = 16;
const STRING = 0x10;

/** The guest uses them without an exit: POST code and the delay port. */
const PASSED = [0x80, 0xed] as const;

/** Ports of the chips that are in the hypervisor, first and last. */
const HYPERVISOR: readonly (readonly [first: number, last: number])[] = [
  [0x20, 0x21],
  [0x40, 0x43],
  [0x61, 0x61],
  [0x70, 0x71],
  [0xa0, 0xa1],
  [0xe9, 0xe9],
  [0x4d0, 0x4d1],
  [0xcf8, 0xcf8],
  [0x1f40, 0x1f43],
  [0x1f48, 0x1f4b],
  [0xb000, 0xb003],
  [0xb008, 0xb00b],
];
/** IDE data: a whole transfer is one request to the device model. */
const BATCHED = [0x170, 0x1f0] as const;

const DEVICE_MODEL = 0;
const AT_ONCE = 1;
const NO_EXIT = 2;

/** What an access waits for, by port. */
const OWNERS = new Uint8Array(0x1_0000).fill(DEVICE_MODEL);
for (const [first, last] of HYPERVISOR) OWNERS.fill(AT_ONCE, first, last + 1);
for (const port of BATCHED) OWNERS[port] = AT_ONCE;
for (const port of PASSED) OWNERS[port] = NO_EXIT;

export function isPassedPort(qualification: number): boolean {
  return OWNERS[qualification >>> PORT_SHIFT] === NO_EXIT;
}

/** The hypervisor asks the device model in dom0, and the vCPU waits for its answer. */
export function isDeviceModelAccess(qualification: number): boolean {
  return OWNERS[qualification >>> PORT_SHIFT] === DEVICE_MODEL && (qualification & STRING) === 0;
}
