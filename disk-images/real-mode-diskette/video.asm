; Video modes, and what their memory does.

text:   mov ax, 3
        int 10h
        mov ah, 0fh
        int 10h
        cmp ax, 5003h
        expect e, 1
        mov ah, 2
        xor bh, bh
        mov dx, 0a05h           ; row 10, column 5
        int 10h
        mov ax, 0e41h           ; "A" by teletype
        mov bx, 7
        int 10h
        mov ah, 3
        xor bh, bh
        int 10h
        cmp dx, 0a06h
        expect e, 2
        mov ax, 0b800h
        mov es, ax
        cmp word [es:(10 * 80 + 5) * 2], 0741h
        expect e, 3
        mov ax, 0601h           ; up by a line
        mov bh, 7
        xor cx, cx
        mov dx, 184fh
        int 10h
        cmp byte [es:(9 * 80 + 5) * 2], "A"
        expect e, 4
        mov ah, 2
        xor bh, bh
        mov dx, 0905h
        int 10h
        mov ah, 8
        int 10h
        cmp ax, 0741h
        expect e, 5
        mov dx, 3d4h            ; the cursor in the CRTC
        mov al, 0eh
        out dx, al
        inc dx
        in al, dx
        mov ah, al
        dec dx
        mov al, 0fh
        out dx, al
        inc dx
        in al, dx
        cmp ax, 9 * 80 + 5
        expect e, 6
        mov ax, 1112h           ; 8 x 8 font: 50 lines
        xor bl, bl
        int 10h
        cmp byte [484h], 49
        expect e, 7
        mov ax, 3
        int 10h
        clc
.done:  report "video text"

; 320 x 200 x 256: linear; then a plane at a time, as "mode X" does, and linear again.
linear: mov ax, 13h
        int 10h
        mov ax, 0a000h
        mov es, ax
        mov al, 3
        xor di, di
        mov cx, 64000
        rep stosb
        cmp byte [es:63999], 3
        expect e, 1
        cmp byte [es:64000], 0
        expect e, 2
        mov dx, 3c4h
        mov ax, 0604h           ; no chain 4
        out dx, ax
        mov ax, 0402h           ; plane 2
        out dx, ax
        mov byte [es:10], 77h
        mov dx, 3ceh
        mov ax, 0204h           ; read plane 2
        out dx, ax
        cmp byte [es:10], 77h
        expect e, 3
        mov ax, 0004h
        out dx, ax
        cmp byte [es:10], 3
        expect e, 4
        mov dx, 3c4h
        mov ax, 0f02h
        out dx, ax
        mov ax, 0e04h           ; chain 4
        out dx, ax
        cmp byte [es:42], 77h
        expect e, 5
        mov dx, 3c8h            ; the palette
        mov al, 3
        out dx, al
        inc dx
        mov al, 3fh
        out dx, al
        mov al, 1
        out dx, al
        mov al, 2
        out dx, al
        mov ax, 1015h
        mov bx, 3
        int 10h
        cmp dh, 3fh
        expect e, 6
        cmp cx, 0102h
        expect e, 7
        mov ah, 0dh             ; a pixel by the BIOS
        xor bh, bh
        mov cx, 42
        xor dx, dx
        int 10h
        cmp al, 77h
        expect e, 8
        mov dx, 3dah            ; retrace comes and goes
.on:    in al, dx
        test al, 8
        jz .on
.off:   in al, dx
        test al, 8
        jnz .off
        clc
.done:  report "video 13h"

; 640 x 480 x 16: the write modes, the latches and the read modes of planar memory.
planes: mov ax, 12h
        int 10h
        mov ax, 0a000h
        mov es, ax
        mov dx, 3ceh
        mov ax, 0500h           ; set/reset: planes 0 and 2
        out dx, ax
        mov ax, 0f01h
        out dx, ax
        mov ax, 3c08h           ; bit mask
        out dx, ax
        mov al, [es:0]          ; latches
        mov byte [es:0], 0
        mov ax, 0001h
        out dx, ax
        mov ax, 0ff08h
        out dx, ax
        mov ax, 0204h
        out dx, ax
        cmp byte [es:0], 3ch
        expect e, 1
        mov ax, 0104h
        out dx, ax
        cmp byte [es:0], 0
        expect e, 2
        mov ax, 0805h           ; read mode 1: where color 5 is
        out dx, ax
        mov ax, 0502h
        out dx, ax
        mov ax, 0f07h
        out dx, ax
        cmp byte [es:0], 3ch
        expect e, 3
        mov ax, 0105h           ; write mode 1: latches as they are
        out dx, ax
        mov al, [es:0]
        mov [es:100], al
        mov ax, 0205h           ; write mode 2: a color
        out dx, ax
        mov ax, 0f008h
        out dx, ax
        mov al, [es:200]
        mov byte [es:200], 0ah
        mov ax, 0305h           ; write mode 3: the byte is a mask
        out dx, ax
        mov ax, 0ff08h
        out dx, ax
        mov ax, 0300h
        out dx, ax
        mov al, [es:201]
        mov byte [es:201], 0fh
        mov ax, 0005h
        out dx, ax
        mov ax, 1803h           ; XOR
        out dx, ax
        mov al, [es:202]
        mov byte [es:202], 55h
        mov al, [es:202]
        mov byte [es:202], 0ffh
        mov ax, 0003h
        out dx, ax
        mov ax, 0204h
        out dx, ax
        cmp byte [es:100], 3ch
        expect e, 4
        mov ax, 0304h
        out dx, ax
        cmp byte [es:200], 0f0h
        expect e, 5
        mov ax, 0004h
        out dx, ax
        cmp byte [es:201], 0fh
        expect e, 6
        cmp byte [es:202], 0aah
        expect e, 7
        mov ax, 0c0bh           ; a pixel by the BIOS, and back
        mov ax, 0c0bh
        xor bh, bh
        mov cx, 639
        mov dx, 479
        int 10h
        mov ah, 0dh
        int 10h
        cmp al, 0bh
        expect e, 8
        clc
