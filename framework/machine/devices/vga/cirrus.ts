/**
 * Cirrus Logic CL-GD5446 on PCI (CL-GD5446 Technical Reference Manual): VGA with the extended sequencer, graphics and CRTC
 * registers, banked and linear frame buffer in the packed-pixel modes, hidden DAC register, BitBLT engine, whose registers show in memory
 * too. Not modelled: hardware cursor, video overlay, DDC.
 */
import type { AccessSize } from '../../bus/types';
import type { Clock } from '../../clock/clock';
import { BLT_BYTE_NS } from '../../clock/costs';
import { BLT, CirrusBlt, NO_HOST_SOURCE, START, type HostSource } from './cirrus-blt';
import { BLT_REGISTERS } from './cirrus-mmio';
import { powerOnVga, type VgaState, type VideoMemory } from './state';
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
/** SR17: the bus, which is strapped; the engine's registers at B8000h. */
const CONFIGURATION_BUS = 0x38;
const CONFIGURATION_MMIO = 0x04;
const MMIO_FIRST = 0xb8000;
const MMIO_BYTES = 0x100;
const SR_MCLK = 0x1f;
const GR_BANK0 = 0x09;
const GR_BANK1 = 0x0a;
const GR_BANK_MODE = 0x0b;
const BANK_DUAL = 0x01;
const BANK_16K = 0x20;
const CR_ID = 0x27;
const GD5446 = 0xb8;
/** Reads of 3C6h in a row after which it is the hidden DAC register. */
const HIDDEN_DAC_READS = 4;

interface CirrusState extends VgaState {
  hiddenDac: number;
  hiddenDacReads: number;
  /** GR0 and GR1 with all their bits, as the engine takes its colors. */
  colors: [background: number, foreground: number];
  hostSource: HostSource;
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
  return {
    ...vga,
    sequencer,
    crtc,
    graphics: extend(vga.graphics, GRAPHICS_REGISTERS),
    hiddenDac: 0,
    hiddenDacReads: 0,
    colors: [0, 0],
    hostSource: NO_HOST_SOURCE,
  };
}

export class CirrusVga extends Vga {
  declare readonly state: CirrusState;
  private readonly blt: CirrusBlt;

  constructor(clock: Clock, vram: VideoMemory) {
    super(clock, vram);
    Object.assign(this.state, powerOnCirrus());
    this.blt = new CirrusBlt(
      vram,
      () => this.state.graphics,
      () => this.state.colors,
    );
  }

  override reset(): void {
    Object.assign(this.state, powerOnCirrus());
    this.restored();
  }

  restored(): void {
    this.expectHost();
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
      return port === 0x3cf && state.graphicsIndex <= 1 ? state.colors[state.graphicsIndex] : super.readRegister(port);
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
    else if (sequencerIndex === SR_CONFIGURATION) {
      sequencer[SR_CONFIGURATION] = (sequencer[SR_CONFIGURATION]! & CONFIGURATION_BUS) | (value & ~CONFIGURATION_BUS & 0xff);
    } else sequencer[sequencerIndex] = value;
    return true;
  }

  private writeGraphics(value: number): boolean {
    const { graphicsIndex } = this.state;
    if (graphicsIndex <= 8) {
      if (graphicsIndex <= 1) this.state.colors[graphicsIndex] = value;
      return false;
    }
    this.writeExtension(graphicsIndex, value);
    return true;
  }

  private writeExtension(index: number, value: number): void {
    const { graphics } = this.state;
    if (index === BLT.START) this.writeStart(value);
    else {
      graphics[index] = value;
      if (index === BLT.DESTINATION_HIGH && graphics[BLT.START]! & START.AUTOSTART) this.startBlt();
    }
  }

  // ------------------------------------------------------------------------------- BitBLT engine

