; Boot sector: prints a line on LPT1 by int 17h and another one by itself, from interrupt to interrupt; then says so on COM1.
; nasm -f bin prints.asm -o prints.bin

        bits 16
        org 7c00h

DATA    equ 378h
STATUS  equ 379h
CONTROL equ 37ah
IRQ7    equ 0fh * 4             ; as a BIOS has the interrupt controllers
READY   equ 90h                 ; int 17h: not busy, selected

        jmp 0:start
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7c00h
        cld
        sti
        int 11h                 ; how many printers: bits 15 and 14
        test ah, 0c0h
        jz bad
        xor dx, dx
        mov ah, 1               ; initialise
        int 17h
        mov ah, 2               ; status
        int 17h
        cmp ah, READY
        jne bad

        mov si, line1
.next:  lodsb
        test al, al
        jz .own
        mov ah, 0               ; print
        int 17h
        test ah, 29h            ; error, no paper, time-out
        jnz bad
        jmp .next

.own:   mov word [IRQ7], acknowledged
        mov word [IRQ7 + 2], 0
        mov dx, STATUS          ; int 17h has come back within the last byte's acknowledge pulse
.pulse: in al, dx
        and al, 0c0h
        cmp al, 0c0h            ; neither busy nor acknowledging
        jne .pulse
        in al, 21h
        and al, 7fh
        out 21h, al
        mov dx, CONTROL
        mov al, 1ch             ; interrupt on, initialised, selected
        out dx, al
        mov si, line2
        call send
.wait:  hlt
        cmp byte [si], 0
        jne .wait
        mov si, good
        jmp say
bad:    mov si, wrong
say:    lodsb
        test al, al
        jz .done
        mov ah, 1
        xor dx, dx
        int 14h                 ; COM1, as the BIOS has set it up
        jmp say
.done:  hlt
        jmp .done

; The end of the printer's acknowledge pulse: it takes the next byte.
acknowledged:
        push ax
        push dx
        cmp byte [si], 0
        je .end
        call send
.end:   mov al, 20h
        out 20h, al
        pop dx
        pop ax
        iret

send:   lodsb
        mov dx, DATA
        out dx, al
        mov dx, CONTROL
        mov al, 1dh             ; strobe
        out dx, al
        mov al, 1ch
        out dx, al
        ret

line1   db "printed by int 17h", 13, 10, 0
line2   db "printed by interrupts", 13, 10, 0
good    db "printer OK", 13, 10, 0
wrong   db "printer bad", 13, 10, 0

        times 510 - ($ - $$) db 0
        dw 0aa55h
