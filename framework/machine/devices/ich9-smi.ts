/**
 * SMI control of the ICH9, PMBASE + 30h and + 34h (datasheet 316972, 13.8.3.13 and 13.8.3.14): enables, and what caused an SMI. As in
 * QEMU's q35, APMC_EN alone gates SMIs of APM writes. Not modelled: USB, timer and GPIO sources (their bits keep what is written).
 */
import type { AccessSize, Resettable, Stateful } from '../bus/types';

const SMI_EN = 0;
const SMI_STS = 4;
const GBL_SMI_EN = 0x01;
const APMC_EN = 0x20;
const TCO_EN = 0x2000;
const ENABLE_WRITABLE = 0x0006_783f;
const APM_STS = 0x20;
const TCO_STS = 0x2000;
const STATUS_CLEARABLE = 0x0020_7fff;

export interface Ich9SmiState {
  enable: number;
  status: number;
  locked: boolean;
}

export class Ich9Smi implements Stateful<Ich9SmiState>, Resettable {
  readonly name = 'ich9-smi';
  readonly state: Ich9SmiState = { enable: 0, status: 0, locked: false };

  /** An SMI is due. */
  constructor(private readonly raise: (source: 'apm' | 'tco') => void) {}

  reset(): void {
    Object.assign(this.state, { enable: 0, status: 0, locked: false });
  }

  /** GEN_PMCON_1.SMI_LOCK: GBL_SMI_EN and TCO_EN are frozen. */
  setLock(locked: boolean): void {
    this.state.locked = locked;
  }

  /** The APM control port was written. */
  apmWritten(): void {
    if (!(this.state.enable & APMC_EN)) return;
    this.state.status |= APM_STS;
    this.raise('apm');
  }

  /** The TCO timer ran out. */
  tcoTimeout(): void {
    this.state.status |= TCO_STS;
    if ((this.state.enable & (TCO_EN | GBL_SMI_EN)) === (TCO_EN | GBL_SMI_EN)) this.raise('tco');
  }

  read(offset: number, size: AccessSize): number | undefined {
    if ((offset & 3) + size > 4) return undefined;
    const register = offset < SMI_STS ? this.state.enable : this.state.status;
    return (register >>> (8 * (offset & 3))) % 2 ** (8 * size);
  }

  write(offset: number, size: AccessSize, value: number): boolean {
    if ((offset & 3) + size > 4) return false;
    const { state } = this;
    const shift = 8 * (offset & 3);
    const bytes = size === 4 ? 0xffff_ffff : ((1 << (8 * size)) - 1) << shift;
    const written = value << shift;
    if (offset >= SMI_EN && offset < SMI_STS) {
      const writable = ENABLE_WRITABLE & bytes & (state.locked ? ~(GBL_SMI_EN | TCO_EN) : ~0);
      state.enable = (state.enable & ~writable) | (written & writable);
    } else state.status &= ~(written & bytes & STATUS_CLEARABLE);
    return true;
  }
}
