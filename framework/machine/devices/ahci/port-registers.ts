/** The registers of an AHCI port, AHCI 1.3.1, 3.3. */
import * as R from './registers';

export interface PortRegisterState {
  clb: number;
  clbu: number;
  fb: number;
  fbu: number;
  is: number;
  ie: number;
  cmd: number;
  tfd: number;
  sig: number;
  ssts: number;
  sctl: number;
  serr: number;
  ci: number;
}

/** Spun up and powered: there is no staggered spin-up. */
export function powerOnRegisters(): PortRegisterState {
  return {
    clb: 0,
    clbu: 0,
    fb: 0,
    fbu: 0,
    is: 0,
    ie: 0,
    cmd: R.CMD_SUD | R.CMD_POD,
    tfd: R.TFD_NONE,
    sig: R.SIG_NONE,
    ssts: 0,
    sctl: 0,
    serr: 0,
    ci: 0,
  };
}

/** What writes to the registers set going. */
export interface PortActions {
  connect(): void;
  disconnect(): void;
  startList(): void;
  stopList(): void;
  startReceive(): void;
  overrideBusy(): void;
  issued(): void;
  interruptChanged(): void;
}

export class PortRegisters {
  constructor(
    private readonly owner: { registers: PortRegisterState },
    private readonly actions: PortActions,
  ) {}

  private get state(): PortRegisterState {
    return this.owner.registers;
  }

  get receives(): boolean {
    return (this.state.cmd & R.CMD_FR) !== 0;
  }

  get receivedFis(): number {
    return this.state.fb + (this.state.fbu & 0xf_ffff) * 2 ** 32;
  }

  get commandList(): number {
    return this.state.clb + (this.state.clbu & 0xf_ffff) * 2 ** 32;
  }

  /** PxIS with PCS, which shows PxSERR.DIAG.X. */
  get interruptStatus(): number {
    const { is, serr } = this.state;
    return (serr & R.SERR_DIAG_X ? is | R.IS_PCS : is) >>> 0;
  }

  get interrupting(): boolean {
    return (this.interruptStatus & this.state.ie) !== 0;
  }

  read(offset: number): number {
    const { state } = this;
    switch (offset) {
      case R.PORT.CLB:
        return state.clb;
      case R.PORT.CLBU:
        return state.clbu;
      case R.PORT.FB:
        return state.fb;
      case R.PORT.FBU:
        return state.fbu;
      case R.PORT.IS:
        return this.interruptStatus;
      case R.PORT.IE:
        return state.ie;
      case R.PORT.CMD:
        return state.cmd;
      case R.PORT.TFD:
        return state.tfd;
      case R.PORT.SIG:
        return state.sig;
      case R.PORT.SSTS:
        return state.ssts;
      case R.PORT.SCTL:
        return state.sctl;
      case R.PORT.SERR:
        return state.serr;
      case R.PORT.CI:
        return state.ci;
      default: // SACT without queued commands, and reserved ones
        return 0;
    }
  }

  write(offset: number, value: number): void {
    const { state, actions } = this;
    switch (offset) {
      case R.PORT.CLB:
        state.clb = (value & 0xffff_fc00) >>> 0;
        return;
      case R.PORT.CLBU:
        state.clbu = value;
        return;
      case R.PORT.FB:
        state.fb = (value & 0xffff_ff00) >>> 0;
        return;
      case R.PORT.FBU:
        state.fbu = value;
        return;
      case R.PORT.IS:
        state.is = (state.is & ~(value & R.IS_CLEARABLE)) >>> 0;
        return actions.interruptChanged();
      case R.PORT.IE:
        state.ie = (value & R.IE_WRITABLE) >>> 0;
        return actions.interruptChanged();
      case R.PORT.CMD:
        return this.writeCommand(value);
      case R.PORT.SCTL:
        return this.writeControl(value);
      case R.PORT.SERR:
        state.serr = (state.serr & ~value) >>> 0;
        return actions.interruptChanged();
      case R.PORT.CI: // only while the list is processed
        if (!(state.cmd & R.CMD_ST)) return;
        state.ci = (state.ci | value) >>> 0;
        return actions.issued();
      default:
        return;
    }
  }

  private writeCommand(value: number): void {
    const { state, actions } = this;
    const before = state.cmd;
    let cmd = (before & ~R.CMD_WRITABLE) | (value & R.CMD_WRITABLE);
    cmd = cmd & R.CMD_FRE ? cmd | R.CMD_FR : cmd & ~R.CMD_FR;
    if (cmd & R.CMD_ST) cmd |= R.CMD_CR;
    else {
      cmd &= ~(R.CMD_CR | R.CMD_CCS);
      state.ci = 0;
    }
    state.cmd = cmd >>> 0;
    if (before & ~cmd & R.CMD_ST) actions.stopList();
    if (value & R.CMD_CLO && !(cmd & R.CMD_ST)) actions.overrideBusy();
    if (cmd & ~before & R.CMD_FR) actions.startReceive();
    if (cmd & ~before & R.CMD_ST) actions.startList();
  }

  /** DET 1 holds the link in COMRESET; back at 0 it comes up again. */
  private writeControl(value: number): void {
    const { state, actions } = this;
    const before = state.sctl & R.SCTL_DET;
    state.sctl = value & 0xfff;
    const after = value & R.SCTL_DET;
    if (after === before) return;
    if (after === R.SCTL_DET_COMRESET) actions.disconnect();
    else if (before === R.SCTL_DET_COMRESET) actions.connect();
  }
}
