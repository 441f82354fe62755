import type { KeyName, KeyStroke } from '../../quantities/keys';

/** Keys that QEMU's monitor calls by another name than the lower-case one here. */
const NAMES: Partial<Record<KeyName, string>> = {
  Enter: 'ret',
  Escape: 'esc',
  Space: 'spc',
  BracketLeft: 'bracket_left',
  BracketRight: 'bracket_right',
  Quote: 'apostrophe',
  Backquote: 'grave_accent',
  Period: 'dot',
  ShiftLeft: 'shift',
  ShiftRight: 'shift_r',
  ControlLeft: 'ctrl',
  ControlRight: 'ctrl_r',
  AltLeft: 'alt',
  AltRight: 'alt_r',
  PageUp: 'pgup',
  PageDown: 'pgdn',
};

/** The monitor's command that types a stroke. */
export function sendKey(stroke: KeyStroke): string {
  return `sendkey ${stroke.map((key) => NAMES[key] ?? key.replace(/^(Key|Digit|Arrow)/, '').toLowerCase()).join('-')}\n`;
}
