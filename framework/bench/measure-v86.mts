/** `node measure-v86.mjs BIOS VGA DISK`: boots v86 in this process; prints milliseconds from its constructor to the text on COM1. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { V86 } from 'v86';

const [bios, vga, disk] = process.argv.slice(2).map((path) => {
  const bytes = readFileSync(path);
  return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
});
const wasm = join(dirname(createRequire(import.meta.url).resolve('v86')), 'v86.wasm');
const started = performance.now();
const emulator = new V86({
  bios,
  vga_bios: vga,
  hda: disk,
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
