/** What a PS/2 device and its controller need of each other. Bytes take no time on the wire. */
export interface Ps2Device {
  /** A byte from the controller. */
  write(byte: number): void;
  /** The next byte for the controller, when there is one. */
  take(): number | undefined;
  reset(): void;
}

export const ACK = 0xfa;
export const RESEND = 0xfe;
export const SELF_TEST_PASSED = 0xaa;
