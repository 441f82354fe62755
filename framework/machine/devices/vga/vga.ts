/**
 * VGA with the Bochs VBE extension: sequencer, CRTC, graphics and attribute controllers, DAC, planar memory (IBM VGA technical
 * reference; Bochs VBE DISPI interface). Not modelled: light pen, vertical retrace interrupt, character map select beyond two fonts.
 */
import type { AccessSize, MmioDevice, MmioRegion, PortDevice, PortRegion, Resettable, Stateful } from '../../bus/types';
import type { Clock } from '../../clock/clock';
import { readDispi, writeDispi } from './dispi';
import { readPlanes, windowOffset, writePlanes, writeRun } from './plane-memory';
import { beamAt } from './retrace';
import {
  ATTRIBUTE_SHOW,
  CRTC,
  CRTC_PROTECT,
  DISPI,
  DISPI_8BIT_DAC,
  MISC_COLOR,
  powerOnVga,
  type VgaState,
  type VideoMemory,
} from './state';

const DISPI_INDEX = 0x1ce;
const DISPI_DATA = 0x1cf;

/** Bits of each indexed register that exist. */
const SEQUENCER_MASKS: readonly number[] = [0x03, 0x3d, 0x0f, 0x3f, 0x0e];
const GRAPHICS_MASKS: readonly number[] = [0x0f, 0x0f, 0x0f, 0x1f, 0x03, 0x7b, 0x0f, 0x0f, 0xff];
const ATTRIBUTE_MASKS: readonly number[] = [...Array<number>(16).fill(0x3f), 0xef, 0xff, 0x3f, 0x0f, 0x0f];
/** Input status 0 bit 4: a color monitor is connected. */
const SWITCH_SENSE = 0x10;

export class Vga implements PortDevice, MmioDevice, Stateful<VgaState>, Resettable {
  readonly name = 'vga';
  readonly state: VgaState = powerOnVga();
  readonly portRegions: readonly PortRegion[] = [
    { first: 0x3b4, last: 0x3b5, name: 'VGA CRTC (monochrome)' },
    { first: 0x3ba, last: 0x3ba, name: 'VGA input status 1 (monochrome)' },
    { first: 0x3c0, last: 0x3cf, name: 'VGA' },
    { first: 0x3d4, last: 0x3d5, name: 'VGA CRTC' },
    { first: 0x3da, last: 0x3da, name: 'VGA input status 1' },
    { first: DISPI_INDEX, last: DISPI_DATA + 1, name: 'VBE DISPI' },
  ];
  readonly mmioRegions: readonly MmioRegion[] = [{ first: 0xa0000, last: 0xbffff, name: 'VGA memory' }];

  constructor(
    protected readonly clock: Clock,
    readonly vram: VideoMemory,
  ) {}

  reset(): void {
    Object.assign(this.state, powerOnVga());
  }

  // ------------------------------------------------------------------------------- memory
  // RAM enable of the misc register keeps nobody out, as in the adapters of QEMU: firmware for them leaves it off.

  readMmio(gpa: number, size: AccessSize): number | undefined {
    let value = 0;
    for (let i = 0; i < size; i++) {
      const offset = windowOffset(this.state, gpa + i);
      if (offset === undefined) return undefined;
      value += readPlanes(this.state, this.vram, offset) * 2 ** (8 * i);
    }
    return value;
  }

  writeMmio(gpa: number, size: AccessSize, value: number): boolean {
    if (windowOffset(this.state, gpa) === undefined) return false;
    for (let i = 0; i < size; i++) {
      const offset = windowOffset(this.state, gpa + i);
      if (offset !== undefined) writePlanes(this.state, this.vram, offset, (value >>> (8 * i)) & 0xff);
    }
    return true;
  }

  writeMmioBlock(gpa: number, bytes: Uint8Array): number {
    const offset = windowOffset(this.state, gpa);
    return offset === undefined ? 0 : writeRun(this.state, this.vram, offset, bytes);
  }

  // ------------------------------------------------------------------------------- ports

  readPort(port: number, size: AccessSize): number | undefined {
    if (port === DISPI_INDEX) return size === 2 ? this.state.dispiIndex : undefined;
    if (port === DISPI_DATA || port === DISPI_DATA + 1) {
      return size === 2 ? readDispi(this.state, this.vram, this.state.dispiIndex) : undefined;
    }
    return size === 1 ? this.readRegister(port) : undefined;
  }

  writePort(port: number, size: AccessSize, value: number): boolean {
    if (port >= DISPI_INDEX && port <= DISPI_DATA + 1) {
      if (size !== 2) return false;
      if (port === DISPI_INDEX) this.state.dispiIndex = value;
      else this.writeDispi(this.state.dispiIndex, value);
      return true;
    }
    return size === 1 && this.writeRegister(port, value);
  }

  readDispi(index: number): number {
    return readDispi(this.state, this.vram, index);
  }

  writeDispi(index: number, value: number): void {
    writeDispi(this.state, this.vram, index, value);
  }

  /** The CRTC answers at 3Dxh or 3Bxh as the misc register says. */
  private decodes(port: number): boolean {
    const isColor = (this.state.misc & MISC_COLOR) !== 0;
    if (port >= 0x3d0) return isColor;
    return port >= 0x3c0 || !isColor;
  }

