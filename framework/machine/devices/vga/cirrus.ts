/**
 * Cirrus Logic CL-GD5446 on PCI (CL-GD5446 Technical Reference Manual): VGA with the extended sequencer, graphics and CRTC
 * registers, banked and linear frame buffer in the packed-pixel modes, hidden DAC register. Not modelled: the BitBLT engine
 * (its status always says idle), hardware cursor, video overlay, DDC.
 */
import type { AccessSize } from '../../bus/types';
import type { Clock } from '../../clock/clock';
import { MISC_RAM_ENABLE, powerOnVga, type VgaState, type VideoMemory } from './state';
import { Vga } from './vga';

const SEQUENCER_REGISTERS = 0x20;
const GRAPHICS_REGISTERS = 0x40;
const CRTC_REGISTERS = 0x40;

const SR_UNLOCK = 0x06;
const UNLOCKED = 0x12;
const LOCKED = 0x0f;
const SR_MODE = 0x07;
/** SR7 bit 0: packed pixels, addresses are linear. */
const MODE_PACKED = 0x01;
const SR_DRAM = 0x0f;
const SR_CONFIGURATION = 0x17;
const SR_MCLK = 0x1f;
const GR_BANK0 = 0x09;
const GR_BANK1 = 0x0a;
const GR_BANK_MODE = 0x0b;
const BANK_DUAL = 0x01;
const BANK_16K = 0x20;
const GR_BLT_START = 0x31;
const CR_ID = 0x27;
const GD5446 = 0xb8;
/** Reads of 3C6h in a row after which it is the hidden DAC register. */
const HIDDEN_DAC_READS = 4;

interface CirrusState extends VgaState {
  hiddenDac: number;
  hiddenDacReads: number;
}

/** Power-on straps: PCI bus, 64-bit DRAM interface with two banks, memory clock of the reference design. */
function powerOnCirrus(): CirrusState {
  const vga = powerOnVga();
  const extend = (registers: number[], count: number): number[] => [...registers, ...Array<number>(count - registers.length).fill(0)];
  const sequencer = extend(vga.sequencer, SEQUENCER_REGISTERS);
  sequencer[SR_UNLOCK] = LOCKED;
  sequencer[SR_DRAM] = 0x98;
  sequencer[SR_CONFIGURATION] = 0x20;
  sequencer[SR_MCLK] = 0x2d;
  const crtc = extend(vga.crtc, CRTC_REGISTERS);
  crtc[CR_ID] = GD5446;
  return { ...vga, sequencer, crtc, graphics: extend(vga.graphics, GRAPHICS_REGISTERS), hiddenDac: 0, hiddenDacReads: 0 };
}

export class CirrusVga extends Vga {
  declare readonly state: CirrusState;

  constructor(clock: Clock, vram: VideoMemory) {
    super(clock, vram);
    Object.assign(this.state, powerOnCirrus());
  }

  override reset(): void {
    Object.assign(this.state, powerOnCirrus());
  }

  /** The chip has no DISPI registers. */
  override readPort(port: number, size: AccessSize): number | undefined {
    return size === 1 ? this.readRegister(port) : undefined;
  }

  override writePort(port: number, size: AccessSize, value: number): boolean {
    return size === 1 && this.writeRegister(port, value);
  }

  override readRegister(port: number): number | undefined {
    const { state } = this;
    if (port !== 0x3c6) {
      state.hiddenDacReads = 0;
      return super.readRegister(port);
    }
    if (state.hiddenDacReads === HIDDEN_DAC_READS) {
      state.hiddenDacReads = 0;
      return state.hiddenDac;
    }
    state.hiddenDacReads++;
    return super.readRegister(port);
  }

  override writeRegister(port: number, value: number): boolean {
    const { state } = this;
    const hidden = port === 0x3c6 && state.hiddenDacReads === HIDDEN_DAC_READS;
    state.hiddenDacReads = 0;
    switch (port) {
      case 0x3c4:
        state.sequencerIndex = value & (SEQUENCER_REGISTERS - 1);
        return true;
      case 0x3ce:
        state.graphicsIndex = value & (GRAPHICS_REGISTERS - 1);
        return true;
      case 0x3c5:
        return this.writeSequencer(value) || super.writeRegister(port, value);
      case 0x3cf:
        return this.writeGraphics(value) || super.writeRegister(port, value);
      case 0x3b5:
      case 0x3d5:
        // The identification register is read-only.
        return state.crtcIndex === CR_ID || super.writeRegister(port, value);
      case 0x3c6:
        if (!hidden) return super.writeRegister(port, value);
        state.hiddenDac = value;
        return true;
      default:
        return super.writeRegister(port, value);
    }
  }

  private writeSequencer(value: number): boolean {
    const { sequencer, sequencerIndex } = this.state;
    if (sequencerIndex < SR_UNLOCK) return false;
    if (sequencerIndex === SR_UNLOCK) sequencer[SR_UNLOCK] = (value & 0x17) === UNLOCKED ? UNLOCKED : LOCKED;
    else if (sequencerIndex !== SR_CONFIGURATION) sequencer[sequencerIndex] = value;
    return true;
  }

  private writeGraphics(value: number): boolean {
    const { graphics, graphicsIndex } = this.state;
    if (graphicsIndex <= 8) return false;
    graphics[graphicsIndex] = graphicsIndex === GR_BLT_START ? 0 : value;
    return true;
  }

  /** Byte of video memory behind A0000h-AFFFFh in a packed-pixel mode; undefined: VGA addressing holds, or outside. */
  private packedOffset(gpa: number): number | undefined {
    const { sequencer, graphics } = this.state;
    const offset = gpa - 0xa0000;
    if (!(sequencer[SR_MODE]! & MODE_PACKED) || offset < 0 || offset >= 0x10000) return undefined;
    const mode = graphics[GR_BANK_MODE]!;
    const dual = (mode & BANK_DUAL) !== 0;
    const bank = graphics[dual && offset >= 0x8000 ? GR_BANK1 : GR_BANK0]! << (mode & BANK_16K ? 14 : 12);
    return (bank + (dual ? offset & 0x7fff : offset)) % this.vram.sizeBytes;
  }

  override readMmio(gpa: number, size: AccessSize): number | undefined {
    if (this.packedOffset(gpa) === undefined || !(this.state.misc & MISC_RAM_ENABLE)) return super.readMmio(gpa, size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.vram.readByte(this.packedOffset(gpa + i) ?? 0);
    return value;
  }

  override writeMmio(gpa: number, size: AccessSize, value: number): boolean {
    if (this.packedOffset(gpa) === undefined || !(this.state.misc & MISC_RAM_ENABLE)) return super.writeMmio(gpa, size, value);
    for (let i = 0; i < size; i++) this.vram.writeByte(this.packedOffset(gpa + i) ?? 0, (value >>> (8 * i)) & 0xff);
    return true;
  }
}
