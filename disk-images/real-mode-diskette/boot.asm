; The boot sector, and the order of the groups.

BUFFER  equ 2000h               ; segment of a buffer of 64 KiB
AFTER   equ 30                  ; sectors to load: more than the first track has left

        jmp 0:start
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7c00h
        cld
        sti
        mov [drive], dl
        mov bp, 3
.load:  mov ax, 0200h + AFTER
        mov bx, 7e00h
        mov cx, 2
        xor dh, dh
        mov dl, [drive]
        int 13h
        jnc loaded
        xor ax, ax              ; a motor may need a second try
        mov dl, [drive]
        int 13h
        dec bp
        jnz .load
        mov si, unread
.say:   lodsb
        mov ah, 0eh
        mov bx, 7
        test al, al
        jz $
        int 10h
        jmp .say

unread  db "cannot read the rest", 0
drive   db 0

        times 510 - ($ - $$) db 0
        dw 0aa55h

loaded: mov si, hello
        call print
        call bios
        call exceptions
        call steps
        call fpu
        call ticks
        call pit
        call speaker
        call rtc
        call waits
        call keyboard
        call shifts
        call a20
        call unreal
        call extended
        call map
        call text
        call linear
        call planes
        call chained
        call cga
        call vbe
        call reads
        call writes
        call formats
        mov si, good
        cmp byte [failures], 0
        je .end
        mov si, bad
.end:   call print
.spin:  hlt
        jmp .spin

hello   db "real mode: loaded over the end of the track", 13, 10, 0
good    db "real mode OK", 13, 10, 0
bad     db "real mode BAD", 13, 10, 0
