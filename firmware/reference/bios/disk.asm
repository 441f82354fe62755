; ATA disks by PIO on the two legacy channels, and INT 13h.

ATA_ERR         equ 0x01
ATA_DRQ         equ 0x08
ATA_BSY         equ 0x80

disk_init:
        mov bx, 0x1f0
        call channel_init
        mov bx, 0x170
        call channel_init
        push ds
        push EBDA
        pop ds
        mov al, [DISK_COUNT]
        pop ds
        mov [0x475], al
        mov si, disks_text
        call print
        call print_hex
        mov si, newline
        jmp print

disks_text: db 'ATA disks: ', 0
newline:    db 13, 10, 0

; BX = port base. A floating bus reads as all ones.
channel_init:
        lea dx, [bx + 7]
        in al, dx
        cmp al, 0xff
        je .none
        lea dx, [bx + 0x206]    ; soft reset, interrupts off
        mov al, 0x0e
        out dx, al
        mov al, 0x0a
        out dx, al
        call wait_ready
        jc .none
        mov cl, 0xe0
        call identify
        mov cl, 0xf0
        call identify
.none:  ret

; DX <- status port; waits until BSY clears, carry when it never does (about 64 Ki polls).
wait_ready:
        push cx
        lea dx, [bx + 7]
        xor cx, cx
.poll:  in al, dx
        test al, ATA_BSY
%ifdef BROKEN_ATA_POLL
        jz .poll
%else
        loopnz .poll
%endif
        pop cx
        jz .ok
        stc
        ret
.ok:    clc
        ret

; BX port base, CL device select: when an ATA disk answers, it joins the table.
identify:
        lea dx, [bx + 6]
        mov al, cl
        out dx, al
        call wait_ready
        jc .none
        lea dx, [bx + 2]        ; a device that is there keeps what its registers are told
        mov al, 0x55
        out dx, al
        in al, dx
        cmp al, 0x55
        jne .none
        lea dx, [bx + 7]
        mov al, 0xec
        out dx, al
        in al, dx
        test al, al
        jz .none
        call wait_ready
        jc .none
        in al, dx
        test al, ATA_ERR
        jnz .none
        test al, ATA_DRQ
        jz .none
        mov dx, bx
        push cx
        mov di, SCRATCH
        mov cx, 256
        rep insw
        pop cx
        push es
        push EBDA
        pop es
        movzx di, byte [es:DISK_COUNT]
        cmp di, DISKS_MAX
        jae .full
        shl di, 3
        mov [es:DISKS + di], bx
        mov [es:DISKS + di + 2], cl
        mov eax, [SCRATCH + 60 * 2]
        mov [es:DISKS + di + 4], eax
        inc byte [es:DISK_COUNT]
.full:  pop es
.none:  ret

; Registers on the stack in the INT handlers, from BP.
F_ES    equ 0
F_DS    equ 2
F_DI    equ 4
F_SI    equ 6
F_BX    equ 12
F_DX    equ 14
F_CX    equ 16
F_AX    equ 18
F_FLAGS equ 24

%macro frame_enter 0
        pusha
        push ds
        push es
        mov bp, sp
%endmacro

%macro frame_leave 0
        pop es
        pop ds
        popa
        iret
%endmacro

; SI <- table entry of drive DL, carry when there is none. DS = EBDA afterwards.
find_disk:
        push EBDA
        pop ds
        mov al, dl
        sub al, 0x80
        jc .no
        cmp al, [DISK_COUNT]
        jae .no
        movzx si, al
        shl si, 3
        add si, DISKS
        clc
        ret
.no:    stc
        ret

int13:
        cld
        frame_enter
        cmp ah, 0x00
        je .ok
        cmp ah, 0x01
        je .ok
        mov cl, ah
        call find_disk
        mov ah, 0x01
        jc .fail
        cmp cl, 0x02
        je .read_chs
        cmp cl, 0x04
        je .ok
        cmp cl, 0x08
        je .geometry
        cmp cl, 0x10
        je .ok
        cmp cl, 0x15
        je .type
        cmp cl, 0x41
        je .extensions
        cmp cl, 0x42
        je .read_lba
        cmp cl, 0x48
        je .parameters
        mov ah, 0x01
.fail:  mov [bp + F_AX + 1], ah
        or byte [bp + F_FLAGS], 1
        frame_leave
.ok:    mov byte [bp + F_AX + 1], 0
        and byte [bp + F_FLAGS], 0xfe
        frame_leave

