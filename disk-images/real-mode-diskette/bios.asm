; What the BIOS knows of the machine.

bios:   int 12h
        cmp ax, 512
        expect ae, 1
        cmp ax, 640
        expect be, 2
        cmp ax, [413h]
        expect e, 3
        int 11h
        test al, 1              ; a diskette drive
        expect nz, 4
        cmp ax, [410h]
        expect e, 5
.busy:  mov ah, 3               ; COM1: ready to send, once the last byte is out
        xor dx, dx
        int 14h
        test ah, 80h
        expect z, 6
        test ah, 20h
        jz .busy
        cmp word [400h], THR & 0fff8h
        expect e, 7
        mov ah, 0c0h            ; configuration table
        int 15h
        expect nc, 8
        cmp word [es:bx], 8
        expect ae, 9
        mov ah, 4               ; date: century and month in BCD
        int 1ah
        expect nc, 10
        cmp ch, 20h
        expect e, 11
        mov ah, 2
        int 1ah
        expect nc, 12
        cmp ch, 24h
        expect b, 13
        clc
.done:  report "bios"
