; Exceptions with handlers of our own, single steps, the FPU.

; Vector number, handler.
%macro hook 2
        mov word [%1 * 4], %2
        mov word [%1 * 4 + 2], 0
%endmacro

exceptions:
        mov si, 0
        mov di, saved
        mov cx, 32
        rep movsw               ; vectors 0 to 15
        mov word [came], 0
        hook 0, .skip2
        hook 5, .skip4
        hook 6, .skip2
        xor dx, dx
        xor bx, bx
        mov ax, 1234h
        div bx                  ; 2 bytes: returns behind it, so the address was its own
        cmp word [came], 1
        expect e, 1
        cmp ax, 1234h
        expect e, 2
        mov ax, 9
        bound ax, [.limits]     ; 4 bytes
        cmp word [came], 2
        expect e, 3
        ud2                     ; 2 bytes
        cmp word [came], 3
        expect e, 4
        clc
.done:  pushf
        push cs
        pop ds
        push cs
        pop es
        mov si, saved
        xor di, di
        mov cx, 32
        cli
        rep movsw
        popf
        report "exceptions"
.limits dw 0, 8
.skip4: push bp
        mov bp, sp
        add word [bp + 2], 2
        pop bp
.skip2: push bp
        mov bp, sp
        add word [bp + 2], 2
        pop bp
        inc word [cs:came]
        iret

came    dw 0
saved   times 32 dw 0

steps:  push dword [4]
        hook 1, .trap
        mov word [came], 0
        pushf
        pop ax
        or ah, 1                ; TF
        push ax
        popf
        nop
        nop
        mov ax, ss
        mov ss, ax              ; no trap between this
        nop                     ; and that
        pushf
        pop ax
        and ah, 0feh
        push ax
        popf
        mov ax, [came]
        pop dword [4]
        cmp ax, 9
        expect e, [came]
        clc
.done:  report "single steps"
.trap:  inc word [cs:came]
        iret

fpu:    fninit
        fnstsw ax
        test ax, ax
        expect z, 1
        fldpi
        fimul word [.ten]
        fistp word [came]
        cmp word [came], 31
        expect e, 2
        fild word [.ten]
        fbstp [saved]
        cmp byte [saved], 10h
        expect e, 3
        clc
.done:  report "fpu"
.ten    dw 10
