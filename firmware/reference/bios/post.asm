; Power-on self test: from the reset vector to INT 19h. Every stage writes its number to port 80h.

entry:
        cli
        cld
        post 0x01
        xor ax, ax
        mov ss, ax
        mov sp, STACK_TOP
        mov ds, ax
        mov es, ax
        mov al, 0x0f            ; NMI stays enabled; the shutdown status byte is cleared
        out 0x70, al
        xor al, al
        out 0x71, al

        post 0x02
        call clear_low_memory
        call install_vectors
        post 0x03
        call setup_pic
        call setup_timer
        post 0x04
        call serial_init
        call video_init
        mov si, banner
        call print
        post 0x05
        call keyboard_init
        post 0x06
        call memory_init
        post 0x07
        call disk_init
        post 0x08
        sti
        int 0x19
.dead:  cli
        hlt
        jmp .dead

banner: db 'Milepost reference BIOS', 13, 10, 0

; IVT, BDA and EBDA start out as zeros. DS = ES = 0.
clear_low_memory:
        xor ax, ax
        xor di, di
        mov cx, 0x500 / 2
        rep stosw
        push es
        mov ax, EBDA
        mov es, ax
        xor ax, ax
        xor di, di
        mov cx, 0x400 / 2
        rep stosw
        mov byte [es:0], 1      ; EBDA size in KiB
        pop es
        mov word [0x40e], EBDA
        mov word [0x413], 639   ; KiB of base memory
        mov word [0x410], 0x0220 ; equipment: 80x25 colour, one serial port
        mov word [0x400], 0x3f8
        mov word [0x480], 0x1e  ; keyboard buffer
        mov word [0x482], 0x3e
        mov word [0x41a], 0x1e
        mov word [0x41c], 0x1e
        ret

install_vectors:
        xor di, di
        mov cx, 256
.all:   mov word [di], unexpected
        mov word [di + 2], 0xf000
        add di, 4
        loop .all
        mov si, vectors
.next:  mov bx, [cs:si]
        cmp bx, 0xffff
        je .done
        shl bx, 2
        mov ax, [cs:si + 2]
        mov [bx], ax
        add si, 4
        jmp .next
.done:  ret

vectors:
        dw 0x08, int08, 0x09, int09, 0x10, int10, 0x11, int11, 0x12, int12, 0x13, int13, 0x15, int15, 0x16, int16
        dw 0x18, int18, 0x19, int19, 0x1a, int1a, 0x1c, dummy
        dw 0xffff

; 8259A pair: vectors 08h and 70h, everything masked but the timer and the keyboard.
setup_pic:
        mov al, 0x11
        out 0x20, al
        out 0xa0, al
        mov al, 0x08
        out 0x21, al
        mov al, 0x70
        out 0xa1, al
        mov al, 4
        out 0x21, al
        mov al, 2
        out 0xa1, al
        mov al, 1
        out 0x21, al
        out 0xa1, al
        mov al, 0xfc
        out 0x21, al
        mov al, 0xff
        out 0xa1, al
        ret

; Channel 0, mode 2, 65536 counts: 18.2 Hz.
setup_timer:
        mov al, 0x34
        out 0x43, al
        xor al, al
        out 0x40, al
        out 0x40, al
        ret

; 8042: self test, then the keyboard interface with scan-code translation. A machine without one answers all ones.
keyboard_init:
        in al, 0x64
        cmp al, 0xff
        je .none
        mov al, 0xaa
        call keyboard_command
        call keyboard_wait_output
        in al, 0x60
        mov al, 0x60
        call keyboard_command
        call keyboard_wait_input
        mov al, 0x65            ; translation, second port off, system flag, IRQ1
        out 0x60, al
        mov al, 0xae
        call keyboard_command
.none:  ret

keyboard_command:
        push ax
        call keyboard_wait_input
        pop ax
        out 0x64, al
        ret

keyboard_wait_input:
        mov cx, 0xffff
.wait:  in al, 0x64
        test al, 2
        loopnz .wait
        ret

keyboard_wait_output:
        mov cx, 0xffff
.wait:  in al, 0x64
        test al, 1
        loopz .wait
        ret
