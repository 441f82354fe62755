; Boot sector: writes "MBR reached" to COM1, then stops in a way that every platform takes as "alive":
; a spin with interrupts on, so that timers go on and no hypervisor sees a CPU that is off for ever.
; nasm -f bin mbr-hello.asm -o mbr-hello.bin

        bits 16
        org 7c00h

LSR     equ 3fdh                ; line status register; bit 5: transmitter holding register empty
THR     equ 3f8h                ; transmitter holding register

        jmp 0:start             ; firmware may have come by 07c0:0000
start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7c00h
        cld
        sti
        mov si, message
.next:  lodsb
        test al, al
        jz .done
        call put
        jmp .next
.done:  hlt                     ; the timer wakes it
        jmp .done

put:    mov ah, al
        mov dx, LSR
.wait:  in al, dx
        test al, 20h
        jz .wait
        mov al, ah
        mov dx, THR
        out dx, al
        ret

message db "MBR reached", 13, 10, 0

        times 446 - ($ - $$) db 0
        times 510 - ($ - $$) db 0   ; partition table: the recipe may fill it
        dw 0aa55h
