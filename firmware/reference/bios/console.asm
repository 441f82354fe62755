; Text goes to COM1, to the debug ports 402h and E9h, and to the colour text screen at B800h.

COM1            equ 0x3f8

serial_init:
        mov dx, COM1 + 3
        mov al, 0x80
        out dx, al
        mov dx, COM1
        mov al, 1               ; 115200 baud
        out dx, al
        inc dx
        xor al, al
        out dx, al
        mov dx, COM1 + 3
        mov al, 3               ; 8N1
        out dx, al
        mov dx, COM1 + 1
        xor al, al
        out dx, al
        ret

; AL to COM1, waiting for room a bounded time: a machine without the UART answers all ones and costs nothing.
serial_put:
        push dx
        push cx
        push ax
        mov dx, COM1 + 5
        xor cx, cx
.wait:  in al, dx
        test al, 0x20
        loopz .wait
        pop ax
        mov dx, COM1
        out dx, al
        pop cx
        pop dx
        ret

; The standard registers of mode 3, 80x25 colour text, as IBM's VGA has them. The font is left to an option ROM.
video_init:
        push ds
        push es
        mov dx, 0x3c2
        mov al, 0x67
        out dx, al
        mov si, sequencer
        mov dx, 0x3c4
        mov cx, 5
        call video_indexed
        mov dx, 0x3d4
        mov ax, 0x0e11          ; unlock registers 0-7
        out dx, ax
        mov si, crtc
        mov cx, 25
        call video_indexed
        mov si, graphics
        mov dx, 0x3ce
        mov cx, 9
        call video_indexed
        mov dx, 0x3da
        in al, dx
        mov si, attributes
        mov dx, 0x3c0
        xor bx, bx
.next:  mov al, bl
        out dx, al
        mov al, [cs:si + bx]
        out dx, al
        inc bx
        cmp bx, 21
        jb .next
        mov al, 0x20            ; palette on
        out dx, al
        call video_clear
        mov byte [0x449], 3
        mov word [0x44a], 80
        mov word [0x463], 0x3d4
        mov byte [0x484], 24
        pop es
        pop ds
        ret

; CX values at CS:SI to index 0.. of the index/data pair at DX.
video_indexed:
        xor bx, bx
.next:  mov al, bl
        mov ah, [cs:si + bx]
        out dx, ax
        inc bx
        loop .next
        ret

sequencer:  db 0x03, 0x00, 0x03, 0x00, 0x02
crtc:       db 0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00
            db 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff
graphics:   db 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff
attributes: db 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f
            db 0x0c, 0x00, 0x0f, 0x08, 0x00

video_clear:
        push es
        mov ax, 0xb800
        mov es, ax
        xor di, di
        mov cx, 80 * 25
        mov ax, 0x0720
        rep stosw
        pop es
        mov word [0x450], 0
        ret

; AL to the screen at the cursor of page 0, with CR, LF, BS and scrolling. DS = 0.
screen_put:
        pusha
        push es
        mov bx, 0xb800
        mov es, bx
        mov dx, [0x450]         ; DL column, DH row
        cmp al, 13
        je .cr
        cmp al, 10
        je .lf
        cmp al, 8
        je .bs
        push ax
        mov al, dh
        mov ah, 80
        mul ah
        xor bh, bh
        mov bl, dl
        add bx, ax
        shl bx, 1
        pop ax
        mov [es:bx], al
        inc dl
        cmp dl, 80
        jb .done
        xor dl, dl
.lf:    inc dh
        cmp dh, 25
        jb .done
        dec dh
        push ds
        push es
        pop ds
        mov si, 160
        xor di, di
        mov cx, 80 * 24
        rep movsw
        mov ax, 0x0720
        mov cx, 80
        rep stosw
        pop ds
        jmp .done
.cr:    xor dl, dl
        jmp .done
.bs:    sub dl, 1
        adc dl, 0
.done:  mov [0x450], dx
        pop es
        popa
        ret

; AL everywhere.
put:
        push ds
        push ax
        xor ax, ax
        mov ds, ax
        pop ax
        call screen_put
        pop ds
        call serial_put
        cmp al, 13
        je .done
        out 0xe9, al
        push dx
        mov dx, 0x402
        out dx, al
        pop dx
.done:  ret

; Zero-terminated text at CS:SI.
print:
        push ax
.next:  mov al, [cs:si]
        inc si
        test al, al
        jz .done
        call put
        jmp .next
.done:  pop ax
        ret

; AL as two hex digits.
print_hex:
        push ax
        push ax
        shr al, 4
        call .digit
        pop ax
        call .digit
        pop ax
        ret
.digit: and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        jmp put
