; Lines on COM1.

LSR     equ 3fdh                ; line status register; bit 5: transmitter holding register empty
THR     equ 3f8h                ; transmitter holding register

failures db 0

; End of a group: "name: ok" when the carry flag is clear, "name: bad" and where it stopped (AX) when not.
%macro report 1
        jmp %%say
%%name: db %1, ": ", 0
%%say:  mov si, %%name
        jmp outcome
%endmacro

; Ends the group badly unless the condition holds; the number says which check it was.
%macro expect 2
        j%+1 %%right
        mov ax, %2
        stc
        jmp .done
%%right:
%endmacro

outcome:
        push ax
        pushf
        push cs
        pop ds
        push cs
        pop es
        cld
        sti
        call print
        mov si, .ok
        popf
        pop ax
        jnc print
        inc byte [failures]
        push ax
        mov si, .bad
        call print
        pop ax
        call hex
        mov si, .end
        jmp print
.ok     db "ok", 13, 10, 0
.bad    db "bad at ", 0
.end    db 13, 10, 0

hex:    mov cx, 4
.digit: rol ax, 4
        push ax
        and al, 15
        cmp al, 10
        sbb al, 69h             ; 0-9, A-F
        das
        call put
        pop ax
        loop .digit
        ret

print:  lodsb
        test al, al
        jz .end
        call put
        jmp print
.end:   ret

put:    push dx
        push ax
        mov dx, LSR
.wait:  in al, dx
        test al, 20h
        jz .wait
        pop ax
        mov dx, THR
        out dx, al
        pop dx
        ret
