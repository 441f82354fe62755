; What every entry comes to: 32-bit code without data segments of its own beyond flat ones. The variables say what the entry found; `report` writes
; them to COM1, a line each, and halts.

COM1            equ 0x3f8

bits 32

report:
        mov esi, text_entered
        call put_text
        mov esi, [protocol]
        call put_text
        mov esi, text_cmdline
        call put_text
        mov esi, [cmdline]
        call put_text
        mov esi, text_ramdisk
        call put_text
        mov eax, [ramdisk_at]
        call put_hex
        mov al, ' '
        call put_char
        mov eax, [ramdisk_bytes]
        call put_hex
        cmp dword [ramdisk_bytes], 0
        je .no_ramdisk
        mov esi, text_begins
        call put_text
        mov esi, [ramdisk_at]
        mov eax, [esi]
        call put_hex
.no_ramdisk:
        mov esi, text_rsdp
        call put_text
        mov eax, [rsdp]
        call put_hex
        call report_map
        mov esi, text_end
        call put_text
.stop:  cli
        hlt
        jmp .stop

; A line for each range: base, size, type.
report_map:
        mov ebx, [map_at]
        mov ecx, [map_count]
.range: jecxz .done
        mov esi, text_range
        call put_text
        mov edx, [ebx + 4]
        mov eax, [ebx]
        call put_hex64
        mov al, ' '
        call put_char
        mov edx, [ebx + 12]
        mov eax, [ebx + 8]
        call put_hex64
        mov al, ' '
        call put_char
        mov eax, [ebx + 16]
        call put_hex
        add ebx, [map_stride]
        dec ecx
        jmp .range
.done:  ret

; AL, waiting for room.
put_char:
        push edx
        push eax
        mov edx, COM1 + 5
.wait:  in al, dx
        test al, 0x20
        jz .wait
        pop eax
        mov edx, COM1
        out dx, al
        pop edx
        ret

; The text at ESI up to its NUL; ESI = 0: nothing.
put_text:
        test esi, esi
        jz .done
.next:  lodsb
        test al, al
        jz .done
        call put_char
        jmp .next
.done:  ret

; EAX in hexadecimal without leading zeros.
put_hex:
        push edx
        xor edx, edx
        call put_hex64
        pop edx
        ret

; EDX:EAX.
put_hex64:
        pushad
        mov esi, 16             ; digits left
        xor edi, edi            ; a digit other than 0 has come
.next:  shld ecx, edx, 4
        and ecx, 15
        shld edx, eax, 4
        shl eax, 4
        or edi, ecx
        jnz .put
        cmp esi, 1
        jne .skip
.put:   push eax
        mov al, [digits + ecx]
        call put_char
        pop eax
.skip:  dec esi
        jnz .next
        popad
        ret

digits:         db '0123456789abcdef'
text_entered:   db 'kernel: entered by ', 0
text_cmdline:   db 13, 10, 'kernel: cmdline ', 0
text_ramdisk:   db 13, 10, 'kernel: ramdisk ', 0
text_begins:    db ' begins ', 0
text_rsdp:      db 13, 10, 'kernel: rsdp ', 0
text_range:     db 13, 10, 'kernel: range ', 0
text_end:       db 13, 10, 'kernel: end', 13, 10, 0

align 4
protocol:       dd 0
cmdline:        dd 0
ramdisk_at:     dd 0
ramdisk_bytes:  dd 0
rsdp:           dd 0
map_at:         dd 0
map_count:      dd 0
map_stride:     dd 0
