import type { Nanoseconds } from '../../../quantities/units';
import type { EepromState } from './eeprom';
import type { OffloadContext } from './offload';
import { type PhyState, phyPowerOn } from './phy';
import * as R from './registers';

export interface E1000State {
  /** Registers that only keep their value, by offset / 4. */
  file: Uint32Array;
  ctrl: number;
  mdic: number;
  /** ICR and the mask. */
  causes: number;
  mask: number;
  /** ITR: no new interrupt before that. */
  quietUntilNs: Nanoseconds;
  interrupt: boolean;
  /** IOADDR of the I/O window. */
  ioAddress: number;
  eeprom: EepromState;
  phy: PhyState;
  /** A frame whose last descriptor is still to come. */
  gathered: number[];
  context: OffloadContext;
  /** What the first data descriptor of the frame asked for. */
  options: number;
  isSegmented: boolean;
}

export function powerOn(): E1000State {
  return { ...macPowerOn(), ioAddress: 0, eeprom: { shift: 0, count: 0, pins: 0, read: 0 }, phy: phyPowerOn() };
}

/** What CTRL.RST resets: all but the transceiver and the EEPROM's pins. */
export function macPowerOn(): Omit<E1000State, 'ioAddress' | 'eeprom' | 'phy'> {
  const file = new Uint32Array(R.FILE_WORDS);
  file[R.PBA / 4] = 0x0010_0030;
  file[R.VET / 4] = 0x8100;
  return {
    file,
    ctrl: R.CTRL_FD,
    mdic: R.MDIC_READY,
    causes: 0,
    mask: 0,
    quietUntilNs: 0,
    interrupt: false,
    gathered: [],
    context: {
      ipStart: 0,
      ipOffset: 0,
      ipEnd: 0,
      tcpStart: 0,
      tcpOffset: 0,
      tcpEnd: 0,
      payloadBytes: 0,
      headerBytes: 0,
      segmentBytes: 0,
      isTcp: false,
      isIpv4: false,
    },
    options: 0,
    isSegmented: false,
  };
}
