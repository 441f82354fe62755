; What the CPU does in system mode, told on COM1: faults with their error codes, paging, gates, tasks, VM86, debug registers, system calls and
; four processors that are started, interrupt each other, lock, compare their clocks and wait by MWAIT. A 64 KiB BIOS image that needs no other firmware. Each line is "what: outcome"; an outcome is the vector, the
; error code and for page faults CR2, or a value. Runs from ROM; everything that it writes is below 1 MiB.

cpu x64
bits 16
org 0xf0000

GDT             equ 0x1000      ; copied, for the CPU writes to it
IDT             equ 0x2000
RESUME          equ 0x3000      ; where a try goes on, with which stack
RESUME_SP       equ 0x3008
VECTOR          equ 0x3010      ; what happened: -1 nothing
ERROR           equ 0x3018
FAULT_CR2       equ 0x3020
SCRATCH         equ 0x3100
TSS_FIRST       equ 0x4000
TSS_SECOND      equ 0x4100
TSS_LONG        equ 0x4200
STACK           equ 0x7000
TRAMPOLINE      equ 0x8000      ; of the other processors
RING0_STACK     equ 0x9800
USER_STACK      equ 0xa000
TABLES          equ 0x10000     ; paging structures, 64 KiB
DATA            equ 0x40000     ; pages under test
STACKS          equ 0x60000     ; 4 KiB each, of the other processors
UNTIL           equ 0x80        ; INT that ends code at CPL 3

%include "tables.asm"
%include "output.asm"
%include "enter.asm"
%include "processors.asm"
%include "interrupts.asm"
%include "segments.asm"
%include "calls.asm"
%include "paging.asm"
%include "pae.asm"
%include "gates.asm"
%include "debug.asm"
%include "long.asm"

        times 0xfff0 - ($ - $$) db 0xff
bits 16
        jmp 0xf000:(enter - 0xf0000)
        db '01/01/26'
        times 0xfffe - ($ - $$) db 0
        db 0xfc, 0
