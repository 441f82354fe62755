; The diskette by INT 13h.

; AH function, AL sectors, CX cylinder and sector, DH head: into or out of the buffer.
disk:   mov bx, BUFFER
        mov es, bx
        xor bx, bx
        mov dl, [drive]
        int 13h
        ret

; Sector 3 of every head and cylinder holds its own number: the recipe fills them.
reads:  mov ah, 8
        mov dl, [drive]
        xor di, di
        mov es, di
        int 13h
        expect nc, 1
        cmp cx, 4f12h
        expect e, 2
        cmp dh, 1
        expect e, 3
        cmp bl, 4
        expect e, 4
        mov ax, 0224h           ; a cylinder at once
        mov cx, 2801h
        xor dh, dh
        call disk
        expect nc, 5
        cmp word [es:35 * 512], 40 * 36 + 35
        expect e, 6
        mov ax, 0202h           ; the last of one head, the first of the next
        mov cx, 4f12h
        xor dh, dh
        call disk
        expect nc, 7
        cmp word [es:512], 79 * 36 + 18
        expect e, 8
        mov ax, 0401h
        mov cx, 0a05h
        mov dh, 1
        call disk
        expect nc, 9
        mov ah, 15h
        mov dl, [drive]
        int 13h
        expect nc, 10
        cmp ah, 1
        expect e, ax
        mov ax, 0201h           ; no such cylinder
        mov cx, 6401h
        xor dh, dh
        call disk
        expect c, 12
        xor ah, ah
        mov dl, [drive]
        int 13h
        expect nc, 13
        clc
.done:  report "diskette reads"

writes: mov ax, BUFFER
        mov es, ax
        xor di, di
        mov cx, 3 * 256
        mov ax, 0c35ah
        rep stosw
        mov ax, 0303h
        mov cx, 4010h
        mov dh, 1
        call disk
        expect nc, 1
        xor di, di
        mov cx, 5 * 256
        xor ax, ax
        rep stosw
        mov ax, 0204h
        mov cx, 400fh
        mov dh, 1
        call disk
        expect nc, 2
        cmp word [es:0], 64 * 36 + 32
        expect e, 3
        cmp word [es:512], 0c35ah
        expect e, 4
        cmp word [es:2046], 0c35ah
        expect e, 5
        clc
.done:  report "diskette writes"

; A track formatted: its sectors hold no numbers any more.
formats:
        mov ax, BUFFER
        mov es, ax
        xor di, di
        mov cx, 18
        mov ax, 1
.address:
        mov word [es:di], 004dh ; cylinder 77, head 0
        mov [es:di + 2], al
        mov byte [es:di + 3], 2
        add di, 4
        inc ax
        loop .address
        mov ax, 0512h
        mov cx, 4d01h
        xor dh, dh
        call disk
        expect nc, 1
        mov ax, 0212h
        mov cx, 4d01h
        xor dh, dh
        call disk
        expect nc, 2
        cmp word [es:17 * 512], 77 * 36 + 17
        expect ne, 3
        clc
.done:  report "diskette format"