; AH=02: AL sectors at CH/CL/DH (16 heads, 63 sectors) to ES:BX.
.read_chs:
        mov cx, [bp + F_CX]
        movzx eax, cl
        shl ax, 2
        mov al, ch
        and ah, 3               ; AX cylinder
        shl eax, 4
        movzx edx, byte [bp + F_DX + 1]
        and dl, 15
        add eax, edx
        imul eax, 63
        movzx edx, byte [bp + F_CX]
        and dl, 63
        dec edx
        add eax, edx
        movzx cx, byte [bp + F_AX]
        mov di, [bp + F_BX]
        mov es, [bp + F_ES]
        call read_sectors
        mov ah, 0x04
        jc .fail
        jmp .ok

; AH=42: the packet at DS:SI has the count at 2, the buffer at 4 and the LBA at 8.
.read_lba:
        mov bx, [bp + F_SI]
        push ds
        mov ds, [bp + F_DS]
        mov cx, [bx + 2]
        les di, [bx + 4]
        mov eax, [bx + 8]
        mov edx, [bx + 12]
        pop ds
        test edx, edx
        jnz .bad
        call read_sectors
        jc .bad
        jmp .ok
.bad:   mov ah, 0x04
        jmp .fail

.geometry:
        call cylinders
        dec ax
        mov [bp + F_CX + 1], al
        shl ah, 6
        or ah, 63
        mov [bp + F_CX], ah
        mov al, [DISK_COUNT]
        mov ah, 15
        mov [bp + F_DX], ax
        mov byte [bp + F_AX], 0
        jmp .ok

.type:  mov ax, [si + 4]
        mov [bp + F_DX], ax
        mov ax, [si + 6]
        mov [bp + F_CX], ax
        mov byte [bp + F_AX + 1], 3
        and byte [bp + F_FLAGS], 0xfe
        frame_leave

.extensions:
        mov ah, 0x01
        cmp word [bp + F_BX], 0x55aa
        jne .fail
        mov word [bp + F_BX], 0xaa55
        mov word [bp + F_CX], 1
        mov byte [bp + F_AX + 1], 0x21
        and byte [bp + F_FLAGS], 0xfe
        frame_leave

.parameters:
        call cylinders
        movzx ecx, ax
        mov eax, [si + 4]
        mov es, [bp + F_DS]
        mov di, [bp + F_SI]
        mov word [es:di], 26
        mov word [es:di + 2], 2
        mov [es:di + 4], ecx
        mov dword [es:di + 8], 16
        mov dword [es:di + 12], 63
        mov [es:di + 16], eax
        mov dword [es:di + 20], 0
        mov word [es:di + 24], 512
        jmp .ok

; AX <- cylinders of the disk at SI with 16 heads of 63 sectors, 1 to 1024.
cylinders:
        mov eax, [si + 4]
        xor edx, edx
        mov ecx, 16 * 63
        div ecx
        cmp eax, 1024
        jbe .high
        mov ax, 1024
.high:  test ax, ax
        jnz .done
        inc ax
.done:  ret

; EAX first LBA, CX sectors, ES:DI destination, SI table entry (DS = EBDA). Carry on error.
read_sectors:
        test cx, cx
        jz .ok
        mov edx, eax
        movzx ebx, cx
        add edx, ebx
        jc .error
        cmp edx, [si + 4]
        ja .error
.next:  push cx
        call read_sector
        pop cx
        jc .error
        inc eax
        mov bx, es              ; ES moves, so that DI never wraps
        add bx, 0x20
        mov es, bx
        sub di, 0x200
        loop .next
.ok:    clc
        ret
.error: stc
        ret

; One sector at EAX to ES:DI; DI ends 512 higher.
read_sector:
        push eax
        mov bx, [si]
        push eax
        call wait_ready
        lea dx, [bx + 0x206]
        mov al, 0x0a
        out dx, al
        lea dx, [bx + 2]
        mov al, 1
        out dx, al
        pop eax
        inc dx
        out dx, al
        inc dx
        shr eax, 8
        out dx, al
        inc dx
        shr eax, 8
        out dx, al
        inc dx
        shr eax, 8
        and al, 0x0f
        or al, [si + 2]
        out dx, al
        inc dx
        mov al, 0x20
        out dx, al
        call wait_ready
        jc .error
        in al, dx
        test al, ATA_ERR
        jnz .error
        test al, ATA_DRQ
        jz .error
        mov dx, bx
        mov cx, 256
        rep insw
        pop eax
        clc
        ret
.error: pop eax
        stc
        ret
