; Reference BIOS: 64 KiB, runs in place at F000:0000, read-only or not. It does a short POST, offers INT 8h, 9h, 10h-16h, 19h and 1Ah, finds
; ATA disks by PIO and boots the first sector of the first one that has a boot signature.
;
; Memory: IVT 0-3FFh, BDA 400h, scratch sector 600h-7FFh, stack below 7000h, own data in the EBDA at 9FC0:0.

cpu 686
bits 16
org 0

EBDA            equ 0x9fc0
STACK_TOP       equ 0x7000
SCRATCH         equ 0x600
INFO            equ 0x1000

; EBDA layout
DISK_COUNT      equ 0x20
DISKS           equ 0x28        ; 8 bytes each: port base (2), device select (1), -, sectors (4)
DISK_BYTES      equ 8
DISKS_MAX       equ 4
E820_COUNT      equ 0x60
E820_TABLE      equ 0x64        ; 20 bytes each
E820_MAX        equ 16

%macro post 1
        mov al, %1
        out 0x80, al
%endmacro

%include "post.asm"
%include "console.asm"
%include "disk.asm"
%include "memory.asm"
%include "interrupts.asm"
%include "boot.asm"

        times 0xfff0 - ($ - $$) db 0xff
reset_vector:
        jmp 0xf000:entry
        db '01/01/26'
        times 0xfffe - ($ - $$) db 0
        db 0xfc, 0              ; model byte: AT
