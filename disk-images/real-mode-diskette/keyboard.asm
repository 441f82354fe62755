; The keyboard. Keys come by the controller's command D2h, which lets a byte look like the keyboard's.

; Waits until the controller takes a byte.
free:   in al, 64h
        test al, 2
        jnz free
        ret

; The keyboard says AH.
key:    call free
        mov al, 0d2h
        out 64h, al
        call free
        mov al, ah
        out 60h, al
        mov cx, [46ch]
.pause: hlt
        cmp cx, [46ch]
        je .pause
        ret

; INT 9 hooked as resident programs do: reads port 60h, then goes on to the BIOS, which makes a key of it.
keyboard:
        mov eax, [9 * 4]
        mov [chain], eax
        cli
        hook 9, .hooked
        sti
        mov word [came], 0
        mov ah, 1eh             ; "a" down and up
        call key
        mov ah, 9eh
        call key
        cli
        mov eax, [chain]
        mov [9 * 4], eax
        sti
        cmp word [came], 9e1eh
        expect e, 1
        mov ah, 1
        int 16h
        expect nz, 2
        mov ah, 0
        int 16h
        cmp ax, 1e61h
        expect e, 3
        mov ah, 1
        int 16h
        expect z, 4
        mov cx, 3c00h           ; F2, by the BIOS itself
        mov ah, 5
        int 16h
        mov ah, 10h
        int 16h
        cmp ax, 3c00h
        expect e, 5
        clc
.done:  report "keyboard"
.hooked:
        push ax
        in al, 60h
        mov ah, [cs:came + 1]
        mov [cs:came], ah
        mov [cs:came + 1], al
        pop ax
        jmp far [cs:chain]

chain   dd 0

; Shift and an upper-case letter; the LEDs by the keyboard's own command, with interrupts off.
shifts: mov ah, 2ah
        call key
        mov ah, 2
        int 16h
        test al, 2
        expect nz, 1
        mov ah, 1eh
        call key
        mov ah, 9eh
        call key
        mov ah, 0aah
        call key
        mov ah, 0
        int 16h
        cmp ax, 1e41h
        expect e, 2
        test byte [417h], 3
        expect z, 3
        cli
        call free
        mov al, 0edh
        out 60h, al
        call .answer
        cmp al, 0fah
        expect e, 4
        mov al, 0
        out 60h, al
        call .answer
        cmp al, 0fah
        expect e, 5
        clc
.done:  report "shift and LEDs"
.answer:
        in al, 64h
        test al, 1
        jz .answer
        in al, 60h
        ret
