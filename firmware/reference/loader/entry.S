/*
 * Entry of the reference loader. The domain builder enters in 32-bit protected mode, paging off, with flat hidden segments behind
 * null selectors and EBX = physical address of hvm_start_info.
 */
        .section .text.entry, "ax"
        .code32
        .globl _start
_start:
        cld
        cli
        lgdt    gdt_pointer
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        mov     %eax, %gs
        mov     %eax, %ss
        ljmp    $0x08, $1f
1:      mov     $stack_top, %esp
        push    %ebx
        call    loader_main
        /* loader_main comes back when everything stands in place. */

#ifdef BROKEN_NO_RESET_JUMP
2:      pause
        jmp     2b
#endif
#ifdef BROKEN_NULL_JUMP
        xor     %eax, %eax
        ljmp    $0x00, $0x0
#endif
        /* Copy the real-mode part to 0 and go there through a 16-bit code segment. */
        mov     $trampoline, %esi
        xor     %edi, %edi
        mov     $(trampoline_end - trampoline), %ecx
        rep movsb
        mov     $0x20, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        mov     %eax, %gs
        mov     %eax, %ss
        xor     %eax, %eax
        xor     %ebx, %ebx
        xor     %ecx, %ecx
        xor     %edx, %edx
        xor     %esp, %esp
        xor     %ebp, %ebp
        xor     %esi, %esi
        xor     %edi, %edi
        ljmp    $0x18, $0

        .code16
trampoline:
        mov     %cr0, %eax
        and     $~1, %al
        mov     %eax, %cr0
        ljmp    $0, $(2f - trampoline)
2:      xor     %eax, %eax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %fs
        mov     %ax, %gs
        mov     %ax, %ss
        lidtw   %cs:(real_idt - trampoline)
        ljmp    $0xf000, $0xfff0
real_idt:
        .word   0x3ff
        .long   0
trampoline_end:

        .section .rodata
        .balign 8
gdt:    .quad   0
        .quad   0x00cf9b000000ffff      /* 08: code, 32-bit, 4 GiB */
        .quad   0x00cf93000000ffff      /* 10: data, 32-bit, 4 GiB */
        .quad   0x00009b000000ffff      /* 18: code, 16-bit, 64 KiB */
        .quad   0x000093000000ffff      /* 20: data, 16-bit, 64 KiB */
gdt_end:
gdt_pointer:
        .word   gdt_end - gdt - 1
        .long   gdt

        .section .bss
        .balign 16
        .skip   16384
stack_top:
