import { optional } from '../fields/field';
import { CODE, GPA, SIZE, SWITCH, TEXT_MATCH, word } from '../fields/scalars';
import { KERNEL_ENTRIES } from '../guest-fields';
import { CPU_MODE } from './modes';
import { milestone } from './schema';

export const KERNEL_ENTRY = milestone({
  key: 'kernel-entry',
  met: 'the first instruction of a kernel that is booted directly (`guest.kernel`) is about to run',
  main: 'protocol',
  fields: {
    protocol: optional(word(KERNEL_ENTRIES), 'how it is entered'),
    at: optional(CODE, 'its entry point'),
    mode: optional(CPU_MODE, 'CPU mode there'),
    paging: optional(SWITCH, 'whether paging is on'),
    cmdline: optional(TEXT_MATCH, 'the command line that it is handed'),
    ramdisk: optional(GPA, 'where the RAM disk (the first module) lies, all of it'),
    'ramdisk-size': optional(SIZE, 'its size'),
    rsdp: optional(GPA, 'where the root pointer of the ACPI tables lies, as the kernel is told'),
    e820: optional(TEXT_MATCH, 'the memory map that it is handed, written as `0x0..0x9_fbff ram, 0x9_fc00..0x9_ffff reserved, …`'),
  },
  registers: true,
  examples: [
    'kernel-entry: linux64',
    'kernel-entry: { protocol: pvh, mode: protected, paging: off, cmdline: console=ttyS0, e820: "0x10_0000..0xffe_ffff ram" }',
  ],
});
