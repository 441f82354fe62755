; Boot sector: reads sectors all over the disk by INT 13h extensions (AH=42h, EDD-3), checks that each quadword of
; each of them holds the sector's number, and writes "far reads OK" or "bad sector" to COM1.
; nasm -f bin mbr-reads-far.asm -o mbr-reads-far.bin

        bits 16
        org 7c00h

LSR     equ 3fdh
THR     equ 3f8h
BUFFER  equ 8000h

        jmp 0:start
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7c00h
        mov [drive], dl
        cld
        sti
        mov ah, 41h             ; are the extensions there?
        mov bx, 55aah
        int 13h
        jc fail
        cmp bx, 0aa55h
        jne fail

        mov bp, targets
.next:  mov eax, [bp]
        test eax, eax
        jz passed
        mov [lba], eax
        mov word [sectors], 2   ; two, so that the transfer crosses a sector
        mov si, packet
        mov dl, [drive]
        mov ah, 42h
        int 13h
        jc fail
        mov di, BUFFER
        mov eax, [bp]
        call check
        mov eax, [bp]
        inc eax
        call check
        add bp, 4
        jmp .next

; EAX: the number that the 64 quadwords at DI must hold; DI ends behind them.
check:  mov cx, 64
.quad:  cmp [di], eax
        jne fail
        cmp dword [di + 4], 0
        jne fail
        add di, 8
        loop .quad
        ret

passed: mov si, good
        jmp print
fail:   mov si, bad
print:  lodsb
        test al, al
        jz stop
        mov ah, al
        mov dx, LSR
.wait:  in al, dx
        test al, 20h
        jz .wait
        mov al, ah
        mov dx, THR
        out dx, al
        jmp print
stop:   hlt
        jmp stop

good    db "far reads OK", 13, 10, 0
bad     db "bad sector", 13, 10, 0

; the last two: past what CHS can address (1024 * 255 * 63 sectors), and past 28 bits of bytes
targets dd 1, 63, 2048, 65535, 1000000, 8388607, 16450560, 20971518, 0

        align 4
packet  db 10h, 0
sectors dw 1
        dw BUFFER, 0
lba     dd 0, 0
drive   db 0

        times 510 - ($ - $$) db 0
        dw 0aa55h