.done:  report "video 12h"

; Text memory by odd and even planes: fonts are in plane 2, and every third program loads one.
chained:
        mov ax, 3
        int 10h
        mov ax, BUFFER
        mov es, ax
        push ds
        xor di, di
        mov cx, 16
        mov al, 81h
        rep stosb
        mov ax, 1100h           ; one character's 16 lines, for "A"
        mov bx, 1000h
        mov cx, 1
        mov dx, "A"
        xor bp, bp
        int 10h
        mov dx, 3c4h            ; plane 2, by its own address, as font programs do
        mov ax, 0402h
        out dx, ax
        mov ax, 0704h
        out dx, ax
        mov dx, 3ceh
        mov ax, 0204h
        out dx, ax
        mov ax, 0005h
        out dx, ax
        mov ax, 0406h
        out dx, ax
        mov ax, 0a000h
        mov es, ax
        mov bx, [es:"A" * 32 + 14]
        mov dx, 3c4h
        mov ax, 0302h
        out dx, ax
        mov ax, 0304h
        out dx, ax
        mov dx, 3ceh
        mov ax, 0004h
        out dx, ax
        mov ax, 1005h
        out dx, ax
        mov ax, 0e06h
        out dx, ax
        pop ds
        cmp bx, 8181h
        expect e, bx
        mov ax, 0b800h
        mov es, ax
        mov word [es:0], 1f42h
        cmp word [es:0], 1f42h
        expect e, 2
        clc
.done:  report "video fonts"

; 320 x 200 x 4: even lines at B8000h, odd ones at BA000h.
cga:    mov ax, 4
        int 10h
        mov ax, 0c03h           ; color 3 at 2, 1
        mov cx, 2
        mov dx, 1
        xor bh, bh
        int 10h
        mov ax, 0b800h
        mov es, ax
        cmp byte [es:2000h], 0ch
        expect e, 1
        mov byte [es:0], 40h
        mov ah, 0dh
        xor cx, cx
        xor dx, dx
        int 10h
        cmp al, 1
        expect e, 2
        mov ax, 3
        int 10h
        clc
.done:  report "video 4"

; VESA: 640 x 480 x 256 by its window of 64 KiB.
vbe:    push ds
        pop es
        mov di, 6000h
        mov dword [di], "VBE2"
        mov ax, 4f00h
        int 10h
        cmp ax, 4fh
        expect e, 1
        cmp dword [6000h], "VESA"
        expect e, 2
        mov ax, 4f01h
        mov cx, 101h
        int 10h
        cmp ax, 4fh
        expect e, 3
        cmp word [6000h + 18], 640
        expect e, 4
        mov ax, 4f02h
        mov bx, 101h
        int 10h
        cmp ax, 4fh
        expect e, 5
        mov ax, 4f03h
        int 10h
        and bx, 3fffh
        cmp bx, 101h
        expect e, 6
        mov ax, 0a000h
        mov es, ax
        mov dx, 1
        call .window
        mov byte [es:0], 5ah
        mov dx, 0
        call .window
        cmp byte [es:0], 0
        expect e, 7
        mov ah, 0dh             ; the pixel of the second window's first byte
        xor bh, bh
        mov cx, 65536 % 640
        mov dx, 65536 / 640
        int 10h
        mov dx, 1
        call .window
        cmp byte [es:0], 5ah
        expect e, 8
        mov ax, 3
        int 10h
        clc
.done:  report "vesa"
.window:
        mov ax, 4f05h
        xor bx, bx
        int 10h
        ret