  /** START when it gets set; RESET when it is taken away again. */
  private writeStart(value: number): void {
    const { graphics } = this.state;
    const before = graphics[BLT.START]!;
    graphics[BLT.START] = value & ~(START.BUSY | START.PROGRESS);
    if (before & START.RESET && !(value & START.RESET)) this.setHostSource(NO_HOST_SOURCE);
    else if (value & START.START && !(before & START.START)) this.startBlt();
    else if (this.state.hostSource.left > 0) this.setHostSource(this.state.hostSource);
  }

  private startBlt(): void {
    this.clock.charge(this.blt.sizeBytes * BLT_BYTE_NS);
    this.setHostSource(this.blt.start());
  }

  /** The status follows: busy while the host has to write. */
  private setHostSource(host: HostSource): void {
    const { graphics } = this.state;
    this.state.hostSource = structuredClone(host);
    const isBusy = host.left > 0;
    const rest = graphics[BLT.START]! & ~(START.BUSY | START.PROGRESS | (isBusy ? 0 : START.START));
    graphics[BLT.START] = rest | (isBusy ? START.BUSY | START.PROGRESS : 0);
    this.expectHost();
  }

  /** While the engine waits for the host, what that writes into video memory is its source. */
  private expectHost(): void {
    this.vram.intercept?.(this.state.hostSource.left > 0 ? (size, value) => this.hostWrites(size, value) : undefined);
  }

  private hostWrites(size: AccessSize, value: number): void {
    const { hostSource } = this.state;
    for (let index = 0; index < size && hostSource.left > 0; index++) this.blt.take(hostSource, (value >>> (8 * index)) & 0xff);
    if (hostSource.left === 0) this.setHostSource(NO_HOST_SOURCE);
  }

  /** The engine's registers as they show in memory, by offset. */
  readonly bltRegisters = {
    read: (offset: number, size: AccessSize): number => {
      let value = 0;
      for (let i = size - 1; i >= 0; i--) {
        const index = BLT_REGISTERS[offset + i];
        value = value * 256 + (index === undefined ? 0 : index <= 1 ? this.state.colors[index]! : this.state.graphics[index]!);
      }
      return value;
    },
    write: (offset: number, size: AccessSize, value: number): boolean => {
      for (let i = 0; i < size; i++) {
        const index = BLT_REGISTERS[offset + i];
        const byte = (value >>> (8 * i)) & 0xff;
        if (index !== undefined && index <= 1) this.state.colors[index] = byte;
        else if (index !== undefined) this.writeExtension(index, byte);
      }
      return true;
    },
  };

  private isMmio(gpa: number): boolean {
    return (this.state.sequencer[SR_CONFIGURATION]! & CONFIGURATION_MMIO) !== 0 && gpa >= MMIO_FIRST && gpa < MMIO_FIRST + MMIO_BYTES;
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
    if (this.isMmio(gpa)) return this.bltRegisters.read(gpa - MMIO_FIRST, size);
    if (this.packedOffset(gpa) === undefined) return super.readMmio(gpa, size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.vram.readByte(this.packedOffset(gpa + i) ?? 0);
    return value;
  }

  /** In runs only where nothing but memory is written. */
  override writeMmioBlock(gpa: number, bytes: Uint8Array): number {
    const isPlain = this.packedOffset(gpa) === undefined && !this.isMmio(gpa) && this.state.hostSource.left === 0;
    return isPlain ? super.writeMmioBlock(gpa, bytes) : 0;
  }

  override writeMmio(gpa: number, size: AccessSize, value: number): boolean {
    if (this.isMmio(gpa)) return this.bltRegisters.write(gpa - MMIO_FIRST, size, value);
    if (this.state.hostSource.left > 0 && gpa < MMIO_FIRST) {
      this.hostWrites(size, value);
      return true;
    }
    if (this.packedOffset(gpa) === undefined) return super.writeMmio(gpa, size, value);
    for (let i = 0; i < size; i++) this.vram.writeByte(this.packedOffset(gpa + i) ?? 0, (value >>> (8 * i)) & 0xff);
    return true;
  }
}
