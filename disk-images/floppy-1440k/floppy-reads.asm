; Boot sector of a diskette, as DOS writes them: asks INT 13h AH=08h for the geometry, reads every sector of the diskette by tracks
; (AH=02h), checks that each quadword of each sector but the first holds the sector's number, writes one sector back and reads
; it again, and writes to COM1 what came of it.
; nasm -f bin floppy-reads.asm -o floppy-reads.bin

        bits 16
        org 7c00h

LSR     equ 3fdh
THR     equ 3f8h
BUFFER  equ 1000h               ; segment: 10000h, so that no track crosses 64 KiB

        jmp 0:start
start:  xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7c00h
        mov [drive], dl
        cld
        sti
        mov ah, 8
        xor di, di
        mov es, di
        int 13h
        jc fail
        and cx, 3fh
        mov [spt], cx
        movzx ax, dh
        inc ax
        mov [heads], ax
        mov [cylinders], word 80
        cmp bl, 1               ; 360 KiB: 40 cylinders
        jne .known
        mov [cylinders], word 40
.known: mov si, hello
        call print

        mov ax, BUFFER
        mov es, ax
.track: mov bp, 3               ; a motor may need a second try
.retry: mov ax, [spt]
        mov ah, 2
        mov cx, [cylinder]
        xchg ch, cl
        mov cl, 1
        mov dh, [head]
        mov dl, [drive]
        xor bx, bx
        int 13h
        jnc .check
        xor ax, ax
        mov dl, [drive]
        int 13h
        dec bp
        jnz .retry
        jmp fail
.check: xor di, di
        mov dx, [spt]
.sector:
        mov eax, [lba]
        mov cx, 64
        test eax, eax
        jnz .quad
        add di, 512             ; the boot sector itself
        jmp .next
.quad:  cmp [es:di], eax
        jne fail
        cmp dword [es:di + 4], 0
        jne fail
        add di, 8
        loop .quad
.next:  inc dword [lba]
        dec dx
        jnz .sector
        mov ax, [head]
        inc ax
        mov [head], ax
        cmp ax, [heads]
        jb .track
        mov [head], word 0
        mov ax, [cylinder]
        inc ax
        mov [cylinder], ax
        cmp ax, [cylinders]
        jb .track

        mov di, 0               ; write the last cylinder's second sector and read it back
        mov eax, 0c0ffee11h
        mov cx, 128
        rep stosd
        mov ax, 0301h
        call second
        mov di, 0
        xor eax, eax
        mov cx, 128
        rep stosd
        mov ax, 0201h
        call second
        mov di, 0
        mov eax, 0c0ffee11h
        mov cx, 128
        repe scasd
        jne fail
        mov si, good
        jmp last

second: xor bx, bx
        mov cx, [cylinders]
        dec cx
        xchg ch, cl
        mov cl, 2
        mov dh, 0
        mov dl, [drive]
        int 13h
        jc fail
        ret

fail:   mov si, bad
last:   call print
stop:   hlt
        jmp stop

print:  lodsb
        test al, al
        jz .done
        mov ah, al
        mov dx, LSR
.wait:  in al, dx
        test al, 20h
        jz .wait
        mov al, ah
        mov dx, THR
        out dx, al
        jmp print
.done:  ret

hello   db "diskette boots", 13, 10, 0
good    db "diskette OK", 13, 10, 0
bad     db "diskette bad", 13, 10, 0

        align 4
lba     dd 0
cylinder dw 0
head    dw 0
spt     dw 0
heads   dw 0
cylinders dw 0
drive   db 0

        times 510 - ($ - $$) db 0
        dw 0aa55h
