; A sector that is no boot sector: the code is there, the signature 55 AA is not. Firmware must not run it.
; nasm -f bin mbr-no-signature.asm -o mbr-no-signature.bin

        bits 16
        org 7c00h

        mov si, message
        mov dx, 3f8h            ; COM1; never mind its status, for nobody should get here
        cld
.next:  cs lodsb
        test al, al
        jz $
        out dx, al
        jmp .next

message db "a sector without signature ran", 13, 10, 0

        times 512 - ($ - $$) db 0
