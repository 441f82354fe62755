; INT 19h: the first sector of each disk in turn; INT 18h: nothing to boot.

BOOT_ADDRESS    equ 0x7c00
%ifdef BROKEN_MBR_ADDRESS
READ_ADDRESS    equ 0x7e00
%else
READ_ADDRESS    equ BOOT_ADDRESS
%endif

int19:
        xor ax, ax
        mov ds, ax
        mov es, ax
        cli
        mov ss, ax
        mov sp, STACK_TOP
        sti
        mov dl, 0x80
.next:  mov si, booting
        call print
        mov al, dl
        call print_hex
        mov si, newline
        call print
        push dx
        mov bx, READ_ADDRESS
        mov ax, 0x0201
        mov cx, 1
        mov dh, 0
        int 0x13
        pop dx
        jc .none
        cmp word [READ_ADDRESS + 510], 0xaa55
        jne .skip
        mov ax, 0xaa55
        xor bx, bx
        xor cx, cx
        xor dh, dh
        xor si, si
        xor di, di
        xor bp, bp
        mov [0x500], dl
        jmp 0x0000:BOOT_ADDRESS
.skip:  inc dl
        jmp .next
.none:  int 0x18

booting: db 'Booting from drive ', 0

int18:
        mov si, no_disk
        call print
.idle:  sti
        hlt
        jmp .idle

no_disk: db 'No bootable disk', 13, 10, 0
