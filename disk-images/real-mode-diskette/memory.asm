; A20, unreal mode, extended memory, the memory map.

; Zero flag: FFFF:1510h is 0000:1500h.
wraps:  push es
        mov ax, 0ffffh
        mov es, ax
        mov byte [1500h], 0a5h
        mov byte [es:1510h], 5ah
        cmp byte [1500h], 5ah
        pop es
        ret

; A20 by the BIOS, by port 92h and by the keyboard controller.
a20:    mov ax, 2400h
        int 15h
        expect nc, 1
        call wraps
        expect e, 2
        mov ax, 2401h
        int 15h
        expect nc, 3
        call wraps
        expect ne, 4
        mov ax, 2402h
        int 15h
        cmp al, 1
        expect e, 5
        in al, 92h
        and al, 0fch
        out 92h, al
        call wraps
        expect e, 6
        mov ah, 0dfh
        call .output
        call wraps
        expect ne, 7
        mov ah, 0ddh
        call .output
        call wraps
        expect e, 8
        in al, 92h
        and al, 0feh
        or al, 2
        out 92h, al
        call wraps
        expect ne, 9
        clc
.done:  report "A20"
.output:
        cli
        call free
        mov al, 0d1h
        out 64h, al
        call free
        mov al, ah
        out 60h, al
        call free
        sti
        ret

        align 8
gdt     dq 0
        dq 00cf92000000ffffh    ; flat data
.last:
gdtr    dw gdt.last - gdt - 1
        dd gdt

; A segment with a limit of 4 GiB stays so in real mode, until its selector is loaded there: then only the base changes.
unreal: cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp .pm
.pm:    mov bx, 8
        mov fs, bx
        and al, 0feh
        mov cr0, eax
        jmp .rm
.rm:    xor bx, bx
        mov fs, bx
        sti
        mov edi, 300000h
        mov dword [fs:edi], 12345678h
        cmp dword [fs:edi], 12345678h
        expect e, 1
        mov ax, 1000h
        mov fs, ax
        cmp dword [fs:edi - 10000h], 12345678h
        expect e, 2
        int 12h                 ; a BIOS call between
        cmp byte [fs:edi - 10000h], 78h
        expect e, 3
        clc
.done:  report "unreal mode"

; Base of the source and the target of `moves`.
source  equ moves.table + 16
target  equ moves.table + 24

moves:  push es
        push ds
        pop es
        mov si, .table
        mov cx, 256             ; words
        mov ah, 87h
        int 15h
        pop es
        ret
        align 8
.table  times 16 db 0
        dw 0ffffh, 0
        db 0, 93h, 0, 0
        dw 0ffffh, 0
        db 0, 93h, 0, 0
        times 16 db 0

; INT 15h AH=87h there and back; what unreal mode wrote is seen, too.
extended:
        mov ah, 88h
        int 15h
        cmp ax, 3c00h           ; 15 MiB
        expect ae, 1
        mov word [source + 2], 0
        mov byte [source + 4], 30h
        mov word [target + 2], 0
        mov byte [target + 4], BUFFER >> 12
        call moves
        expect nc, 2
        mov ax, BUFFER
        mov es, ax
        cmp dword [es:0], 12345678h
        expect e, 3
        mov cx, 256
        xor di, di
.fill:  mov ax, di
        stosw
        loop .fill
        mov byte [source + 4], BUFFER >> 12
        mov byte [target + 4], 18h
        call moves
        expect nc, 4
        xor di, di
        mov cx, 256
        xor ax, ax
        rep stosw
        mov byte [source + 4], 18h
        mov byte [target + 4], BUFFER >> 12
        call moves
        expect nc, 5
        cmp word [es:510], 510
        expect e, 6
        clc
.done:  report "extended memory"

map:    xor ebx, ebx
        mov di, saved
        mov eax, 0e820h
        mov edx, 534d4150h      ; SMAP
        mov ecx, 20
        int 15h
        expect nc, 1
        cmp eax, 534d4150h
        expect e, 2
        cmp dword [saved + 16], 1
        expect e, 3
        mov ax, 0e801h
        int 15h
        expect nc, 4
        cmp ax, 3c00h
        expect be, 5
        clc
.done:  report "memory map"
