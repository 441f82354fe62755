; Interrupt services besides the disk.

; An interrupt that nobody claimed: acknowledge what the controllers have in service.
unexpected:
        push ax
        mov al, 0x0b
        out 0x20, al
        in al, 0x20
        test al, al
        jz .done
        test al, 4
        jz .master
        mov al, 0x20
        out 0xa0, al
.master:
        mov al, 0x20
        out 0x20, al
.done:  pop ax
dummy:  iret

; IRQ0: 18.2 ticks a second in the BDA, wrapping at midnight.
int08:
        push ds
        push ax
        xor ax, ax
        mov ds, ax
        inc dword [0x46c]
        cmp dword [0x46c], 0x1800b0
        jb .same_day
        mov dword [0x46c], 0
        inc byte [0x470]
.same_day:
        int 0x1c
        mov al, 0x20
        out 0x20, al
        pop ax
        pop ds
        iret

; IRQ1: make codes of the plain keys go to the buffer.
int09:
        pusha
        push ds
        xor ax, ax
        mov ds, ax
        in al, 0x60
        test al, 0x80
        jnz .done
        cmp al, key_count
        jae .done
        mov ah, al
        movzx bx, al
        mov al, [cs:keys + bx]
        mov bx, [0x41c]
        lea si, [bx + 2]
        cmp si, [0x482]
        jb .room
        mov si, [0x480]
.room:  cmp si, [0x41a]
        je .done
        mov [0x400 + bx], ax
        mov [0x41c], si
.done:  mov al, 0x20
        out 0x20, al
        pop ds
        popa
        iret

keys:   db 0, 27, '1234567890-=', 8, 9, 'qwertyuiop[]', 13, 0, 'asdfghjkl;', 39, '`', 0, 92, 'zxcvbnm,./', 0, '*', 0, ' '
key_count equ $ - keys

; INT 10h: teletype output, cursor, mode query; setting a mode clears the screen.
int10:
        cld
        frame_enter
        push 0
        pop ds
        cmp ah, 0x0e
        je .teletype
        cmp ah, 0x00
        je .mode
        cmp ah, 0x02
        je .set_cursor
        cmp ah, 0x03
        je .get_cursor
        cmp ah, 0x0f
        je .query
        frame_leave
.teletype:
        call put
        frame_leave
.mode:  call video_clear
        frame_leave
.set_cursor:
        mov [0x450], dx
        frame_leave
.get_cursor:
        mov ax, [0x450]
        mov [bp + F_DX], ax
        mov word [bp + F_CX], 0x0607
        frame_leave
.query: mov word [bp + F_AX], 80 << 8 | 3
        mov byte [bp + F_BX + 1], 0
        frame_leave

int11:
        push ds
        push 0
        pop ds
        mov ax, [0x410]
        pop ds
        iret

int12:
        push ds
        push 0
        pop ds
        mov ax, [0x413]
        pop ds
        iret

; INT 15h: memory sizes, the memory map, the A20 gate.
int15:
        cld
        frame_enter
        push EBDA
        pop ds
        cmp ax, 0xe820
        je .map
        cmp ah, 0x88
        je .extended
        cmp ax, 0x2401
        je .a20_on
        cmp ax, 0x2402
        je .a20_query
        mov byte [bp + F_AX + 1], 0x86
.fail:  or byte [bp + F_FLAGS], 1
        frame_leave
.a20_on:
        in al, 0x92
        or al, 2
        and al, 0xfe
        out 0x92, al
        mov byte [bp + F_AX + 1], 0
        jmp .ok
.a20_query:
        in al, 0x92
        shr al, 1
        and ax, 1
        mov [bp + F_AX], ax
.ok:    and byte [bp + F_FLAGS], 0xfe
        frame_leave

; KiB between 1 MiB and 64 MiB, from the CMOS.
.extended:
        mov al, 0x31
        call cmos_read
        mov ah, al
        mov al, 0x30
        call cmos_read
        mov [bp + F_AX], ax
        jmp .ok

; EAX=E820h, EDX='SMAP', EBX entry number, ECX room, ES:DI buffer.
.map:   cmp edx, 0x534d4150
        jne .fail
        cmp ecx, 20
        jb .fail
        cmp bl, [E820_COUNT]
        jae .fail
        movzx si, bl
        imul si, 20
        add si, E820_TABLE
        mov cx, 20
        rep movsb
        inc bl
        cmp bl, [E820_COUNT]
        jb .more
        xor bx, bx
.more:  movzx ebx, bl
        pop es
        pop ds
        mov bp, sp
        mov [bp + 8], bx        ; the saved BX of the 16-bit frame
        or word [bp + 20], 1
        xor word [bp + 20], 1
        popa
        movzx ebx, bx
        mov eax, 0x534d4150
        mov ecx, 20
        iret

; INT 16h: AH=00 waits for a key, AH=01 looks.
int16:
        sti
        push ds
        push bx
        push 0
        pop ds
        cmp ah, 0x00
        je .wait
        cmp ah, 0x10
        je .wait
        cmp ah, 0x01
        je .look
        cmp ah, 0x11
        je .look
        xor ax, ax
        pop bx
        pop ds
        iret
.sleep: hlt
.wait:  cli
        mov bx, [0x41a]
        cmp bx, [0x41c]
        sti
        je .sleep
        mov ax, [0x400 + bx]
        add bx, 2
        cmp bx, [0x482]
        jb .store
        mov bx, [0x480]
.store: mov [0x41a], bx
        pop bx
        pop ds
        iret
.look:  mov bx, [0x41a]
        cmp bx, [0x41c]
        je .empty
        mov ax, [0x400 + bx]
.empty: pop bx
        pop ds
        retf 2                  ; ZF goes back to the caller

; INT 1Ah: AH=00 reads the tick count.
int1a:
        push ds
        push 0
        pop ds
        test ah, ah
        jnz .done
        mov cx, [0x46e]
        mov dx, [0x46c]
        mov al, [0x470]
        mov byte [0x470], 0
.done:  pop ds
        iret
