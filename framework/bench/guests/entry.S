/* Multiboot 1 entry of the benchmark guests: QEMU loads it with -kernel, our bench puts the ELF into memory itself. */
        .section .multiboot, "a"
        .balign 4
        .long   0x1badb002, 0, -0x1badb002

        .text
        .code32
        .globl  _start
_start: cli
        mov     $stack_top, %esp
        call    guest
        /* The result for whoever looks, then the end: QEMU's isa-debug-exit, or a halt for good. */
        mov     %eax, result
        mov     $0xf4, %dx
        xor     %eax, %eax
        out     %eax, %dx
1:      cli
        hlt
        jmp     1b

        .bss
        .globl  result
        .balign 16
result: .skip   4
        .balign 16
        .skip   65536
stack_top:

        .section .note.GNU-stack, "", @progbits
