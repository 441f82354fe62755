import type { RunResult } from '../../run/result';

const TAIL_LINES = 8;
const MAX_WIDTH = 160;

/** The tails of the serial ports and the debug console, and the screen. */
export function consoleLines(result: RunResult): string[] {
  const lines: string[] = [];
  for (const { name, text } of result.consoles) {
    if (name.startsWith('serial') && name !== 'serial' && text === '') continue;
    lines.push(...block(name, textTail(text)));
  }
  const screen = result.screen?.filter((line) => line.trim() !== '');
  if (screen) lines.push(...block('screen', screen.slice(-TAIL_LINES)));
  return lines;
}

/** The last lines of a console, with control characters made visible. */
function textTail(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n');
  return (lines.length === 1 && lines[0] === '' ? [] : lines).slice(-TAIL_LINES);
}

function block(name: string, lines: readonly string[]): string[] {
  const title = `${name === 'debug-console' ? 'console' : name}:`.padEnd(12);
  if (lines.length === 0) return [`${title}(nothing)`];
  return lines.map((line, index) => `${index === 0 ? title : ' '.repeat(12)}| ${visible(line)}`);
}

/** Guest text must not steer the terminal that it is shown on: control characters become `\xNN`. */
export function visible(text: string): string {
  const cut = text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
  return cut.replace(/(?!\t)\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
