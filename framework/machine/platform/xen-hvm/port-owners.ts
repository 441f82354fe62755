/** Who answers a port access on Xen, from the exit qualification of the I/O instruction (SDM table 28-5). */
const PORT_SHIFT = 0x1_0000;
const STRING = 0x10;

/** The guest uses them without an exit: POST code and the delay port. */
const PASSED: ReadonlySet<number> = new Set([0x80, 0xed]);

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
const BATCHED: ReadonlySet<number> = new Set([0x170, 0x1f0]);

function portOf(qualification: number): number {
  return Math.floor(qualification / PORT_SHIFT);
}

export function isPassedPort(qualification: number): boolean {
  return PASSED.has(portOf(qualification));
}

/** The hypervisor asks the device model in dom0, and the vCPU waits for its answer. */
export function isDeviceModelAccess(qualification: number): boolean {
  const port = portOf(qualification);
  const isBatched = (qualification & STRING) !== 0 || BATCHED.has(port);
  return !isBatched && !HYPERVISOR.some(([first, last]) => port >= first && port <= last);
}
