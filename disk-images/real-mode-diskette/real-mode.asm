; A diskette that does what systems like DOS do to a PC, in real mode: BIOS calls, hooked interrupts, the timer, the keyboard, A20,
; unreal mode, extended memory, video modes and their memory, writes to the diskette. Each group's result is a line on COM1 ("video 13h:
; ok"); the last line is "real mode OK" when all were right. The boot sector loads the rest with one call that goes over the track's end.
; nasm -f bin real-mode.asm -o real-mode.bin

        bits 16
        org 7c00h

%include "boot.asm"
%include "report.asm"
%include "bios.asm"
%include "cpu.asm"
%include "timers.asm"
%include "keyboard.asm"
%include "memory.asm"
%include "video.asm"
%include "diskette.asm"

        align 512, db 0
SECTORS equ ($ - $$) / 512 - 1