  readRegister(port: number): number | undefined {
    const { state } = this;
    if (!this.decodes(port)) return undefined;
    switch (port) {
      case 0x3c0:
        return state.attributeIndex;
      case 0x3c1:
        return state.attribute[state.attributeIndex & 0x1f] ?? 0;
      case 0x3c2:
        return SWITCH_SENSE;
      case 0x3c3:
        return state.enabled;
      case 0x3c4:
        return state.sequencerIndex;
      case 0x3c5:
        return state.sequencer[state.sequencerIndex] ?? 0;
      case 0x3c6:
        return state.dacMask;
      case 0x3c7:
        return state.dacMode;
      case 0x3c8:
        return state.dacWriteIndex;
      case 0x3c9:
        return this.readDac();
      case 0x3ca:
        return state.feature;
      case 0x3cc:
        return state.misc;
      case 0x3ce:
        return state.graphicsIndex;
      case 0x3cf:
        return state.graphics[state.graphicsIndex] ?? 0;
      case 0x3b4:
      case 0x3d4:
        return state.crtcIndex;
      case 0x3b5:
      case 0x3d5:
        return this.readCrtc();
      case 0x3ba:
      case 0x3da: {
        state.attributeData = false;
        const beam = beamAt(state, this.clock.nowNs());
        return (beam.blank || beam.verticalRetrace ? 1 : 0) | (beam.verticalRetrace ? 8 : 0);
      }
      default:
        return undefined;
    }
  }

  writeRegister(port: number, value: number): boolean {
    const { state } = this;
    if (!this.decodes(port)) return false;
    switch (port) {
      case 0x3c0:
        this.writeAttribute(value);
        return true;
      case 0x3c2:
        state.misc = value & ~0x10;
        return true;
      case 0x3c3:
        state.enabled = value & 1;
        return true;
      case 0x3c4:
        state.sequencerIndex = value & 7;
        return true;
      case 0x3c5:
        state.sequencer[state.sequencerIndex] = value & (SEQUENCER_MASKS[state.sequencerIndex] ?? 0);
        return true;
      case 0x3c6:
        state.dacMask = value;
        return true;
      case 0x3c7:
        Object.assign(state, { dacReadIndex: value, dacComponent: 0, dacMode: 3 });
        return true;
      case 0x3c8:
        Object.assign(state, { dacWriteIndex: value, dacComponent: 0, dacMode: 0 });
        return true;
      case 0x3c9:
        this.writeDac(value);
        return true;
      case 0x3ce:
        state.graphicsIndex = value & 0x0f;
        return true;
      case 0x3cf:
        if (state.graphicsIndex < GRAPHICS_MASKS.length) state.graphics[state.graphicsIndex] = value & GRAPHICS_MASKS[state.graphicsIndex]!;
        return true;
      case 0x3b4:
      case 0x3d4:
        state.crtcIndex = value & 0x3f;
        return true;
      case 0x3b5:
      case 0x3d5:
        this.writeCrtc(value);
        return true;
      case 0x3ba:
      case 0x3da:
        state.feature = value & 0x0b;
        return true;
      default:
        return false;
    }
  }

  private readCrtc(): number {
    const { state } = this;
    if (state.crtcIndex === 0x22) return state.latch[state.graphics[4]! & 3]!;
    if (state.crtcIndex === 0x24) return (state.attributeData ? 0x80 : 0) | state.attributeIndex;
    return state.crtc[state.crtcIndex] ?? 0;
  }

  private writeCrtc(value: number): void {
    const { crtc, crtcIndex } = this.state;
    if (crtcIndex >= crtc.length) return;
    const locked = (crtc[CRTC.V_RETRACE_END]! & CRTC_PROTECT) !== 0 && crtcIndex <= CRTC.OVERFLOW;
    if (!locked) crtc[crtcIndex] = value;
    // Bit 8 of the line compare stays writable under protection.
    else if (crtcIndex === CRTC.OVERFLOW) crtc[crtcIndex] = (crtc[crtcIndex]! & ~0x10) | (value & 0x10);
  }

  private writeAttribute(value: number): void {
    const { state } = this;
    const isData = state.attributeData;
    state.attributeData = !isData;
    if (!isData) {
      state.attributeIndex = value & 0x3f;
      return;
    }
    const index = state.attributeIndex & 0x1f;
    const mask = ATTRIBUTE_MASKS[index];
    // The palette belongs to the display while bit 5 of the index is set.
    if (mask === undefined || (index < 16 && state.attributeIndex & ATTRIBUTE_SHOW)) return;
    state.attribute[index] = value & mask;
  }

  private get dacShift(): number {
    return this.state.dispi[DISPI.ENABLE]! & DISPI_8BIT_DAC ? 0 : 2;
  }

  private readDac(): number {
    const { state } = this;
    const value = state.palette[state.dacReadIndex * 3 + state.dacComponent]! >> this.dacShift;
    state.dacComponent = (state.dacComponent + 1) % 3;
    if (state.dacComponent === 0) state.dacReadIndex = (state.dacReadIndex + 1) & 0xff;
    return value;
  }

  private writeDac(value: number): void {
    const { state } = this;
    state.palette[state.dacWriteIndex * 3 + state.dacComponent] = (value << this.dacShift) & 0xff;
    state.dacComponent = (state.dacComponent + 1) % 3;
    if (state.dacComponent === 0) state.dacWriteIndex = (state.dacWriteIndex + 1) & 0xff;
  }
}
