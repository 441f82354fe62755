; The memory map: from the loader's info block when there is one, else from what the chipset's CMOS bytes say.

memory_init:
        push es
        mov ax, EBDA
        mov es, ax
        mov di, E820_TABLE
        mov si, info_signature
        mov bx, INFO
        mov cx, 8
.match: mov al, [cs:si]
        cmp al, [bx]
        jne .cmos
        inc si
        inc bx
        loop .match
        movzx cx, byte [INFO + 10]
        cmp cx, E820_MAX
        ja .cmos
        mov [es:E820_COUNT], cl
        mov si, [INFO + 12]
        imul cx, 20
        rep movsb
        pop es
        ret
.cmos:  mov byte [es:E820_COUNT], 4
        xor eax, eax
        mov ebx, 0x9fc00
        mov dl, 1
        call .entry
        mov eax, ebx
        mov ebx, 0x400
        mov dl, 2
        call .entry
        mov eax, 0xf0000
        mov ebx, 0x10000
        call .entry
        mov al, 0x35            ; 64 KiB blocks above 16 MiB
        call cmos_read
        mov ah, al
        mov al, 0x34
        call cmos_read
        movzx ebx, ax
        shl ebx, 16
        add ebx, 15 << 20
        mov eax, 1 << 20
        mov dl, 1
        call .entry
        pop es
        ret
; EAX base, EBX bytes, DL type -> ES:DI.
.entry: stosd
        push eax
        xor eax, eax
        stosd
        mov eax, ebx
        stosd
        xor eax, eax
        stosd
        movzx eax, dl
        stosd
        pop eax
        ret

info_signature: db 'MILEPOST'

cmos_read:
        out 0x70, al
        in al, 0x71
        ret
