; The system timer, its other channels, the speaker, the real-time clock.

; INT 1Ch hooked: it comes with every tick, and the count of ticks goes on.
ticks:  push dword [1ch * 4]
        mov word [came], 0
        cli
        hook 1ch, .tick
        mov eax, [46ch]
        sti
.wait:  hlt
        cmp word [came], 4
        jb .wait
        cli
        mov ebx, [46ch]
        pop dword [1ch * 4]
        sti
        sub ebx, eax
        movzx eax, word [came]
        cmp eax, ebx
        expect e, 1
        mov ah, 0
        int 1ah
        cmp dx, [46ch]
        expect e, 2
        clc
.done:  report "ticks"
.tick:  inc word [cs:came]
        iret

; Channel 0 at 1 kHz with a handler of our own, measured by channel 2 as a one-shot of 50 ms; then at 18.2 Hz again.
pit:    push dword [8 * 4]
        cli
        hook 8, .tick
        mov al, 34h
        out 43h, al
        mov ax, 1193
        call .count0
        mov word [came], 0
        mov al, 0b0h            ; channel 2, mode 0
        out 43h, al
        mov ax, 59659           ; 50 ms
        out 42h, al
        mov al, ah
        out 42h, al
        in al, 61h
        and al, 0fch
        or al, 1                ; gate on, speaker off
        out 61h, al
        sti
.wait:  in al, 61h
        test al, 20h
        jz .wait
        cli
        mov cx, [came]
        mov al, 0c2h            ; read back: counter 0 latched
        out 43h, al
        in al, 40h
        in al, 40h
        mov al, 34h
        out 43h, al
        xor ax, ax
        call .count0
        pop dword [8 * 4]
        sti
        mov ax, cx
        cmp cx, 47
        expect ae, cx
        cmp cx, 53
        expect be, cx
        clc
.done:  report "timer at 1 kHz"
.count0:
        out 40h, al
        mov al, ah
        out 40h, al
        ret
.tick:  push ax
        inc word [cs:came]
        mov al, 20h
        out 20h, al
        pop ax
        iret

; A square wave of 1 kHz on channel 2, heard by the speaker and seen at port 61h; it must fall and rise many times in a tick.
speaker:
        mov al, 0b6h
        out 43h, al
        mov ax, 1193
        out 42h, al
        mov al, ah
        out 42h, al
        in al, 61h
        or al, 3
        out 61h, al
        xor cx, cx
        mov bx, [46ch]
.edge:  hlt
        cmp bx, [46ch]
        je .edge
        mov bx, [46ch]
        in al, 61h
.next:  mov ah, al
        in al, 61h
        cmp bx, [46ch]
        jne .over
        xor ah, al
        test ah, 20h
        jz .next
        inc cx
        jmp .next
.over:  in al, 61h
        and al, 0fch
        out 61h, al
        cmp cx, 90              ; 55 ms: 110 edges
        expect ae, cx
        cmp cx, 120
        expect be, cx
        clc
.done:  report "speaker"

; IRQ 8 at 1024 Hz with a handler of our own.
rtc:    push dword [70h * 4]
        cli
        hook 70h, .tick
        in al, 0a1h
        push ax
        and al, 0feh
        out 0a1h, al
        mov word [came], 0
        mov al, 8ah             ; rate: 1024 Hz
        mov ah, 26h
        call .put
        mov al, 8bh
        mov ah, 42h             ; periodic interrupts, 24 hours
        call .put
        mov al, 0ch
        out 70h, al
        in al, 71h
        mov bx, [46ch]
        sti
.edge:  hlt
        cmp bx, [46ch]
        je .edge
        mov bx, [46ch]
        mov word [came], 0
.wait:  hlt
        cmp bx, [46ch]
        je .wait
        cli
        mov cx, [came]
        mov al, 8bh
        mov ah, 02h
        call .put
        mov al, 0ch
        out 70h, al
        in al, 71h
        pop ax
        out 0a1h, al
        pop dword [70h * 4]
        sti
        cmp cx, 53              ; a tick is 56.2 of them
        expect ae, cx
        cmp cx, 59
        expect be, cx
        clc
.done:  report "clock at 1 kHz"
.put:   out 70h, al
        mov al, ah
        out 71h, al
        ret
.tick:  push ax
        mov al, 0ch
        out 70h, al
        in al, 71h
        test al, 40h
        jz .other
        inc word [cs:came]
.other: mov al, 20h
        out 0a0h, al
        out 20h, al
        pop ax
        iret

; INT 15h AH=86h waits about as long as it is asked to, by the ticks.
waits:  mov bx, [46ch]
.edge:  hlt
        cmp bx, [46ch]
        je .edge
        mov bx, [46ch]
        mov ah, 86h
        mov cx, 3               ; 200 ms
        mov dx, 0d40h
        int 15h
        expect nc, 1
        mov ax, [46ch]
        sub ax, bx
        cmp ax, 3
        expect ae, ax
        cmp ax, 5
        expect be, ax
        clc
.done:  report "waits"
