/** Registers of IEEE 802.3 clause 22, and the transceiver's own. */
const CONTROL = 0;
const STATUS = 1;
const PARTNER = 5;
const EXPANSION = 6;
const GIGABIT_STATUS = 10;
const SPECIFIC_STATUS = 17;
const COUNT = 32;

const RESET = 1 << 15;
const LOOPBACK = 1 << 14;
const NEGOTIATE = 1 << 12;
const POWER_DOWN = 1 << 11;
const RESTART = 1 << 9;
const NEGOTIATED = 1 << 5;
const LINK = 1 << 2;
const READ_ONLY: ReadonlySet<number> = new Set([STATUS, 2, 3, PARTNER, EXPANSION, GIGABIT_STATUS, 15, SPECIFIC_STATUS]);

/** At reset: auto-negotiation at 1000 Mb/s full duplex; 10 to 1000 Mb/s in both duplexes advertised. */
const POWER_ON: Readonly<Record<number, number>> = {
  [CONTROL]: 0x1140,
  [STATUS]: 0x7949,
  2: 0x0141,
  3: 0x0c20,
  4: 0x0de1,
  [EXPANSION]: 0x0004,
  9: 0x0300,
  15: 0x3000,
  16: 0x0078,
  20: 0x0c60,
};
/** What a partner that can do all of that says, and what comes of it. */
const PARTNER_ABILITY = 0xcde1;
const PARTNER_EXPANSION = 0x0003;
const PARTNER_GIGABIT = 0x3c00;
/** 1000 Mb/s, full duplex, resolved, link. */
const SPECIFIC_LINK = 0xac00;

export interface PhyState {
  registers: number[];
  linked: boolean;
  /** Link lost since STATUS was read last. */
  linkLost: boolean;
}

export function phyPowerOn(): PhyState {
  return { registers: powerOnRegisters(), linked: false, linkLost: false };
}

function powerOnRegisters(): number[] {
  return Array.from({ length: COUNT }, (_, register) => POWER_ON[register] ?? 0);
}

export interface PhyWiring {
  readonly hasPartner: boolean;
  /** Begins to negotiate: `negotiated` is to be called some time later. */
  startNegotiation(): void;
  stopNegotiation(): void;
  linkChanged(): void;
}

/** The transceiver in the 82540EM (Marvell 88E1011 by its identifiers), at address 1 of the management bus. */
export class Phy {
  constructor(
    private readonly of: () => PhyState,
    private readonly wiring: PhyWiring,
  ) {}

  /** Hardware reset: link is lost and negotiated again. */
  reset(): void {
    this.of().registers = powerOnRegisters();
    this.negotiate();
  }

  get isLooped(): boolean {
    return (this.of().registers[CONTROL]! & LOOPBACK) !== 0;
  }

  read(register: number): number {
    const state = this.of();
    const value = state.registers[register]!;
    if (register !== STATUS) return value;
    const isLinked = state.linked && !state.linkLost;
    state.linkLost = false; // a lost link is shown once
    return value | (isLinked ? LINK : 0) | (state.linked ? NEGOTIATED : 0);
  }

  write(register: number, value: number): void {
    if (READ_ONLY.has(register)) return;
    if (register !== CONTROL) {
      this.of().registers[register] = value;
      return;
    }
    if (value & RESET) {
      this.reset();
      return;
    }
    const changed = this.of().registers[CONTROL]! ^ value;
    this.of().registers[CONTROL] = value & ~RESTART;
    if (value & RESTART || changed & (POWER_DOWN | NEGOTIATE)) this.negotiate();
  }

  negotiated(): void {
    this.setLink(this.wiring.hasPartner && !(this.of().registers[CONTROL]! & POWER_DOWN));
  }

  private negotiate(): void {
    this.setLink(false);
    if (this.of().registers[CONTROL]! & POWER_DOWN || !this.wiring.hasPartner) this.wiring.stopNegotiation();
    else this.wiring.startNegotiation();
  }

  private setLink(linked: boolean): void {
    const state = this.of();
    if (state.linked && !linked) state.linkLost = true;
    const changed = state.linked !== linked;
    state.linked = linked;
    state.registers[PARTNER] = linked ? PARTNER_ABILITY : 0;
    state.registers[EXPANSION] = POWER_ON[EXPANSION]! | (linked ? PARTNER_EXPANSION : 0);
    state.registers[GIGABIT_STATUS] = linked ? PARTNER_GIGABIT : 0;
    state.registers[SPECIFIC_STATUS] = linked ? SPECIFIC_LINK : 0;
    if (changed) this.wiring.linkChanged();
  }
}
