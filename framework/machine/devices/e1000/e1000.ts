/**
 * Intel 82540EM gigabit Ethernet controller (8254x Software Developer's Manual 317453): registers, EEPROM, transceiver, descriptor rings,
 * interrupts. Not modelled: the time a frame takes on the wire, the delays of RDTR, RADV, TIDV and TADV (interrupts come at once;
 * ITR holds), wake-up, receive checksums and VLAN stripping, the packet buffer as memory, writing the EEPROM.
 */
import { hexText } from '../../../quantities/hex';
import type { TraceSink } from '../../../trace/sink';
import type { AccessSize, DmaMemory, Line, Resettable, Stateful } from '../../bus/types';
import type { Clock, Timer } from '../../clock/clock';
import { Eeprom, eepromWords, type EepromIdentity } from './eeprom';
import { Phy } from './phy';
import { accepts, receive } from './receive';
import * as R from './registers';
import { Ring } from './ring';
import { type E1000State, macPowerOn, powerOn } from './state';
import { transmit } from './transmit';

/** Real transceivers take one to four seconds (IEEE 802.3 clause 28: break_link_timer alone is 1.2 s); nothing comes of waiting. */
const NEGOTIATION_NS = 10e6;
const THROTTLE_NS = 256;
const PHY_ADDRESS = 1;
const CRC_BYTES = 4;

export interface E1000Options extends EepromIdentity {
  readonly name: string;
  readonly memory: DmaMemory;
  readonly clock: Clock;
  readonly trace: TraceSink;
  readonly irq: Line;
  /** Something is at the other end of the cable. */
  readonly link: boolean;
}

export class E1000 implements Stateful<E1000State>, Resettable {
  readonly name: string;
  readonly state: E1000State = powerOn();
  private readonly eeprom: Eeprom;
  private readonly phy: Phy;
  private readonly transmitRing: Ring;
  private readonly receiveRing: Ring;
  private readonly throttle: Timer;

  constructor(private readonly options: E1000Options) {
    const { name, clock, memory } = options;
    const { state } = this;
    this.name = name;
    this.throttle = clock.timer(`${name}-interrupt`, () => this.update());
    const negotiation = clock.timer(`${name}-link`, () => this.phy.negotiated());
    this.eeprom = new Eeprom(() => state.eeprom, eepromWords(options));
    this.phy = new Phy(() => state.phy, {
      hasPartner: options.link,
      startNegotiation: () => negotiation.arm(clock.nowNs() + NEGOTIATION_NS),
      stopNegotiation: () => negotiation.cancel(),
      linkChanged: () => this.linkChanged(),
    });
    this.receiveRing = new Ring(() => state.file, memory, R.RDBAL);
    this.transmitRing = new Ring(() => state.file, memory, R.TDBAL);
    this.reset();
  }

  reset(): void {
    Object.assign(this.state, powerOn());
    this.resetMac();
    this.phy.reset();
  }

  private resetMac(): void {
    const { state } = this;
    Object.assign(state, macPowerOn());
    this.loadAddress();
    this.throttle.cancel();
    this.options.irq.set(false);
  }

  private loadAddress(): void {
    const { file } = this.state;
    const [first = 0, second = 0, third = 0] = this.eeprom.words;
    file[R.RAL / 4] = first + second * 0x1_0000;
    file[R.RAH / 4] = third + 2 ** 31;
  }

  /** Registers have 32 bits; narrower accesses reach none. */
  read(offset: number, size: AccessSize): number | undefined {
    if (size !== 4) return undefined;
    const { state } = this;
    switch (offset) {
      case R.CTRL:
        return state.ctrl >>> 0;
      case R.STATUS:
        return this.status();
      case R.EECD:
        return this.eeprom.pins;
      case R.EERD:
        return state.eeprom.read;
      case R.MDIC:
        return state.mdic >>> 0;
      case R.ICR:
        return this.readCauses();
      case R.ICS:
      case R.IMC:
        return 0; // write-only
      case R.IMS:
        return state.mask;
      default:
        return this.readFile(offset);
    }
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    if (size !== 4) return false;
    const { state } = this;
    switch (offset) {
      case R.CTRL:
        this.control(value);
        return true;
      case R.CTRL_EXT:
        if (value & R.CTRL_EXT_EE_RST) this.loadAddress();
        return this.writeFile(offset, value & ~R.CTRL_EXT_EE_RST); // clears itself: the words are read at once
      case R.EECD:
        this.eeprom.pins = value;
        return true;
      case R.EERD:
        this.eeprom.startRead(value);
        return true;
      case R.MDIC:
        this.manage(value);
        return true;
      case R.ICR:
        state.causes &= ~value;
        break;
      case R.ICS:
        state.causes |= value;
        break;
      case R.IMS:
        state.mask |= value & 0x1_ffff;
        break;
      case R.IMC:
        state.mask &= ~value;
        break;
      default:
        return this.writeFile(offset, value);
    }
    this.update();
    return true;
  }

