; From the reset vector to 32-bit protected mode with an IDT whose handlers go on after the try; then the tests.

bits 16
enter:  cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, STACK
        cld
        mov si, (gdt_image - 0xf0000)
        mov di, GDT
        mov cx, GDT_BYTES
        cs rep movsb
        mov di, SCRATCH
        mov cx, 0x80
        rep stosw
        mov si, (trampoline - 0xf0000)
        mov di, TRAMPOLINE
        mov cx, trampoline_end - trampoline
        cs rep movsb
        o32 cs lgdt [gdt_register - 0xf0000]
        o32 cs lidt [idt_register - 0xf0000]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE32:protected

bits 32
protected:
        mov ax, DATA32
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov fs, ax
        mov gs, ax
        mov esp, STACK
        mov edi, IDT            ; 32-bit gates
        mov ebx, stubs32
        mov ecx, 0x81
.gate:  mov eax, ebx
        mov [edi], ax
        mov word [edi + 2], CODE32
        mov word [edi + 4], 0x8e00
        shr eax, 16
        mov [edi + 6], ax
        add edi, 8
        add ebx, 8
        loop .gate
        mov word [IDT + UNTIL * 8 + 4], 0xee00
        mov dword [TSS_FIRST + 4], RING0_STACK
        mov dword [TSS_FIRST + 8], DATA32
        mov word [TSS_FIRST + 102], 104
        mov ax, FIRST_TSS
        ltr ax
        mov dx, 0x3fb           ; 115200 8N1
        mov al, 0x80
        out dx, al
        mov dx, DATA_PORT
        mov al, 1
        out dx, al
        inc dx
        mov al, 0
        out dx, al
        mov dx, 0x3fb
        mov al, 3
        out dx, al
        call processor_tests
        call segment_tests
        call gate_tests
        call debug_tests
        call system_call_tests
        call paging_tests
        call pae_tests
        jmp long_tests

; Vectors with an error code: 8, 10 to 14, 17.
HAS_CODE        equ 0x27d00
align 8
stubs32:
%rep 0x81
        call strict handle32
        times 3 nop
%endrep
handle32:
        mov ax, DATA32
        mov ds, ax
        mov es, ax
        pop eax                 ; which stub
        sub eax, stubs32 + 5
        shr eax, 3
        mov [VECTOR], eax
        cmp eax, 32
        jae .none
        mov edx, HAS_CODE
        bt edx, eax
        jnc .none
        pop dword [ERROR]
.none:  mov eax, cr2
        mov [FAULT_CR2], eax
        mov ax, DATA32
        mov ss, ax
        mov esp, [RESUME_SP]
        cld
        push dword 2            ; NT, TF and the like are off
        popfd
        jmp [RESUME]

; Goes to EAX at CPL 3.
to_user:
        mov ecx, USER_DATA
        mov ds, cx
        mov es, cx
        push dword USER_DATA
        push dword USER_STACK
        push dword 2
        push dword USER_CODE
        push eax
        iret
