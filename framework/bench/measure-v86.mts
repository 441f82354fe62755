/** `node measure-v86.mjs BIOS VGA DISK`: boots v86 in this process; prints milliseconds from its constructor to the text on COM1. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { V86 } from 'v86';

function image(argument: number): { buffer: ArrayBuffer } {
  return { buffer: new Uint8Array(readFileSync(process.argv[argument]!)).buffer };
}

const wasm = join(dirname(createRequire(import.meta.url).resolve('v86')), 'v86.wasm');
const started = performance.now();
const emulator = new V86({
  bios: image(2),
  vga_bios: image(3),
  hda: image(4),
  autostart: true,
  memory_size: 128 << 20,
  disable_speaker: true,
  wasm_path: wasm,
});
let text = '';
emulator.add_listener('serial0-output-byte', (byte: number) => {
  text += String.fromCharCode(byte);
  if (!text.includes('MBR reached')) return;
  console.log(JSON.stringify({ ms: performance.now() - started }));
  process.exit(0);
});
setTimeout(() => process.exit(1), 60_000);
