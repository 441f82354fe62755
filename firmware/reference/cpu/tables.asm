; Descriptors. Selectors are their offsets.

gdt_image:
        dq 0
CODE32          equ 0x08
        dq 0x00cf9a000000ffff
DATA32          equ 0x10
        dq 0x00cf92000000ffff
USER_CODE       equ 0x1b
        dq 0x00cffa000000ffff
USER_DATA       equ 0x23
        dq 0x00cff2000000ffff
ABSENT_DATA     equ 0x28
        dq 0x00cf12000000ffff
SMALL_DATA      equ 0x30        ; 256 bytes at SCRATCH
        dq 0x00409200310000ff
EXECUTE_ONLY    equ 0x38
        dq 0x00cf98000000ffff
DOWN_DATA       equ 0x40        ; expand-down, from 1000h
        dq 0x00c0960000000000
FIRST_TSS       equ 0x48
        dq 0x0000890040000067
SECOND_TSS      equ 0x50
        dq 0x0000890041000067
CALL_GATE       equ 0x5b        ; two parameters, for CPL 3
        dw gate_target - 0xf0000, CODE32, 0xec02, 0xf
CODE64          equ 0x60
        dq 0x00af9a000000ffff
USER32_LONG     equ 0x6b        ; SYSRET's: 32-bit code, data, 64-bit code
        dq 0x00cffa000000ffff
USER_DATA_LONG  equ 0x73
        dq 0x00cff2000000ffff
USER_CODE64     equ 0x7b
        dq 0x00affa000000ffff
LONG_TSS        equ 0x80
        dq 0x0000890042000067, 0
RING1_CODE      equ 0x90
        dq 0x00cfba000000ffff
GDT_BYTES       equ $ - gdt_image

gdt_register:
        dw GDT_BYTES - 1
        dd GDT, 0
idt_register:
        dw 0x81 * 8 - 1
        dd IDT, 0
idt_register64:
        dw 0x81 * 16 - 1
        dd IDT, 0
