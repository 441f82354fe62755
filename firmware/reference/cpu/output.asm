; Text on COM1, and the two halves of a try. Assembled for 32 and for 64 bits: `helpers 32, e`.

LINE_STATUS     equ 0x3fd
DATA_PORT       equ 0x3f8

%macro helpers 2
bits %1
put%1:                          ; AL
        mov ah, al
        mov dx, LINE_STATUS
.wait:  in al, dx
        test al, 0x20
        jz .wait
        mov al, ah
        mov dx, DATA_PORT
        out dx, al
        ret
print%1:                        ; text at ESI
        mov al, [esi]
        inc esi
        test al, al
        jz .done
        call put%1
        jmp print%1
.done:  ret
hex%1:                          ; EBX
        mov ecx, 8
.next:  rol ebx, 4
        mov al, bl
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .digit
        add al, 39
.digit: call put%1
        dec ecx
        jnz .next
        ret
line%1: mov al, 13
        call put%1
        mov al, 10
        jmp put%1
number%1:                       ; text at ESI, EBX, end of line
        push %2bx
        call print%1
        pop %2bx
        call hex%1
        jmp line%1
report%1:
        mov ax, DATA32
        mov ds, ax
        mov es, ax
        cmp dword [dword VECTOR], -1
        jne .fault
        mov esi, nothing
        call print%1
        jmp line%1
.fault: mov esi, vector_text
        call print%1
        mov ebx, [dword VECTOR]
        call hex%1
        mov esi, error_text
        call print%1
        mov ebx, [dword ERROR]
        call hex%1
        cmp dword [dword VECTOR], 14
        jne line%1
        mov esi, cr2_text
        call print%1
        mov ebx, [dword FAULT_CR2]
        call hex%1
        jmp line%1
%endmacro

nothing         db "nothing", 0
vector_text     db "vector ", 0
error_text      db ", error ", 0
cr2_text        db ", cr2 ", 0

; `try32 "what"` … `tried32`: an exception in between, or UNTIL, goes to `tried32`.
%macro begin_try 3
%push attempt
        jmp %$go
%$name  db %2, ": ", 0
%$go:   mov esi, %$name
        call print%1
        mov dword [dword RESUME], %$after
        mov [dword RESUME_SP], %3sp
        mov dword [dword VECTOR], -1
        mov dword [dword ERROR], 0
%endmacro
%macro try32 1
        begin_try 32, %1, e
%endmacro
%macro try64 1
        begin_try 64, %1, r
%endmacro
%macro tried32 0
%$after:
        call report32
%pop
%endmacro
%macro tried64 0
%$after:
        call report64
%pop
%endmacro
%macro tell 3                   ; bits, "what", value
%push value
        mov ebx, %3
        jmp %$go
%$name  db %2, ": ", 0
%$go:   mov esi, %$name
        call number%1
%pop
%endmacro

        helpers 32, e
        helpers 64, r