  /** IOADDR and IODATA: the registers through I/O space (SDM 4.1.2). */
  readonly ports = {
    read: (offset: number, size: AccessSize): number | undefined => {
      if (size !== 4) return undefined;
      return offset === 0 ? this.state.ioAddress : offset === 4 ? this.read(this.state.ioAddress, 4) : undefined;
    },
    write: (offset: number, size: AccessSize, value: number): boolean => {
      if (size !== 4) return false;
      if (offset === 4) return this.write(this.state.ioAddress, 4, value);
      if (offset !== 0) return false;
      this.state.ioAddress = value & 0x1_fffc;
      return true;
    },
  };

  /** A frame comes in by the cable. */
  receive(frame: Uint8Array): void {
    const { state } = this;
    if (!this.isUp && !this.isLooped) return;
    if (!(state.file[R.RCTL / 4]! & R.RCTL_EN) || !accepts(state, frame)) return;
    state.causes |= receive({ memory: this.options.memory, state, ring: this.receiveRing }, frame);
    this.update();
  }

  // ------------------------------------------------------------------------------- link and control

  /** CTRL.SLU lets the controller see the transceiver's link. */
  private get isUp(): boolean {
    return this.state.phy.linked && (this.state.ctrl & R.CTRL_SLU) !== 0;
  }

  private get isLooped(): boolean {
    return this.phy.isLooped || (this.state.file[R.RCTL / 4]! & R.RCTL_LBM) !== 0;
  }

  private status(): number {
    return (this.isUp ? R.STATUS_LU : 0) | (this.state.ctrl & R.CTRL_FD ? R.STATUS_FD : 0) | R.STATUS_1000;
  }

  private control(value: number): void {
    const { state } = this;
    const wasUp = this.isUp;
    if (value & R.CTRL_RST) {
      this.resetMac();
      return;
    }
    state.ctrl = (value & ~R.CTRL_PHY_RST & 0x7fff_ffff) >>> 0;
    if (value >>> 31 === 1) this.phy.reset();
    else if (this.isUp !== wasUp) this.linkChanged();
  }

  private linkChanged(): void {
    this.state.causes |= R.CAUSE.LSC;
    this.update();
    this.transmit();
  }

  private manage(value: number): void {
    const { state } = this;
    const [register, phy, operation] = [(value >>> 16) & 0x1f, (value >>> 21) & 0x1f, (value >>> 26) & 3];
    const isPresent = phy === PHY_ADDRESS && (operation === R.MDIC_READ || operation === R.MDIC_WRITE);
    let data = value & 0xffff;
    if (isPresent && operation === R.MDIC_READ) data = this.phy.read(register);
    else if (isPresent) this.phy.write(register, data);
    const rest = value & 0x2fff_0000;
    state.mdic = (rest | data | R.MDIC_READY | (isPresent ? 0 : R.MDIC_ERROR)) >>> 0;
    if (!(value & R.MDIC_ENABLE)) return;
    state.causes |= R.CAUSE.MDAC;
    this.update();
  }

  // ------------------------------------------------------------------------------- registers that are kept

  private readFile(offset: number): number | undefined {
    const { file } = this.state;
    if (isStatistic(offset)) {
      const value = file[offset / 4]!;
      file[offset / 4] = 0;
      return value;
    }
    return isStored(offset) ? file[offset / 4]! : undefined;
  }

  private writeFile(offset: number, value: number): boolean {
    if (offset === R.STATUS || isStatistic(offset)) return true; // read-only
    if (!isStored(offset)) return false;
    this.state.file[offset / 4] = value;
    if (offset === R.TDT || offset === R.TCTL) this.transmit();
    return true;
  }

  // ------------------------------------------------------------------------------- frames and interrupts

  private transmit(): void {
    if (!this.isUp && !this.isLooped) return;
    const { memory } = this.options;
    this.state.causes |= transmit({ memory, state: this.state, ring: this.transmitRing, send: (frame) => this.send(frame) });
    this.update();
  }

  private send(frame: Uint8Array): void {
    const { trace, name } = this.options;
    const { file } = this.state;
    file[R.GPTC / 4]!++;
    file[R.TPT / 4]!++;
    file[R.GOTCL / 4]! += frame.length + CRC_BYTES;
    if (this.isLooped) this.receive(frame);
    else if (trace.wants('frame-sent')) trace.record('frame-sent', name, frame.length, hexText(frame));
  }

  private readCauses(): number {
    const { causes } = this.state;
    this.state.causes = 0;
    this.update();
    return causes;
  }

  /** The pin follows causes and mask; ITR keeps it from rising too often. */
  private update(): void {
    const { state, options } = this;
    const wanted = (state.causes & state.mask) !== 0;
    if (wanted === state.interrupt) return;
    const now = options.clock.nowNs();
    if (wanted && now < state.quietUntilNs) {
      this.throttle.arm(state.quietUntilNs);
      return;
    }
    state.interrupt = wanted;
    if (wanted) state.quietUntilNs = now + (state.file[R.ITR / 4]! & 0xffff) * THROTTLE_NS;
    options.irq.set(wanted);
  }
}

function isStatistic(offset: number): boolean {
  return offset >= R.STATISTICS_FIRST && offset <= R.STATISTICS_LAST;
}

function isStored(offset: number): boolean {
  return offset % 4 === 0 && R.STORED.some(([first, last]) => offset >= first && offset <= last);
}
