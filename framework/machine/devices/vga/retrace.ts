import { CLOCKING_8_DOTS, CLOCKING_HALF, CRTC, SEQUENCER, type VgaState } from './state';

const DOT_CLOCKS_HZ = [25_175_000, 28_322_000] as const;
/** A monitor's frame while the CRTC is not programmed. */
const IDLE_LINE_NS = 31_778;
const IDLE_LINES = 525;

export interface BeamPosition {
  /** Bit 0 of input status 1: horizontal or vertical blanking. */
  readonly blank: boolean;
  readonly verticalRetrace: boolean;
}

function extended(state: VgaState, low: number, bit8: number, bit9: number): number {
  const overflow = state.crtc[CRTC.OVERFLOW]!;
  return low | (overflow & bit8 ? 0x100 : 0) | (overflow & bit9 ? 0x200 : 0);
}

/** Scan lines shown, from the vertical display end register. */
export function displayedLines(state: VgaState): number {
  return extended(state, state.crtc[CRTC.V_DISPLAY_END]!, 0x02, 0x40) + 1;
}

/** The scan line after which the picture goes on at address 0. */
export function lineCompare(state: VgaState): number {
  const bit9 = state.crtc[CRTC.MAX_SCAN_LINE]! & 0x40 ? 0x200 : 0;
  return extended(state, state.crtc[CRTC.LINE_COMPARE]!, 0x10, 0) | bit9;
}

/** Where the beam is at a moment, from the CRTC's timing registers and the dot clock. */
export function beamAt(state: VgaState, nowNs: number): BeamPosition {
  const clocking = state.sequencer[SEQUENCER.CLOCKING]!;
  const totalLines = extended(state, state.crtc[CRTC.V_TOTAL]!, 0x01, 0x20) + 2;
  const dots = (state.crtc[CRTC.H_TOTAL]! + 5) * (clocking & CLOCKING_8_DOTS ? 8 : 9) * (clocking & CLOCKING_HALF ? 2 : 1);
  const programmed = state.crtc[CRTC.H_TOTAL] !== 0 && totalLines > 2;
  const hertz = DOT_CLOCKS_HZ[(state.misc >> 2) & 1]!;
  const lineNs = programmed ? Math.max(1, Math.round((dots * 1e9) / hertz)) : IDLE_LINE_NS;
  const lines = programmed ? totalLines : IDLE_LINES;
  const inFrame = Math.floor(nowNs) % (lineNs * lines);
  const line = Math.floor(inFrame / lineNs);
  const shown = programmed ? displayedLines(state) : 480;
  const retraceStart = programmed ? extended(state, state.crtc[CRTC.V_RETRACE_START]!, 0x04, 0x80) : 490;
  const retraceLines = programmed ? ((state.crtc[CRTC.V_RETRACE_END]! & 0x0f) - (retraceStart & 0x0f)) & 0x0f || 1 : 2;
  const column = ((inFrame % lineNs) * (state.crtc[CRTC.H_TOTAL]! + 5)) / lineNs;
  return {
    blank: line >= shown || (programmed && column > state.crtc[CRTC.H_DISPLAY_END]! + 1),
    verticalRetrace: line >= retraceStart && line < retraceStart + retraceLines,
  };
}
